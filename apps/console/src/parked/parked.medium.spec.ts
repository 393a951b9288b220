import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ParkedPage, ParkedResolved, Problem } from '@gatehouse/contracts';
import { emptyTables } from '@gatehouse/testing';
import { Surroundings } from '../../test/running-console.js';
import type { RunningConsole } from '../../test/running-console.js';

describe('parked jobs over the admin API', () => {
  let surroundings: Surroundings;
  let running: RunningConsole;

  beforeAll(async () => {
    surroundings = await Surroundings.open();
    running = await surroundings.start();
  });
  afterAll(() => surroundings.close());
  beforeEach(() => emptyTables(surroundings.dataSource, 'messaging.parked_job', 'messaging.outbox'));

  async function park(minute: number): Promise<string> {
    const id = randomUUID();
    await surroundings.dataSource.query(
      `insert into messaging.parked_job (id, job, queue, key, payload, trace_id, code, message, detail, attempts, outbox_ids, parked_at)
       values ($1, 'reconcile-account', 'group-sync.interactive', 'key', '{"accountId":"a"}', $2, 'jira.group_missing',
               'The group is missing.', 'recorded answer', 8, '{}', $3)`,
      [id, 'ab'.repeat(16), new Date(Date.UTC(2026, 0, 1, 0, minute))],
    );
    return id;
  }

  async function page(query: string): Promise<ParkedPage> {
    const answer = await running.request(`parked${query}`);
    expect(answer.status).toBe(200);
    return ParkedPage.parse(await answer.json());
  }

  it('are listed with what happened and what to do about it', async () => {
    const id = await park(1);

    expect(await page('')).toEqual({
      items: [
        {
          id,
          job: 'reconcile-account',
          queue: 'group-sync.interactive',
          key: 'key',
          traceId: 'ab'.repeat(16),
          code: 'jira.group_missing',
          message: 'The group is missing.',
          detail: 'recorded answer',
          action: expect.stringContaining('Create the group'),
          attempts: 8,
          parkedAt: '2026-01-01T00:01:00.000Z',
          class: 'business',
          group: null,
          bulkActionId: null,
          retry: 'reconcile again from current intent',
        },
      ],
      next: null,
    });
  });

  it('are paged by an opaque cursor, each exactly once, newest first', async () => {
    const ids: string[] = [];
    for (let minute = 0; minute < 5; minute += 1) ids.unshift(await park(minute));
    const seen: string[] = [];
    let next: string | null = '';
    for (let count = 0; next !== null && count < 5; count += 1) {
      const answer: ParkedPage = await page(`?limit=2${next && `&after=${next}`}`);
      seen.push(...answer.items.map(({ id }) => id));
      next = answer.next;
    }

    expect(seen).toEqual(ids);
    expect(next).toBeNull();
  });

  it.each([
    ['?limit=0', 'limit'],
    ['?limit=101', 'limit'],
    ['?limit=many', 'limit'],
    ['?after=bm90LW91cnM', 'after'],
    ['?offset=5', ''],
  ])('refuse %s by name', async (query, path) => {
    const answer = await running.request(`parked${query}`);
    const problem = Problem.parse(await answer.json());

    expect(problem).toMatchObject({ status: 400, code: 'api.request_invalid' });
    expect(problem.errors?.[0]?.path).toBe(path);
  });

  it('run once more on request, once, with the name of who asked', async () => {
    const id = await park(1);
    const first = await running.request(`parked/${id}/retry`, { method: 'POST' });
    const second = await running.request(`parked/${id}/retry`, { method: 'POST' });

    expect(ParkedResolved.parse(await first.json())).toEqual({ id, result: 'retried' });
    expect(Problem.parse(await second.json())).toMatchObject({ status: 409, code: 'job.already_resolved' });
    const rows: unknown[] = await surroundings.dataSource.query(
      'select resolution, resolved_by, (select count(*)::int from messaging.outbox) as jobs from messaging.parked_job',
    );
    expect(rows).toEqual([{ resolution: 'retried', resolved_by: 'token:admin', jobs: 1 }]);
    expect(await page('')).toEqual({ items: [], next: null });
  });

  it('that do not exist cannot be retried', async () => {
    const unknown = await running.request(`parked/${randomUUID()}/retry`, { method: 'POST' });
    const malformed = await running.request('parked/1/retry', { method: 'POST' });

    expect(Problem.parse(await unknown.json())).toMatchObject({ status: 404, code: 'api.not_found' });
    expect(Problem.parse(await malformed.json())).toMatchObject({ status: 400, code: 'api.request_invalid' });
  });
});
