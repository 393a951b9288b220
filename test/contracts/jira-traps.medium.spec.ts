import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { GatehouseError } from '@gatehouse/errors';
import { HttpJiraClient, HttpJiraReader } from '@gatehouse/jira-client';
import { createLogger } from '@gatehouse/telemetry';
import { waitFor } from '@gatehouse/testing';
import { JiraUnderTest } from '../../apps/sandbox/src/jira/testing/jira-under-test.js';
import { ForgingProvider } from '../../apps/sandbox/src/jira/testing/forging-provider.js';
import { HttpBrowser } from '@gatehouse/testing';

const logger = createLogger('silent');
const ada = { username: 'ada', email: 'ada@example.com', displayName: 'Ada Lovelace' };
const internal = 'Jira Internal Directory';

/** The twenty traps of Jira Data Center, each met by our client at the stand-in over real HTTP. */
let jira: JiraUnderTest;
let client: HttpJiraClient;
beforeAll(async () => {
  jira = await JiraUnderTest.start({ tokens: { 'sandbox-admin-token': 'admin' } });
});
beforeEach(async () => {
  await jira.tell('reset', {});
  client = clientOf({});
});
afterAll(() => jira.close());

function clientOf(options: Partial<ConstructorParameters<typeof HttpJiraClient>[0]>): HttpJiraClient {
  return new HttpJiraClient({ url: new URL(jira.url), token: 'sandbox-admin-token', logger, ...options });
}

const turn = (switches: object) => jira.tell('switches', switches);

async function failure(promise: Promise<unknown>): Promise<GatehouseError> {
  const error: unknown = await promise.then(
    (value) => value,
    (reason: unknown) => reason,
  );
  if (error instanceof GatehouseError) return error;
  throw new Error(`expected a failure, got ${JSON.stringify(error)}`);
}

async function created(name = 'ada'): Promise<string> {
  const email = name.includes('@') ? name : `${name}@example.com`;
  const result = await client.createUser({ username: name, email, displayName: name });
  if (result.kind !== 'created') throw new Error('exists already');
  return result.user.key;
}

async function collected(pages: AsyncIterable<readonly { name: string }[]>): Promise<string[][]> {
  const names: string[][] = [];
  for await (const page of pages) names.push(page.map(({ name }) => name));
  return names;
}

describe('the login app', () => {
  let provider: ForgingProvider;
  beforeAll(async () => {
    provider = await ForgingProvider.start();
  });
  afterAll(() => provider.close());

  const signIn = () => new HttpBrowser().get(`${jira.url}/plugins/servlet/external-login`);
  const named = (claims: Record<string, unknown>) => {
    provider.forge = (draft) => ({ ...draft, claims: { ...draft.claims, ...claims } });
  };

  it('trap 1 a login without JIT leaves the memberships that we gave; with JIT they are gone', async () => {
    await jira.addIdp(provider.issuer);
    await created();
    await client.addToGroup('ada', 'jira-support');
    named({ preferred_username: 'ada', groups: ['jira-developers'] });
    await signIn();
    expect((await client.findUser({ username: 'ada' }))?.groups).toEqual(['jira-support']);
    await turn({ jit: 'groups' });
    await signIn();
    expect((await client.findUser({ username: 'ada' }))?.groups).toEqual(['jira-developers']);
  });

  it('trap 2 without a user the login ends on an error page, and works once we have made the user', async () => {
    await jira.addIdp(provider.issuer);
    named({ preferred_username: 'ada' });
    expect((await signIn()).status).toBe(403);
    await created();
    await signIn();
    expect((await jira.state()).sessions).toBe(1);
  });

  it('trap 3 the username claim is a template: the bare name is a name, and the default is sub', async () => {
    await jira.addIdp(provider.issuer, { 'username-claim': 'preferred_username' });
    await created();
    named({ preferred_username: 'ada' });
    expect((await signIn()).status).toBe(403);
  });

  it('trap 20 auth_fallback opens the form of Jira and not that of the portal', async () => {
    await jira.addIdp(provider.issuer, { 'include-customer-logins': true });
    const sso = { 'show-login-form': false, 'show-login-form-for-jsm': false, 'enable-authentication-fallback': true };
    await jira.call('PATCH', '/rest/authconfig/1.0/sso', { body: sso });
    expect((await jira.call('GET', '/login.jsp?auth_fallback')).status).toBe(200);
    expect((await jira.call('GET', '/servicedesk/customer/user/login?auth_fallback')).status).toBe(302);
  });
});

