import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { GatehouseError } from '@gatehouse/errors';
import { createLogger } from '@gatehouse/telemetry';
import { ScriptedJira, envelope, jiraUser, noSuchUser } from '../test/scripted-jira.js';
import { HttpJiraClient } from './http.jira-client.js';

const readByName = 'GET /rest/api/2/user?username=ada&expand=groups';
const readByKey = 'GET /rest/api/2/user?key=JIRAUSER10000&expand=groups';
const permissions = 'GET /rest/api/2/mypermissions';
const create = 'POST /rest/api/2/user';
const update = 'PUT /rest/api/2/user?key=JIRAUSER10000';
const add = 'POST /rest/api/2/group/user?groupname=Dev%20%2B%20Ops';
const remove = 'DELETE /rest/api/2/group/user?groupname=Dev%20%2B%20Ops&username=ada';
const nothing = { on: update, body: jiraUser([]) };
const refusesNothing = { on: update, status: 400, body: envelope('사용자를 변경할 수 없습니다') };
const roles = (remainingSeats: number) => ({
  on: 'GET /rest/api/2/applicationrole',
  body: [{ key: 'jira-software', name: 'Jira', groups: ['dev + ops'], numberOfSeats: 5, remainingSeats }],
});
const group = { name: 'Dev + Ops', self: 'http://recorded.invalid', users: { size: 1, items: [] }, expand: 'users' };
const ada = { username: 'ada', email: 'ada@example.invalid', displayName: 'Ada Lovelace' };

/** As a Korean service account would be told; nothing may depend on the words. */
const localised = envelope('사용자를 변경할 수 없습니다');
const administrator = (yes: boolean) => ({ permissions: { ADMINISTER: { key: 'ADMINISTER', havePermission: yes } } });

let jira: ScriptedJira;
let client: HttpJiraClient;

async function failure(promise: Promise<unknown>): Promise<GatehouseError> {
  const error: unknown = await promise.then(
    (value) => value,
    (reason: unknown) => reason,
  );
  if (error instanceof GatehouseError) return error;
  throw new Error(`expected a failure, got ${JSON.stringify(error)}`);
}

beforeAll(async () => {
  jira = await ScriptedJira.start();
  client = new HttpJiraClient({ url: jira.url, token: 'pat', logger: createLogger('silent') });
});
afterEach(() => {
  expect(jira.differences).toEqual([]);
});
afterAll(() => jira.close());

describe('createUser', () => {
  it('makes a user without a password, without a mail and without a licence seat', async () => {
    jira.play({ on: create, status: 201, body: jiraUser([]) });
    expect(await client.createUser(ada)).toMatchObject({ kind: 'created', user: { key: 'JIRAUSER10000', groups: [] } });
    expect(jira.received[0]).toMatchObject({
      headers: { 'x-atlassian-token': 'no-check', 'content-type': 'application/json' },
    });
    expect(jira.received[0]!.body).toEqual({
      name: 'ada',
      emailAddress: 'ada@example.invalid',
      displayName: 'Ada Lovelace',
      applicationKeys: [],
    });
  });

  it('reads the user when Jira gave it groups without naming them', async () => {
    const unexpanded = jiraUser([], { groups: { size: 1, items: [] } });
    jira.play({ on: create, status: 201, body: unexpanded }, { on: readByKey, body: jiraUser(['jira-users']) });
    expect(await client.createUser(ada)).toMatchObject({ kind: 'created', user: { groups: ['jira-users'] } });
  });

  it('F17 a name that is taken is not success: whoever asked decides again', async () => {
    const body = envelope('', { username: '같은 이름의 사용자가 이미 있습니다' });
    jira.play({ on: create, status: 400, body }, { on: readByName, body: jiraUser([]) });
    expect(await client.createUser(ada)).toEqual({ kind: 'exists' });
  });

  it('F21 a name that Jira does not like is not reported as taken', async () => {
    const body = envelope('', { username: 'The username must not contain < or >.' });
    jira.play({ on: create, status: 400, body }, { on: readByName, status: 404, body: noSuchUser });
    const error = await failure(client.createUser(ada));
    expect(error).toMatchObject({ name: 'RetryableError', code: 'jira.conflict' });
    expect(error.internal).toContain('must not contain');
  });

  it("another refusal needs a person, and Jira's words stay out of the public text", async () => {
    jira.play({ on: create, status: 400, body: envelope('ada is not welcome', { emailAddress: 'bad address' }) });
    const error = await failure(client.createUser(ada));
    expect(error).toMatchObject({ name: 'TerminalError', code: 'jira.request_refused' });
    expect(error.internal).toBe('ada is not welcome | emailAddress: bad address');
    expect(error.message).not.toMatch(/ada|address/);
  });
});

