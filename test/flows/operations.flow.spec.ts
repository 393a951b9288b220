import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { OperationsView, WorkerList } from '@gatehouse/contracts';
import { HttpBrowser, waitFor } from '@gatehouse/testing';
import { adminToken, Installation } from './support/installation.js';
import { signIn } from './support/sandbox.js';

const bearer = { authorization: `Bearer ${adminToken}` };

const names = [
  'gatehouse_queue_oldest_ready_age_seconds',
  'gatehouse_queue_jobs',
  'gatehouse_queue_paused',
  'gatehouse_job_wait_seconds',
  'gatehouse_job_duration_seconds',
  'gatehouse_jobs_processed_total',
  'gatehouse_jobs_stalled_total',
  'gatehouse_jobs_dead',
  'gatehouse_dead_oldest_age_seconds',
  'gatehouse_outbox_oldest_age_seconds',
  'gatehouse_breaker_open',
  'gatehouse_workers',
  'gatehouse_logins_total',
  'gatehouse_login_duration_seconds',
  'gatehouse_jira_requests_total',
  'gatehouse_build_info',
  'process_cpu_seconds_total',
];

const promtool = spawnSync('promtool', ['--version']).status === 0;
if (!promtool) process.stderr.write('\n*** The metrics were NOT checked by promtool: it is not on the PATH. ***\n\n');

describe('an operator after ada has signed in', () => {
  let installation: Installation;

  beforeAll(async () => {
    installation = await Installation.start();
    await signIn(new HttpBrowser(), installation, 'ada');
  }, 60_000);
  afterAll(() => installation.discard());

  const at = (path: string, headers: Record<string, string> = {}) =>
    fetch(`${installation.origin}/_sso${path}`, { headers });
  const metrics = async () => (await at('/metrics')).text();

  it('Q01 reads that all lanes are within target, and sees who works them', async () => {
    const view = await waitFor(
      async () => {
        const seen = OperationsView.parse(await (await at('/api/v1/operations', bearer)).json());
        return seen.verdict.state === 'ok' ? seen : undefined;
      },
      { what: 'the heartbeat of the workers', timeoutMs: 15_000 },
    );
    expect(view!.verdict.sentence).toBe('All lanes are within target.');
    const { items, lanesWithoutWorker } = WorkerList.parse(await (await at('/api/v1/workers', bearer)).json());
    expect(items).toMatchObject([
      { pid: process.pid, state: 'working', services: expect.arrayContaining(['group-sync']) },
    ]);
    expect(lanesWithoutWorker).toEqual([]);
  });

  it('scrapes every metric by its name, and nothing that tells of a person', async () => {
    const text = await metrics();
    expect(names.filter((name) => !text.includes(`# TYPE ${name} `))).toEqual([]);
    expect(text).toContain('gatehouse_logins_total{provider="cognito",outcome="accepted"} 1');
    expect(text).toMatch(/gatehouse_jira_requests_total\{route="\/rest\/api\/2\/user",status="20[01]"\} [1-9]/);
    expect(text).not.toMatch(/ada|lovelace|[0-9a-f]{8}-[0-9a-f]{4}-/i);
  });

  it('is asked for a token behind a proxy, and nobody else is let in', async () => {
    const proxied = { 'x-forwarded-for': '203.0.113.9' };
    expect((await at('/metrics', proxied)).status).toBe(401);
    expect((await at('/metrics', { ...proxied, authorization: 'Bearer not-the-token' })).status).toBe(401);
    expect((await at('/metrics', { ...proxied, ...bearer })).status).toBe(200);
  });

  (promtool ? it : it.skip)('scrapes what promtool accepts', async () => {
    const { status, stderr, stdout } = spawnSync('promtool', ['check', 'metrics'], { input: await metrics() });
    expect({ status, said: `${stdout.toString()}${stderr.toString()}` }).toEqual({ status: 0, said: '' });
  });
});