describe('credentials', () => {
  it('trap 4 F18 Jira 11 refuses Basic with 403 on serverInfo too; our token passes on every version', async () => {
    const basic = { authorization: `Basic ${Buffer.from('admin:admin').toString('base64')}` };
    for (const jiraVersion of ['9.12', '10.3', '11.3']) {
      await turn({ jiraVersion });
      const { status } = await jira.rest('GET', '/serverInfo', { token: null, headers: basic });
      expect(status).toBe(jiraVersion === '11.3' ? 403 : 200);
      expect((await client.serverInfo()).version).toContain(jiraVersion);
      await client.probe();
    }
  });

  it('trap 5 F16 F18 a 200 to nobody is refused credentials: never "no user", "no groups" or "no members"', async () => {
    const key = await created();
    for (const kind of ['anonymous', 'empty']) {
      await jira.faults([{ kind, match: { pathPrefix: '/rest/' } }]);
      const calls = [
        client.findUser({ username: 'ada' }),
        client.findUsersByEmail('ada@example.com'),
        client.userProperties(key),
        collected(client.groupMembers('jira-support')),
        client.removeFromGroup('ada', 'jira-support'),
        client.removeUserProperty(key, 'p'),
        client.endSessions('ada'),
        client.createGroup('g'),
      ];
      for (const error of await Promise.all(calls.map(failure))) {
        expect(error).toMatchObject({ name: 'OutageError', code: 'jira.credentials_refused' });
      }
    }
    expect((await failure(clientOf({ token: 'expired' }).findUsersByEmail('a@b'))).code).toBe(
      'jira.credentials_refused',
    );
  });

  it('trap 6 F18 a CAPTCHA locks the password and not the token', async () => {
    const login = (password: string) => {
      const authorization = `Basic ${Buffer.from(`admin:${password}`).toString('base64')}`;
      return jira.rest('GET', '/myself', { token: null, headers: { authorization } });
    };
    for (let n = 0; n < 3; n += 1) await login('wrong');
    expect((await login('admin')).status).toBe(403);
    await client.probe();
  });
});