describe('F18 a forbidden write', () => {
  it('is an outage when our account is no administrator any more: nothing is parked for it', async () => {
    jira.play({ on: create, status: 403, body: localised }, { on: permissions, body: administrator(false) });
    expect((await failure(client.createUser(ada))).code).toBe('jira.credentials_refused');
  });

  it('needs a person when our account still is one: a rule protects this user or this group', async () => {
    jira.play(
      { on: add, status: 403, body: localised },
      { on: permissions, body: administrator(true) },
      { on: readByName, body: jiraUser([]) },
      roles(3),
      nothing,
    );
    const error = await failure(client.addToGroup('ada', 'Dev + Ops'));
    expect(error).toMatchObject({ name: 'TerminalError', code: 'jira.request_refused' });
  });

  it.each([
    ['forbidden', { status: 403, body: localised }],
    ['missing', { status: 404, body: localised }],
  ])('is an outage when the question about our permissions is %s', async (_what, answer) => {
    jira.play({ on: remove, status: 403, body: localised }, { on: permissions, ...answer });
    expect((await failure(client.removeFromGroup('ada', 'Dev + Ops'))).code).toBe('jira.credentials_refused');
  });
});

describe('updateUser', () => {
  it('sends only what changes', async () => {
    jira.play({ on: update, body: jiraUser([], { displayName: 'Ada King', groups: { size: 3, items: [] } }) });
    await client.updateUser('JIRAUSER10000', { displayName: 'Ada King' });
    expect(jira.received[0]!.body).toEqual({ displayName: 'Ada King' });
    expect(jira.received[0]!.headers['x-atlassian-token']).toBe('no-check');
  });

  it('no change is no call', async () => {
    jira.play();
    await client.updateUser('JIRAUSER10000', {});
    expect(jira.received).toEqual([]);
  });

  it('an answer with other values than asked for is not success', async () => {
    jira.play({ on: update, body: jiraUser([]) });
    const error = await failure(client.updateUser('JIRAUSER10000', { email: 'new@example.invalid' }));
    expect(error).toMatchObject({ name: 'RetryableError', code: 'jira.conflict' });
  });

  it('blanks that Jira trims are no difference', async () => {
    jira.play({ on: update, body: jiraUser([]) });
    await client.updateUser('JIRAUSER10000', { displayName: ' Ada Lovelace ' });
  });

  it('a refusal of a user that stays as it was needs a person', async () => {
    jira.play({ on: update, status: 400, body: localised }, { on: readByKey, body: jiraUser([]) }, nothing);
    const error = await failure(client.updateUser('JIRAUSER10000', { email: 'new@example.invalid' }));
    expect(error).toMatchObject({ name: 'TerminalError', code: 'jira.request_refused' });
    expect(jira.received[2]!.body).toEqual({});
  });

  it('a refusal that names a field is about that field: nothing more is asked', async () => {
    const body = envelope('', { email: '주소' });
    jira.play({ on: update, status: 400, body }, { on: readByKey, body: jiraUser([]) });
    expect((await failure(client.updateUser('JIRAUSER10000', { email: 'x' }))).code).toBe('jira.request_refused');
  });

  it.each([400, 403])('%i to a change of nothing as well: the directory is read-only', async (status) => {
    const isAdministrator = status === 403 ? [{ on: permissions, body: administrator(true) }] : [];
    jira.play(
      { on: update, status, body: localised },
      ...isAdministrator,
      { on: readByKey, body: jiraUser([]) },
      refusesNothing,
    );
    const error = await failure(client.updateUser('JIRAUSER10000', { email: 'new@example.invalid' }));
    expect(error).toMatchObject({ name: 'TerminalError', code: 'jira.directory_read_only' });
  });

  it('a refusal of values that are there already is success', async () => {
    jira.play({ on: update, status: 400, body: localised }, { on: readByKey, body: jiraUser([]) });
    await client.updateUser('JIRAUSER10000', { email: 'ada@example.invalid' });
  });

  it('a user that is gone needs a person', async () => {
    jira.play({ on: update, status: 404, body: noSuchUser }, { on: readByKey, status: 404, body: noSuchUser });
    const error = await failure(client.updateUser('JIRAUSER10000', { email: 'new@example.invalid' }));
    expect(error).toMatchObject({ name: 'TerminalError', code: 'jira.account_missing' });
  });

  it('a node that does not know the user yet is asked again later', async () => {
    jira.play({ on: update, status: 404, body: noSuchUser }, { on: readByKey, body: jiraUser([]) });
    const error = await failure(client.updateUser('JIRAUSER10000', { email: 'new@example.invalid' }));
    expect(error).toMatchObject({ name: 'RetryableError', code: 'jira.conflict' });
  });
});

