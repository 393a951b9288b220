import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { waitFor } from '@gatehouse/testing';
import { flawless, judge } from './checks/everything.js';
import { unearnedSessions } from './checks/sessions.js';
import { Crowd } from './support/crowd.js';
import { FaultInstallation } from './support/installation.js';
import type { JiraState } from './support/sandbox.js';
import { topologies } from './support/topology.js';
import type { Visitor } from './support/visitor.js';

const bound = 60_000;

describe('F02 kill -9 in the middle of the callback', () => {
  let installation: FaultInstallation;
  let crowd: Crowd;
  let before: JiraState;

  beforeAll(async () => {
    installation = await FaultInstallation.start({ topology: topologies.suite, over: ['postgres'] });
    crowd = new Crowd(installation);
    before = await installation.sandbox.jira();
  }, 120_000);
  afterEach(async () => {
    await installation.proxy('postgres').heal();
    await installation.sandbox.jiraFaults();
  });
  afterAll(() => installation.discard());

  it('after the token answer, before our commit: no session, the code is not used again, a new start works at once', async () => {
    const { sandbox, database } = installation;
    const [visitor] = await crowd.newcomers(1);
    const tokensBefore = await sandbox.idpCalls('token');
    const reached = installation.proxy('postgres').holdAt(/insert into gateway\.identity/);

    const attempt = visitor!.tryOnce();
    await reached;
    expect(await sandbox.idpCalls('token')).toBe(tokensBefore + 1);
    await installation.process('suite').kill();
    await installation.proxy('postgres').heal();
    expect((await attempt).kind).toBe('failed');
    expect(await database.count('select 1 from gateway.login')).toBe(0);
    await installation.process('suite').start();

    const tokensAsked = await sandbox.idpCalls('token');
    // For some seconds nobody can know that the first one is gone; the page asks again by itself.
    const callback = callbackOf(visitor!);
    const reload = async () => (await visitor!.browser.get(callback)).status >= 400;
    await waitFor(reload, { what: 'a page that says so', timeoutMs: 20_000 });
    expect(await sandbox.idpCalls('token')).toBe(tokensAsked);
    expect(crowd.ledger.accepted).toEqual([]);
    expect(await unearnedSessions(database)).toEqual([]);
    expect(await database.count('select 1 from gateway.session')).toBe(0);
    expect(await database.count('select 1 from messaging.outbox')).toBe(0);

    expect(await visitor!.signIn(bound)).toBe('landed');
    expect(await judge(installation, crowd, before, 1)).toEqual(flawless);
  }, 120_000);

  it('after our commit, before the answer: a reload of the same address goes on, with one login and one account', async () => {
    const { sandbox, database } = installation;
    const [visitor] = await crowd.newcomers(1);
    const logins = await database.count('select 1 from gateway.login');
    await sandbox.jiraFaults({
      match: { method: 'POST', pathPrefix: '/rest/api/2/user' },
      kind: 'slow',
      delayMs: 4_000,
    });

    const attempt = visitor!.tryOnce();
    await waitFor(async () => (await database.count('select 1 from gateway.login')) > logins, {
      what: 'the commit',
      timeoutMs: 20_000,
    });
    await installation.process('suite').kill();
    expect((await attempt).kind).toBe('failed');
    await sandbox.jiraFaults();
    await installation.process('suite').start();

    const page = await visitor!.browser.get(callbackOf(visitor!));
    expect(page.status).toBe(200);
    expect(await visitor!.signIn(bound)).toBe('landed');
    expect(await judge(installation, crowd, before, 2)).toEqual(flawless);
  }, 120_000);
});

function callbackOf({ browser }: Visitor): URL {
  return browser.history.findLast(({ pathname }) => pathname.includes('/_sso/callback/'))!;
}