describe('memberships', () => {
  it('trap 7 F17 I5 already a member, and not a member, are success', async () => {
    await created();
    for (let n = 0; n < 2; n += 1) await client.addToGroup('ada', 'jira-support');
    expect((await client.findUser({ username: 'ada' }))?.groups).toEqual(['jira-support']);
    for (let n = 0; n < 2; n += 1) await client.removeFromGroup('ada', 'jira-support');
    expect((await client.findUser({ username: 'ada' }))?.groups).toEqual([]);
  });

  it('trap 8 no decision hangs on a language', async () => {
    await turn({ locale: 'ko' });
    const key = await created();
    expect(await client.createUser(ada)).toEqual({ kind: 'exists' });
    expect(await client.createGroup('jira-SUPPORT')).toBe('exists');
    for (let n = 0; n < 2; n += 1) await client.addToGroup('ada', 'jira-support');
    expect((await failure(client.addToGroup('ada', 'nothing'))).code).toBe('jira.group_missing');
    expect((await failure(client.renameUser(key, 'admin'))).code).toBe('jira.username_taken');
    expect((await failure(client.updateUser(key, { email: 'x' }))).code).toBe('jira.request_refused');
    await turn({ directories: [{ name: internal, mode: 'readOnly' }] });
    expect((await failure(client.updateUser(key, { displayName: 'x' }))).code).toBe('jira.directory_read_only');
    await turn({ rateLimit: { fill: 1, max: 0 } });
    expect((await failure(client.probe())).code).toBe('jira.rate_limited');
  });

  it('trap 9 groups are asked for with expand, so that none is "not told" and never "none"', async () => {
    await created();
    await client.addToGroup('ada', 'jira-support');
    expect((await jira.user('ada', '')).groups).toEqual({ size: 1, items: [] });
    expect((await client.findUser({ username: 'ada' }))?.groups).toEqual(['jira-support']);
  });

  it('trap 10 the members of a group are those of its nested groups too, inactive ones included', async () => {
    const nested = await JiraUnderTest.start({ nestedGroups: { outer: ['inner'] } });
    const other = clientOf({ url: new URL(nested.url) });
    await other.createUser(ada);
    for (const group of ['outer', 'inner']) expect(await other.createGroup(group)).toBe('created');
    await other.addToGroup('ada', 'inner');
    await other.setActive('ada', false);
    expect(await collected(other.groupMembers('outer'))).toEqual([['ada']]);
    expect((await other.findUser({ username: 'ada' }))?.groups).toEqual(['inner']);
    await other.removeFromGroup('ada', 'outer');
    await nested.close();
  });

  it('members come in pages of 50, until the last', async () => {
    await client.createGroup('Team / A+B 50% größe');
    for (let n = 0; n < 101; n += 1) {
      await jira.tell('users', { name: `m${String(n).padStart(3, '0')}`, groups: ['Team / A+B 50% größe'] });
    }
    const pages = await collected(client.groupMembers('team / a+b 50% GRÖSSE'.replace('SS', 'ß')));
    expect(pages.map(({ length }) => length)).toEqual([50, 50, 1]);
    expect(new Set(pages.flat()).size).toBe(101);
    expect((await failure(collected(client.groupMembers('nothing')))).code).toBe('jira.group_missing');
  });
});

describe('finding', () => {
  it('trap 11 a search that stops at 100 is no answer; up to 9 the pages go on', async () => {
    for (let n = 0; n < 110; n += 1) {
      await jira.tell('users', { name: `s${n}`, emailAddress: `shared@example.com${n === 0 ? '' : `.x${n}`}` });
    }
    expect(await failure(client.findUsersByEmail('shared@example.com'))).toMatchObject({
      name: 'RetryableError',
      code: 'jira.answer_incomplete',
    });
    await turn({ jiraVersion: '9.12' });
    expect((await client.findUsersByEmail('SHARED@example.com')).map(({ name }) => name)).toEqual(['s0']);
  });

  it('an address is found exactly, in any case, as often as it is there, inactive ones too', async () => {
    await created();
    await client.addToGroup('ada', 'jira-support');
    await jira.tell('users', { name: 'twin', emailAddress: 'ADA@example.com', active: false });
    await jira.tell('users', { name: 'other', emailAddress: 'ada@example.com.au' });
    const found = await client.findUsersByEmail('Ada@Example.com');
    expect(found.map(({ name, groups }) => [name, groups]).sort()).toEqual([
      ['ada', ['jira-support']],
      ['twin', []],
    ]);
    const reading = new HttpJiraReader({ url: new URL(jira.url), token: 'sandbox-admin-token', logger }).begin(5_000);
    expect(await reading.findUsersByEmail('Ada@Example.com')).toEqual(found);
    expect(await client.findUsersByEmail('nobody@example.com')).toEqual([]);
    expect(await client.findUsersByEmail('.')).toEqual([]);
  });

  it('trap 12 whether a group is there is asked without GET group, which is gone in 10', async () => {
    const reading = new HttpJiraReader({ url: new URL(jira.url), token: 'sandbox-admin-token', logger }).begin(5_000);
    expect(await reading.hasGroup('jira-support')).toBe(true);
    expect(await reading.hasGroup('nothing')).toBe(false);
    expect(await client.createGroup('jira-support')).toBe('exists');
    expect(Object.keys((await jira.state()).calls.byRoute)).not.toContain('GET /rest/api/2/group');
  });

  it('trap 13 F17 a name that is taken is read from errors.username', async () => {
    await created();
    expect(await client.createUser({ ...ada, username: 'ADA' })).toEqual({ kind: 'exists' });
  });

  it('trap 14 the key stays when the name changes, and is what properties and renames go by', async () => {
    const key = await created();
    await client.setUserProperty(key, 'dept', 'R&D');
    await client.renameUser(key, 'countess');
    await client.renameUser(key, 'countess');
    expect(await client.findUser({ key })).toMatchObject({ key, name: 'countess' });
    expect(await client.findUser({ username: 'ada' })).toBeUndefined();
    expect(await client.userProperties(key)).toEqual({ dept: 'R&D' });
    expect((await failure(client.renameUser(key, 'admin'))).code).toBe('jira.username_taken');
    expect((await failure(client.renameUser(key, 'co<un>tess'))).code).toBe('jira.request_refused');
    expect((await failure(client.renameUser('JIRAUSER1', 'x'))).code).toBe('jira.account_missing');
  });
});