describe('addToGroup', () => {
  it('adds one user to one group', async () => {
    jira.play({ on: add, status: 201, body: group });
    await client.addToGroup('ada', 'Dev + Ops');
    expect(jira.received[0]!.body).toEqual({ name: 'ada' });
  });

  it('F17 "already a member" is success once a read confirms it, in any spelling and language', async () => {
    jira.play({ on: add, status: 400, body: localised }, { on: readByName, body: jiraUser(['other', 'dev + ops']) });
    await client.addToGroup('ada', 'Dev + Ops');
  });

  it('a refusal that the read does not explain is tried again', async () => {
    const read = { on: readByName, body: jiraUser(['other']) };
    jira.play({ on: add, status: 400, body: localised }, read, roles(3), nothing);
    const error = await failure(client.addToGroup('ada', 'Dev + Ops'));
    expect(error).toMatchObject({ name: 'RetryableError', code: 'jira.conflict' });
  });

  it('a group of a licence without a seat needs a person', async () => {
    jira.play({ on: add, status: 400, body: localised }, { on: readByName, body: jiraUser([]) }, roles(0));
    expect(await failure(client.addToGroup('ada', 'Dev + Ops'))).toMatchObject({
      name: 'TerminalError',
      code: 'jira.licence_full',
      internal: 'application "jira-software"',
    });
  });

  it('a missing group is told from a missing user', async () => {
    jira.play({ on: add, status: 404, body: localised }, { on: readByName, body: jiraUser([]) });
    const missingGroup = await failure(client.addToGroup('ada', 'Dev + Ops'));
    expect(missingGroup).toMatchObject({ name: 'TerminalError', code: 'jira.group_missing' });
    expect(missingGroup.internal).toContain('Dev + Ops');

    jira.play({ on: add, status: 404, body: localised }, { on: readByName, status: 404, body: noSuchUser });
    const missingUser = await failure(client.addToGroup('ada', 'Dev + Ops'));
    expect(missingUser).toMatchObject({ name: 'TerminalError', code: 'jira.account_missing' });
  });

  it('an incomplete list after the refusal proves nothing', async () => {
    const unexpanded = jiraUser([], { groups: { size: 1, items: [] } });
    jira.play({ on: add, status: 400, body: localised }, { on: readByName, body: unexpanded });
    expect((await failure(client.addToGroup('ada', 'Dev + Ops'))).code).toBe('jira.answer_incomplete');
  });
});

describe('removeFromGroup', () => {
  it('removes one user from one group', async () => {
    jira.play({ on: remove });
    await client.removeFromGroup('ada', 'Dev + Ops');
    expect(jira.received[0]!.headers['x-atlassian-token']).toBe('no-check');
  });

  it.each([
    ['"not a member"', 400],
    ['a group that is gone', 404],
  ])('%s is success once a read confirms it', async (_what, status) => {
    jira.play({ on: remove, status, body: localised }, { on: readByName, body: jiraUser(['other']) });
    await client.removeFromGroup('ada', 'Dev + Ops');
  });

  it('a member that Jira would not remove (a nested group) is tried again', async () => {
    const read = { on: readByName, body: jiraUser(['DEV + OPS']) };
    jira.play({ on: remove, status: 400, body: localised }, read, nothing);
    expect((await failure(client.removeFromGroup('ada', 'Dev + Ops'))).code).toBe('jira.conflict');
  });

  it('a user that is gone needs a person', async () => {
    jira.play({ on: remove, status: 404, body: localised }, { on: readByName, status: 404, body: noSuchUser });
    expect((await failure(client.removeFromGroup('ada', 'Dev + Ops'))).code).toBe('jira.account_missing');
  });
});

describe('removeUser', () => {
  const away = 'DELETE /rest/api/2/user?key=JIRAUSER10000';

  it('X32 removes by the key, which no rename changes', async () => {
    jira.play({ on: away, status: 204 }, { on: readByKey, status: 404, body: noSuchUser });
    expect(await client.removeUser('JIRAUSER10000')).toBe('removed');
  });

  it('is tried again while Jira still shows the user: a node that lags, or a copy in another directory', async () => {
    jira.play({ on: away, status: 204 }, { on: readByKey, body: jiraUser([]) });
    expect(await failure(client.removeUser('JIRAUSER10000'))).toMatchObject({ code: 'jira.conflict' });
  });

  it.each([
    [400, []],
    [403, [{ on: permissions, body: administrator(true) }]],
  ])('keeps whom Jira does not let go, whatever it says, with %d', async (status, between) => {
    jira.play({ on: away, status, body: localised }, ...between, { on: readByKey, body: jiraUser([]) });
    expect(await client.removeUser('JIRAUSER10000')).toBe('kept');
  });

  it('is done where the user is gone already', async () => {
    jira.play({ on: away, status: 404, body: localised }, { on: readByKey, status: 404, body: noSuchUser });
    expect(await client.removeUser('JIRAUSER10000')).toBe('removed');
  });

  it('is an outage where our account is no administrator any more', async () => {
    jira.play({ on: away, status: 403, body: localised }, { on: permissions, body: administrator(false) });
    expect(await failure(client.removeUser('JIRAUSER10000'))).toMatchObject({ code: 'jira.credentials_refused' });
  });
});
