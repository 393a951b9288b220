import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { GatehouseError } from '@gatehouse/errors';
import { HttpJiraClient } from '@gatehouse/jira-client';
import { createLogger } from '@gatehouse/telemetry';
import { startSandboxJira } from '../../apps/sandbox/src/jira/index.js';
import type { RunningSandboxJira } from '../../apps/sandbox/src/jira/index.js';

const ada = { username: 'ada', email: 'ada@example.com', displayName: 'Ada Lovelace' };
const tokens = { 'sandbox-admin-token': 'admin', 'ordinary-token': 'ada' };

/** The two sides of one contract, each written from it alone: our client and the strict stand-in. */
describe.each(['', '/jira'])('our client and the sandbox Jira below "%s"', (contextPath) => {
  let jira: RunningSandboxJira;
  let client: HttpJiraClient;

  beforeAll(async () => {
    jira = await startSandboxJira({ contextPath, tokens });
    client = withToken('sandbox-admin-token');
  });
  beforeEach(() => control('reset', {}));
  afterAll(() => jira.close());

  function withToken(token: string, deadlineMs = 5_000): HttpJiraClient {
    return new HttpJiraClient({ url: new URL(jira.url), token, logger: createLogger('silent'), deadlineMs });
  }

  async function control(what: 'reset' | 'faults', body: unknown): Promise<void> {
    const response = await fetch(`http://127.0.0.1:${jira.port}/__test/${what}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    expect(response.status).toBe(200);
  }

  async function created(): Promise<string> {
    const result = await client.createUser(ada);
    if (result.kind !== 'created') throw new Error('ada exists already');
    return result.user.key;
  }

  async function failure(promise: Promise<unknown>): Promise<GatehouseError> {
    const error: unknown = await promise.then(
      (value) => value,
      (reason: unknown) => reason,
    );
    if (error instanceof GatehouseError) return error;
    throw new Error(`expected a failure, got ${JSON.stringify(error)}`);
  }

  it('reads the base URL', async () => {
    expect((await client.serverInfo()).baseUrl).toBe(jira.url);
  });

  it('makes a user, puts it into groups, changes it and reads it again in as few calls as possible', async () => {
    const run = client.counted();
    expect(await run.findUser({ username: 'ada' })).toBeUndefined();
    const result = await run.createUser(ada);
    expect(result).toMatchObject({ kind: 'created', user: { name: 'ada', active: true, groups: [] } });
    for (const group of ['jira-software-users', 'jira-developers']) await run.addToGroup('ada', group);
    expect(run.calls).toBe(4);

    const { key } = (await client.findUser({ username: 'ADA' }))!;
    await client.updateUser(key, { email: 'countess@example.com', displayName: 'Ada King' });
    await client.removeFromGroup('ada', 'jira-developers');
    expect(await client.findUser({ key })).toEqual({
      key,
      name: 'ada',
      emailAddress: 'countess@example.com',
      displayName: 'Ada King',
      active: true,
      groups: ['jira-software-users'],
    });
  });

  it.each(['zoë', 'a+b@example.com', 'corp/ada', '50% #1?', '名字'])('spells %p as Jira does', async (username) => {
    expect((await client.createUser({ ...ada, username })).kind).toBe('created');
    await client.addToGroup(username, 'jira-developers');
    expect(await client.findUser({ username })).toMatchObject({ name: username, groups: ['jira-developers'] });
    await client.removeFromGroup(username, 'jira-developers');
    expect((await client.findUser({ username }))?.groups).toEqual([]);
  });

  it('I5 doing it twice is success', async () => {
    await created();
    await client.addToGroup('ada', 'jira-developers');
    await client.addToGroup('ada', 'JIRA-Developers');
    await client.removeFromGroup('ada', 'jira-developers');
    await client.removeFromGroup('ada', 'jira-developers');
    expect((await client.findUser({ username: 'ada' }))?.groups).toEqual([]);
  });

  it('a taken name, in any case, is not success', async () => {
    await created();
    expect(await client.createUser({ ...ada, username: 'ADA' })).toEqual({ kind: 'exists' });
  });

  it('F17 a creation that was cut off after Jira had done it is decided again; a membership is looked at, and is there', async () => {
    await control('faults', [{ kind: 'reset-after', match: { method: 'POST' }, times: 1 }]);
    expect((await failure(client.createUser(ada))).code).toBe('jira.unreachable');
    expect(await client.createUser(ada)).toEqual({ kind: 'exists' });

    await control('faults', [{ kind: 'reset-after', match: { method: 'POST' }, times: 1 }]);
    await client.addToGroup('ada', 'jira-support');
    expect((await client.findUser({ username: 'ada' }))?.groups).toEqual(['jira-support']);
  });

  it('F21 tells what needs a person from what may pass', async () => {
    const key = await created();
    expect((await failure(client.addToGroup('ada', 'no-such-group'))).code).toBe('jira.group_missing');
    expect((await failure(client.addToGroup('nobody', 'jira-support'))).code).toBe('jira.account_missing');
    expect((await failure(client.removeFromGroup('nobody', 'jira-support'))).code).toBe('jira.account_missing');
    expect((await failure(client.updateUser('JIRAUSER1', { displayName: 'x' }))).code).toBe('jira.account_missing');
    expect((await failure(client.updateUser(key, { email: 'no address' }))).code).toBe('jira.request_refused');
    expect((await failure(client.createUser({ ...ada, username: 'eve', email: 'x' }))).code).toBe(
      'jira.request_refused',
    );
    expect((await failure(client.createUser({ ...ada, username: 'e<v>e' }))).code).toBe('jira.conflict');
  });

  it.each([
    ['down', { kind: 'down' }, 'jira.unreachable'],
    ['silent', { kind: 'timeout' }, 'jira.unreachable'],
    ['slow', { kind: 'slow', delayMs: 30_000 }, 'jira.unreachable'],
    ['F14 failing', { kind: 'status', status: 500 }, 'jira.unavailable'],
    ['in maintenance', { kind: 'status', status: 503 }, 'jira.unavailable'],
    ['F16 showing a login page', { kind: 'html' }, 'jira.unavailable'],
    ['F13 limiting us', { kind: 'ratelimit', retryAfterSeconds: 7 }, 'jira.rate_limited'],
    ['F18 refusing us', { kind: 'status', status: 401 }, 'jira.credentials_refused'],
    ['F18 forbidding us everything', { kind: 'status', status: 403 }, 'jira.credentials_refused'],
  ])('a Jira that is %s is an outage for every call, and never an answer', async (_what, fault, code) => {
    const key = await created();
    await control('faults', [{ ...fault, match: { pathPrefix: '/rest/' } }]);
    const hurried = withToken('sandbox-admin-token', code === 'jira.unreachable' ? 500 : 5_000);
    const calls = [
      hurried.findUser({ username: 'ada' }),
      hurried.createUser({ ...ada, username: 'eve' }),
      hurried.updateUser(key, { displayName: 'x' }),
      hurried.addToGroup('ada', 'jira-support'),
      hurried.removeFromGroup('ada', 'jira-support'),
      hurried.serverInfo(),
    ];
    for (const error of await Promise.all(calls.map(failure))) {
      expect(error).toMatchObject({ name: 'OutageError', code });
      if (!('retryAfterMs' in error) || code !== 'jira.rate_limited') continue;
      // Those that were not even sent are told what is left of it.
      expect(error.retryAfterMs).toBeLessThanOrEqual(7_000);
      expect(error.retryAfterMs).toBeGreaterThan(6_000);
    }
  });

  it('F18 a token that Jira does not know is refused', async () => {
    expect((await failure(withToken('unknown-token').findUser({ username: 'ada' }))).code).toBe(
      'jira.credentials_refused',
    );
  });

  it('F18 a token of an ordinary user is an outage: nothing is parked for it', async () => {
    await created();
    const error = await failure(withToken('ordinary-token').addToGroup('ada', 'jira-support'));
    expect(error.name).toBe('OutageError');
  });
});