describe('limits of the licence and the directory', () => {
  it('trap 15 a creation takes no seat; a seat that is not there needs a person', async () => {
    await turn({ seats: 1 });
    await created();
    expect(await failure(client.addToGroup('ada', 'jira-software-users'))).toMatchObject({
      name: 'TerminalError',
      code: 'jira.licence_full',
    });
    await turn({ overflow: 'accept' });
    await client.addToGroup('ada', 'jira-software-users');
    await client.setActive('ada', false);
    await turn({ overflow: 'refuse' });
    expect((await failure(client.setActive('ada', true))).code).toBe('jira.licence_full');
  });

  it.each([400, 403])('trap 16 F21 a read-only directory (%i) needs a person, whatever is changed', async (status) => {
    const key = await created();
    await client.addToGroup('ada', 'jira-support');
    await turn({ directories: [{ name: internal, mode: 'readOnly' }], readOnlyStatus: status });
    const changes = [
      () => client.updateUser(key, { displayName: 'Other' }),
      () => client.setActive('ada', false),
      () => client.renameUser(key, 'other'),
      () => client.addToGroup('ada', 'jira-developers'),
      () => client.removeFromGroup('ada', 'jira-support'),
    ];
    for (const change of changes) {
      expect(await failure(change())).toMatchObject({ name: 'TerminalError', code: 'jira.directory_read_only' });
    }
    await client.setActive('ada', true);
    await turn({ directories: [{ name: internal, mode: 'readOnlyLocalGroups' }] });
    await client.addToGroup('ada', 'jira-developers');
    expect((await failure(client.updateUser(key, { displayName: 'Other' }))).code).toBe('jira.directory_read_only');
  });

  it('trap 16 an inactive copy in a directory above is the user, and cannot be brought back', async () => {
    await created();
    await turn({
      directories: [
        { name: 'LDAP', mode: 'readOnly' },
        { name: internal, mode: 'writable' },
      ],
    });
    await jira.tell('users', { name: 'ada', directory: 'LDAP', active: false });
    expect(await client.findUser({ username: 'ada' })).toMatchObject({ active: false, groups: [] });
    expect((await failure(client.setActive('ada', true))).code).toBe('jira.directory_read_only');
  });

  it('trap 17 language and time zone are fields that Jira does not take, so the port has none', async () => {
    const key = await created();
    for (const field of ['locale', 'timeZone']) {
      expect((await jira.rest('PUT', `/user?key=${key}`, { body: { [field]: 'x' } })).status).toBe(400);
    }
  });

  it('trap 18 F13 nothing leaves before Retry-After is over, and for ever is five minutes', async () => {
    await turn({ rateLimit: { fill: 1, max: 0 } });
    expect(await failure(client.probe())).toMatchObject({ code: 'jira.rate_limited', retryAfterMs: 300_000 });
    const { total } = (await jira.state()).calls;
    expect((await failure(client.probe())).code).toBe('jira.rate_limited');
    expect((await failure(client.counted().findUser({ username: 'ada' }))).code).toBe('jira.rate_limited');
    expect((await jira.state()).calls.total).toBe(total);
  });

  it('trap 19 a status of 200 is not ready: what counts is an answer to a question', async () => {
    await turn({ state: 'STARTING' });
    await jira.faults([{ kind: 'html', match: { pathPrefix: '/rest/' } }]);
    expect((await jira.call('GET', '/status')).status).toBe(200);
    expect((await failure(client.probe())).code).toBe('jira.unavailable');
  });
});

