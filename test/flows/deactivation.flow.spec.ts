import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { flow, lanesOf, queueName } from '@gatehouse/contracts';
import { openDatabase } from '@gatehouse/database';
import { DirectoryUsers } from '@gatehouse/directory';
import { Outbox } from '@gatehouse/messaging';
import { HttpBrowser, waitFor } from '@gatehouse/testing';
import type { DataSource } from 'typeorm';
import { adminToken, Installation } from './support/installation.js';
import { jiraUser, signIn, signInAndArrive } from './support/sandbox.js';

describe('somebody who is deactivated', () => {
  let installation: Installation;
  let dataSource: DataSource;
  const provider = 'cognito';
  const users = new DirectoryUsers(new Outbox(flow));
  const traceId = () => randomBytes(16).toString('hex');
  const people = new Map<string, string>();

  beforeAll(async () => {
    installation = await Installation.start();
    dataSource = await openDatabase(installation.databaseUrl, 3);
  }, 60_000);
  afterAll(async () => {
    await dataSource.destroy();
    await installation.discard();
  });

  const until = (isSo: () => Promise<boolean>, what: string) => waitFor(isSo, { timeoutMs: 20_000, what });
  const isActive = async (name: string) => (await jiraUser(installation, name))?.active === true;

  async function api(path: string, body: unknown): Promise<Response> {
    const answer = await fetch(`${installation.base}/api/v1/${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    expect(answer.status).toBeLessThan(300);
    return answer;
  }

  async function inDirectory(userName: string): Promise<void> {
    await dataSource.transaction(async (manager) => {
      const resource = { emails: [{ value: `${userName}@example.com`, primary: true }] };
      const person = { userName, externalId: null, active: true, resource };
      people.set(userName, (await users.create(manager, provider, person, traceId())).id);
    });
    await until(() => isActive(userName), 'the user to be in Jira');
  }

  const setActive = (name: string, active: boolean) =>
    dataSource.transaction((manager) =>
      users.change(manager, { provider, id: people.get(name)! }, { active }, traceId()),
    );

  const isSignedInAtJira = async (browser: HttpBrowser) =>
    (await browser.get(`${installation.origin}/rest/api/2/myself`)).status === 200;

  /** Jira asks again: our session alone decides. */
  const entersBySession = async (browser: HttpBrowser) => {
    const page = await browser.get(`${installation.base}/login/none/wait/00000000-0000-4000-8000-000000000000`);
    return page.status === 200;
  };

  async function isRefused(browser: HttpBrowser, name: string): Promise<void> {
    const page = await signIn(browser, installation, name);
    expect(page.status).toBe(403);
    expect(page.body).toContain('Your account is deactivated');
  }

  it('S60 P7 by its directory: our session is over within two seconds, Jira’s ends, the login is refused; and back', async () => {
    const who = 'load-0002';
    await inDirectory(who);
    const browser = new HttpBrowser();
    await signInAndArrive(browser, installation, who);
    expect(await isSignedInAtJira(browser)).toBe(true);
    expect(await entersBySession(browser)).toBe(true);

    await setActive(who, false);
    const committedAt = performance.now();
    await waitFor(async () => !(await entersBySession(browser)), { what: 'our session to be over' });
    expect(performance.now() - committedAt).toBeLessThan(2_000);
    await until(async () => !(await isActive(who)), 'the Jira user to be deactivated');
    await until(async () => !(await isSignedInAtJira(browser)), 'the session of Jira to end');
    await until(async () => {
      const [row] = await dataSource.query<{ n: number }[]>(
        `select count(*)::int as n from gateway.session where ended_reason = 'deactivated'`,
      );
      return row!.n === 1;
    }, 'the session to be ended for good');
    await isRefused(new HttpBrowser(), who);

    await setActive(who, true);
    await until(() => isActive(who), 'the Jira user to be active again');
    await signInAndArrive(new HttpBrowser(), installation, who);
  }, 90_000);

  it('D10 by an administrator, whatever the directory says, until another order', async () => {
    const who = 'load-0003';
    await inDirectory(who);
    const browser = new HttpBrowser();
    await signInAndArrive(browser, installation, who);
    await api(`people/${who}/deactivate`, { reason: 'left the company' });
    expect(await entersBySession(browser)).toBe(false);
    await until(async () => !(await isActive(who)), 'the Jira user to be deactivated');
    await setActive(who, false);
    await setActive(who, true);
    await isRefused(new HttpBrowser(), who);
    expect(await isActive(who)).toBe(false);
    await api(`people/${who}/reactivate`, { reason: 'came back' });
    await until(() => isActive(who), 'the Jira user to be active again');
    await signInAndArrive(new HttpBrowser(), installation, who);
  }, 90_000);

  it('I7 is refused although every queue stands still', async () => {
    const who = 'load-0004';
    await inDirectory(who);
    const browser = new HttpBrowser();
    await signInAndArrive(browser, installation, who);
    const queues = [...new Set(flow.flatMap(({ job }) => lanesOf(job, flow).map((lane) => queueName(job, lane))))];
    for (const queue of queues) await api(`lanes/${queue}/pause`, { reason: 'a test of refusals' });

    await setActive(who, false);
    const committedAt = performance.now();
    await waitFor(async () => !(await entersBySession(browser)), { what: 'our session to be over' });
    expect(performance.now() - committedAt).toBeLessThan(2_000);
    await isRefused(new HttpBrowser(), who);
    expect(await isActive(who)).toBe(true);

    for (const queue of queues) await api(`lanes/${queue}/resume`, { reason: 'the test is over' });
    await until(async () => !(await isActive(who)), 'the Jira user to be deactivated');
  }, 90_000);
});