describe('a user', () => {
  it('has properties that are set, changed and removed, twice if need be', async () => {
    const key = await created();
    const name = 'de.größe + 100% #1?';
    for (const value of ['L', 'XL', 'XL']) await client.setUserProperty(key, name, value);
    await jira.rest('PUT', `/user/properties/other?userKey=${key}`, { body: { a: 1 } });
    expect(await client.userProperties(key)).toEqual({ [name]: 'XL', other: '{"a":1}' });
    for (let n = 0; n < 2; n += 1) await client.removeUserProperty(key, name);
    expect(await client.userProperties(key)).toEqual({ other: '{"a":1}' });
    const calls = [
      client.userProperties('JIRAUSER1'),
      client.setUserProperty('JIRAUSER1', name, 'v'),
      client.removeUserProperty('JIRAUSER1', name),
    ];
    for (const error of await Promise.all(calls.map(failure))) expect(error.code).toBe('jira.account_missing');
    expect((await failure(client.setUserProperty(key, 'k'.repeat(256), 'v'))).code).toBe('jira.request_refused');
  });

  it.each(['a/b', '..', '.', '', 'a\\b'])('is never another call: "%s" cannot stand in a path', async (name) => {
    const { total } = (await jira.state()).calls;
    for (const call of [client.endSessions(name), client.setUserProperty('JIRAUSER10000', name, 'v')]) {
      expect(await failure(call)).toMatchObject({ name: 'TerminalError', code: 'jira.request_refused' });
    }
    expect((await jira.state()).calls.total).toBe(total);
  });

  it('is deactivated and comes back, and loses every session when told so', async () => {
    await jira.createUser('ada', { password: 'pw' });
    const browser = new HttpBrowser();
    await browser.submit(await browser.get(`${jira.url}/login.jsp`), { os_username: 'ada', os_password: 'pw' });
    expect((await jira.state()).sessions).toBe(1);
    await client.endSessions('ada');
    expect((await jira.state()).sessions).toBe(0);
    for (const active of [false, false, true]) await client.setActive('ADA', active);
    expect(await client.findUser({ username: 'ada' })).toMatchObject({ active: true });
    expect((await failure(client.setActive('nobody', false))).code).toBe('jira.account_missing');
    expect((await failure(client.endSessions('nobody'))).code).toBe('jira.account_missing');
    expect((await failure(client.setActive('admin', false))).code).toBe('jira.deactivation_refused');
  });

  it.each(['Team / A', 'C++', 'zwölf & "drei"', '名前', '50% #1?'])('group names are any text: %s', async (group) => {
    await created();
    expect([await client.createGroup(group), await client.createGroup(group)]).toEqual(['created', 'exists']);
    await client.addToGroup('ada', group);
    expect(await collected(client.groupMembers(group))).toEqual([['ada']]);
    await client.removeFromGroup('ada', group);
    expect((await failure(client.createGroup(' '))).code).toBe('jira.request_refused');
  });
});

describe('F15 F16 F17 what goes wrong on the way', () => {
  it.each([
    ['a page', { kind: 'html' }],
    ['a redirect to the login', { kind: 'redirect' }],
  ])('F16 %s is a fault of every call, and never an empty answer', async (_what, fault) => {
    const key = await created();
    await jira.faults([{ ...fault, match: { pathPrefix: '/rest/' } }]);
    const calls = [
      client.findUsersByEmail('ada@example.com'),
      client.userProperties(key),
      client.setUserProperty(key, 'p', 'v'),
      client.removeUserProperty(key, 'p'),
      client.setActive('ada', false),
      client.renameUser(key, 'x'),
      client.endSessions('ada'),
      client.createGroup('g'),
      collected(client.groupMembers('jira-support')),
    ];
    for (const error of await Promise.all(calls.map(failure))) {
      expect(error).toMatchObject({ name: 'OutageError', code: 'jira.unavailable' });
    }
  });

  it('F17 a connection that is cut after the work ends as success in the same call', async () => {
    const key = await created();
    const cut = (kind: 'reset' | 'reset-after', method: string) => jira.faults([{ kind, match: { method }, times: 1 }]);
    const writes: [string, () => Promise<unknown>][] = [
      ['POST', () => client.addToGroup('ada', 'jira-support')],
      ['DELETE', () => client.removeFromGroup('ada', 'jira-support')],
      ['POST', () => client.createGroup('fresh')],
      ['PUT', () => client.setUserProperty(key, 'p', 'v')],
      ['DELETE', () => client.removeUserProperty(key, 'p')],
      ['PUT', () => client.updateUser(key, { displayName: 'Countess' })],
      ['PUT', () => client.setActive('ada', false)],
      ['PUT', () => client.renameUser(key, 'countess')],
    ];
    for (const [method, write] of writes) {
      await cut('reset', method);
      expect((await failure(write())).code).toBe('jira.unreachable');
      await cut('reset-after', method);
      await write();
    }
    expect(await client.findUser({ key })).toMatchObject({ name: 'countess', displayName: 'Countess', active: false });
  });

  it.each(['timeout', 'half-open'])('F15 %s: a page of members has a deadline of its own', async (kind) => {
    await jira.faults([{ kind, match: { pathPrefix: '/rest/' } }]);
    const hurried = clientOf({ deadlineMs: 5_000, pageDeadlineMs: 300 });
    const started = performance.now();
    expect((await failure(collected(hurried.groupMembers('jira-support')))).code).toBe('jira.unreachable');
    expect(performance.now() - started).toBeLessThan(3_000);
    expect((await failure(clientOf({ deadlineMs: 300 }).userProperties('JIRAUSER10000'))).code).toBe(
      'jira.unreachable',
    );
  });

  it('a node that lags is asked a second time before somebody counts as missing, if told to', async () => {
    await turn({ nodes: 2, replicationLagMs: 2_000 });
    await created();
    expect(await client.findUser({ username: 'ada' })).toBeUndefined();
    expect(await client.findUser({ username: 'ada' })).toBeDefined();
    expect(await clientOf({ confirmMissing: true }).findUser({ username: 'ada' })).toBeDefined();
  });

  it('connections are used again', async () => {
    await client.probe();
    const before = (await jira.state()).calls.connections;
    for (let n = 0; n < 30; n += 1) await client.findUser({ username: 'admin' });
    expect((await jira.state()).calls.connections - before).toBeLessThanOrEqual(2);
  });
});

describe('F13 the rate that Jira allows', () => {
  it('is used to 95 %, is never exceeded, and its Retry-After never violated', async () => {
    await turn({ rateLimit: { fill: 10, intervalSeconds: 0.5, max: 20 } });
    const until = performance.now() + 4_000;
    const worker = async () => {
      while (performance.now() < until) await client.findUser({ username: 'admin' });
    };
    await Promise.all(Array.from({ length: 8 }, worker));
    const { passed, refused, tooEarly } = (await jira.state()).calls.rateLimit;
    expect({ refused, tooEarly }).toEqual({ refused: 0, tooEarly: 0 });
    // Seven fillings for certain, and what was in the bucket.
    expect(passed).toBeGreaterThanOrEqual(0.95 * (20 + 7 * 10));
  });

  it('F13 after a 429 by others goes on by itself', async () => {
    await jira.faults([{ kind: 'ratelimit', retryAfterSeconds: 1, times: 1 }]);
    expect(await failure(client.probe())).toMatchObject({ retryAfterMs: 1_000 });
    const started = performance.now();
    await waitFor(() => client.probe().then(() => true), { what: 'Jira to be asked again' });
    expect(performance.now() - started).toBeGreaterThan(900);
  });
});
