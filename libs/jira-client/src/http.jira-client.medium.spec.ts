import type { ServerResponse } from 'node:http';
import { Writable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { DeferredError, GatehouseError } from '@gatehouse/errors';
import { createLogger, inTrace } from '@gatehouse/telemetry';
import { ScriptedJira, envelope, jiraUser, noSuchUser } from '../test/scripted-jira.js';
import { HttpJiraClient } from './http.jira-client.js';
import { ask } from './jira-http.js';
import type { Ask } from './jira-http.js';
import { userAgent } from './user-agent.js';

const readAda = 'GET /rest/api/2/user?username=ada&expand=groups';
const html = { 'content-type': 'text/html;charset=UTF-8' };
const token = 'pat-0123456789abcdef';

let jira: ScriptedJira;
let lines: string[] = [];

function client(options: Partial<ConstructorParameters<typeof HttpJiraClient>[0]> = {}): HttpJiraClient {
  const sink = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      lines.push(chunk.toString());
      done();
    },
  });
  return new HttpJiraClient({ url: jira.url, token, logger: createLogger('debug', sink), ...options });
}

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
});
afterEach(() => {
  expect(jira.differences).toEqual([]);
  lines = [];
});
afterAll(() => jira.close());

describe('a call', () => {
  it('carries our token, our name and the trace, and nothing of a browser', async () => {
    jira.play({ on: readAda, body: jiraUser([]) });
    await inTrace('0123456789abcdef0123456789abcdef', () => client().findUser({ username: 'ada' }));

    const { headers } = jira.received[0]!;
    expect(headers).toMatchObject({
      authorization: `Bearer ${token}`,
      accept: 'application/json',
      'user-agent': userAgent,
      'x-request-id': '0123456789abcdef0123456789abcdef',
    });
    expect(headers).not.toHaveProperty('origin');
    expect(headers).not.toHaveProperty('referer');
    expect(headers).not.toHaveProperty('cookie');
  });

  it('logs one line with the route and never a name, a query or the token', async () => {
    jira.play({ on: readAda, body: jiraUser(['secret-group']) }, { on: readAda, status: 500 });
    await inTrace('0123456789abcdef0123456789abcdef', () => client().findUser({ username: 'ada' }));
    await failure(client().findUser({ username: 'ada' }));

    const route = '/rest/api/2/user';
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { level: 'debug', method: 'GET', route, status: 200, traceId: '0123456789abcdef0123456789abcdef' },
      { level: 'info', method: 'GET', route, status: 500, failure: 'jira.unavailable' },
    ]);
    expect(lines.join('')).not.toMatch(/ada|secret-group|pat-/);
  });

  it.each([
    ['ada+tag@example.invalid', 'ada%2Btag%40example.invalid'],
    ['zoë lange', 'zo%C3%AB%20lange'],
    ['corp/ada', 'corp%2Fada'],
    ['a%b&c=d#e?f', 'a%25b%26c%3Dd%23e%3Ff'],
    ['名字', '%E5%90%8D%E5%AD%97'],
  ])('encodes the name %p', async (username, encoded) => {
    jira.play({ on: `GET /rest/api/2/user?username=${encoded}&expand=groups`, body: jiraUser([], { name: username }) });
    expect((await client().findUser({ username }))?.name).toBe(username);
  });

  it("keeps Jira's context path", async () => {
    jira.play({ on: 'GET /jira/rest/api/2/user?key=JIRAUSER10000&expand=groups', body: jiraUser([]) });
    await client({ url: new URL('/jira/', jira.url) }).findUser({ key: 'JIRAUSER10000' });
  });

  it('reads a compressed answer', async () => {
    jira.play({
      on: readAda,
      raw: (response) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
        response.end(gzipSync(JSON.stringify(jiraUser(['one']))));
      },
    });
    expect((await client().findUser({ username: 'ada' }))?.groups).toEqual(['one']);
  });

  it('refuses a token that cannot stand in a header without printing it', () => {
    expect(() => client({ token: 'pat\nbroken' })).toThrow('JIRA_TOKEN holds characters that no token has.');
  });
});

describe('F15 F17 an answer that does not come', () => {
  it('a silent Jira is given up at the deadline', async () => {
    jira.play({ on: readAda, raw: () => {} });
    const error = await failure(client({ deadlineMs: 1_000 }).findUser({ username: 'ada' }));
    expect(error).toMatchObject({ name: 'OutageError', code: 'jira.unreachable', internal: 'deadline' });
  });

  it('so is one that stops in the middle of its answer', async () => {
    jira.play({
      on: readAda,
      raw: (response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.write('{"key":');
      },
    });
    expect((await failure(client({ deadlineMs: 1_000 }).findUser({ username: 'ada' }))).code).toBe('jira.unreachable');
  });

  it('the deadline holds for a method as a whole, re-reads included', async () => {
    const slowly = (status: number, body: unknown) => (response: ServerResponse) => {
      setTimeout(() => {
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      }, 600);
    };
    jira.play(
      {
        on: 'DELETE /rest/api/2/group/user?groupname=g&username=ada',
        raw: slowly(400, envelope('not a member')),
      },
      { on: readAda, raw: slowly(200, jiraUser([])) },
    );
    expect((await failure(client({ deadlineMs: 1_000 }).removeFromGroup('ada', 'g'))).code).toBe('jira.unreachable');
  });

  it('a reset connection and a closed port are the same', async () => {
    jira.play({ on: readAda, raw: (response) => response.socket?.resetAndDestroy() });
    expect((await failure(client().findUser({ username: 'ada' }))).code).toBe('jira.unreachable');

    const closed = await ScriptedJira.start();
    const url = closed.url;
    await closed.close();
    const error = await failure(client({ url }).findUser({ username: 'ada' }));
    expect(error.code).toBe('jira.unreachable');
    expect(error.message).not.toContain(url.host);
  });
});

describe('F16 something else than an answer', () => {
  it.each([
    ['a login page', { headers: html, body: '<html>log in</html>' }],
    ['JSON with the wrong content type', { headers: html, body: jiraUser([]) }],
    ['JSON without a content type', { headers: { 'content-type': undefined }, body: jiraUser([]) }],
    ['an empty body', { body: undefined }],
    ['cut JSON', { body: '{"key":' }],
    ['another shape', { body: { ...jiraUser([]), active: 'yes' } }],
    ['a list', { body: [jiraUser([])] }],
    ['a 404 page', { status: 404, headers: html, body: '<html>404</html>' }],
  ])('%s is never "no such user" and never "no groups"', async (_what, answer) => {
    jira.play({ on: readAda, ...answer });
    expect(await failure(client().findUser({ username: 'ada' }))).toMatchObject({
      name: 'OutageError',
      code: 'jira.unavailable',
    });
  });

  it('a redirect is not followed: the token stays with Jira', async () => {
    jira.play({ on: readAda, status: 302, headers: { location: '/elsewhere' } });
    expect((await failure(client().findUser({ username: 'ada' }))).code).toBe('jira.unavailable');
    expect(jira.received).toHaveLength(1);
  });

  it('a page is not the success of a removal, although a removal has an empty answer', async () => {
    const on = 'DELETE /rest/api/2/group/user?groupname=g&username=ada';
    jira.play({ on, headers: html, body: '<html>log in</html>' });
    expect((await failure(client().removeFromGroup('ada', 'g'))).code).toBe('jira.unavailable');
    jira.play({ on, headers: { 'x-seraph-loginreason': 'AUTHENTICATED_FAILED' } });
    expect((await failure(client().removeFromGroup('ada', 'g'))).code).toBe('jira.credentials_refused');
  });

  it('an empty 200 is not the success of an addition', async () => {
    jira.play({ on: 'POST /rest/api/2/group/user?groupname=g' });
    expect((await failure(client().addToGroup('ada', 'g'))).code).toBe('jira.unavailable');
  });
});

describe('findUser', () => {
  it('gives a user with all groups', async () => {
    jira.play({ on: 'GET /rest/api/2/user?key=JIRAUSER10000&expand=groups', body: jiraUser(['a', 'B c']) });
    expect(await client().findUser({ key: 'JIRAUSER10000' })).toEqual({
      key: 'JIRAUSER10000',
      name: 'ada',
      emailAddress: 'ada@example.invalid',
      displayName: 'Ada Lovelace',
      active: true,
      groups: ['a', 'B c'],
    });
  });

  it.each([
    ['2026-01-02T03:04:05.000+0000', new Date('2026-01-02T03:04:05Z')],
    [Date.UTC(2026, 0, 2), new Date('2026-01-02T00:00:00Z')],
    ['never', undefined],
    [null, undefined],
  ])('X25 reads when the user was at Jira last, where it says so: %s', async (lastLoginTime, expected) => {
    jira.play({ on: readAda, body: jiraUser([], { lastLoginTime }) });
    expect((await client().findUser({ username: 'ada' }))?.lastLoginAt).toEqual(expected);
  });

  it('F26 reads a user in 2,000 groups', async () => {
    const groups = Array.from({ length: 2_000 }, (_, index) => `department-of-very-long-names-and-places-${index}`);
    jira.play({ on: readAda, body: jiraUser(groups) });
    expect((await client().findUser({ username: 'ada' }))?.groups).toEqual(groups);
  });

  it('F21 an answer above the limit concerns this user, not Jira as a whole', async () => {
    jira.play({ on: readAda, body: jiraUser([], { displayName: 'x'.repeat(1_100_000) }) });
    expect(await failure(client().findUser({ username: 'ada' }))).toMatchObject({
      name: 'RetryableError',
      code: 'jira.answer_incomplete',
    });
  });

  it.each([
    ['not expanded', { size: 2, items: [] }],
    ['cut', { size: 2, items: [{ name: 'a' }] }],
    ['absent', undefined],
  ])('I3 a list of groups that is %s is not taken for the whole', async (_what, groups) => {
    jira.play({ on: readAda, body: jiraUser([], { groups }) });
    expect((await failure(client().findUser({ username: 'ada' }))).code).toBe('jira.answer_incomplete');
  });

  it('nobody is missing unless Jira says so itself', async () => {
    jira.play({ on: readAda, status: 404, body: noSuchUser });
    expect(await client().findUser({ username: 'ada' })).toBeUndefined();
    expect(jira.received).toHaveLength(1);
  });

  it('asks again before somebody counts as missing, if told to', async () => {
    jira.play({ on: readAda, status: 404, body: noSuchUser }, { on: readAda, body: jiraUser([]) });
    expect(await client({ confirmMissing: true }).findUser({ username: 'ada' })).toMatchObject({ name: 'ada' });
  });

  it('a token served as anonymous is refused credentials, not a missing user', async () => {
    jira.play({ on: readAda, status: 404, headers: { 'x-ausername': 'anonymous' }, body: noSuchUser });
    expect((await failure(client().findUser({ username: 'ada' }))).code).toBe('jira.credentials_refused');
  });

  it('a read that is forbidden means that our account is no administrator', async () => {
    jira.play({ on: readAda, status: 403, body: envelope('no') });
    expect((await failure(client().findUser({ username: 'ada' }))).code).toBe('jira.credentials_refused');
  });

  it("somebody else's record is not taken for the one asked for", async () => {
    jira.play({
      on: 'GET /rest/api/2/user?key=JIRAUSER10000&expand=groups',
      body: jiraUser([], { key: 'JIRAUSER10001' }),
    });
    expect((await failure(client().findUser({ key: 'JIRAUSER10000' }))).code).toBe('jira.unavailable');
  });

  it('a user of a directory without e-mail has an empty address', async () => {
    jira.play({ on: readAda, body: jiraUser([], { emailAddress: undefined }) });
    expect((await client().findUser({ username: 'ada' }))?.emailAddress).toBe('');
  });
});

describe('serverInfo and counted', () => {
  const serverInfo = { baseUrl: 'http://recorded.invalid', version: '10.4.0', deploymentType: 'Server' };

  it('reads the base URL', async () => {
    jira.play({ on: 'GET /rest/api/2/serverInfo', body: serverInfo });
    expect(await client().serverInfo()).toEqual({ baseUrl: 'http://recorded.invalid', version: '10.4.0' });
  });

  it('Jira 11 refusing Basic even here is refused credentials', async () => {
    const body = { message: 'Basic Authentication has been disabled on this instance.' };
    jira.play({ on: 'GET /rest/api/2/serverInfo', status: 403, body });
    expect((await failure(client().serverInfo())).code).toBe('jira.credentials_refused');
  });

  it('counts the calls of one run, re-reads and failures included', async () => {
    const all = client();
    const run = all.counted();
    jira.play(
      { on: 'DELETE /rest/api/2/group/user?groupname=g&username=ada', status: 400, body: envelope('not a member') },
      { on: readAda, body: jiraUser([]) },
      { on: readAda, status: 500 },
    );
    await run.removeFromGroup('ada', 'g');
    await failure(run.findUser({ username: 'ada' }));
    expect(run.calls).toBe(3);
    expect(all.calls).toBe(0);
    expect(all.counted().calls).toBe(0);
  });
});

describe('a probe', () => {
  const permissions = (granted: boolean) => ({ permissions: { ADMINISTER: { havePermission: granted } } });

  it('F18 is one call, answered only to an administrator', async () => {
    jira.play({ on: 'GET /rest/api/2/mypermissions', body: permissions(true) });
    await client().probe();
    jira.play({ on: 'GET /rest/api/2/mypermissions', body: permissions(false) });
    expect(await failure(client().probe())).toMatchObject({ code: 'jira.credentials_refused' });
    jira.play({ on: 'GET /rest/api/2/mypermissions', status: 503, body: 'starting', headers: html });
    expect(await failure(client().probe())).toMatchObject({ code: 'jira.unavailable' });
  });
});

it('F28 sends no second call of a method whose time is over, though no timer has fired yet', async () => {
  const now = performance.now.bind(performance);
  jira.play({
    on: readAda,
    raw: (response) => {
      // A stopped process: its clock goes on, and what arrived meanwhile is read before its timers are looked at.
      performance.now = () => now() + 60_000;
      response.writeHead(404, { 'content-type': 'application/json' }).end(JSON.stringify(noSuchUser));
    },
  });
  try {
    const error = await failure(client({ confirmMissing: true, deadlineMs: 2_000 }).findUser({ username: 'ada' }));
    expect(error).toMatchObject({ code: 'jira.unreachable' });
  } finally {
    performance.now = now;
  }
});

describe('F28 what is asked last', () => {
  const notOurs = new DeferredError('lease.lost', 'Another worker may have taken over this account.', {
    retryAfterMs: 250,
  });
  const read = (run: HttpJiraClient) => failure(run.findUser({ username: 'ada' }));

  it('is asked when the bytes leave: ten calls have begun and wait for a connection then, and Jira sees none of them', async () => {
    const fresh = await ScriptedJira.start();
    let begun = 0;
    const counting: Ask = (...asked) => {
      begun += 1;
      return ask(...asked);
    };
    const all = client({ url: fresh.url, ask: counting });
    // After an answer so many may be on their way at once; its connection does not wait for one of them.
    fresh.play({ on: readAda, body: jiraUser([]), headers: { connection: 'close' } });
    await all.findUser({ username: 'ada' });
    let isOurs = true;
    const answers: boolean[] = [];
    const run = all.counted(() => {
      answers.push(isOurs);
      if (!isOurs) throw notOurs;
    });
    const calls = Array.from({ length: 10 }, () => read(run));
    // Nothing is connected as long as nobody looks at sockets, and a turn of promises does not.
    for (let turn = 0; turn < 1_000 && begun < 11; turn += 1) await Promise.resolve();
    expect({ begun, answers }).toEqual({ begun: 11, answers: [] });
    isOurs = false;

    expect(await Promise.all(calls)).toEqual(calls.map(() => notOurs));
    expect(answers).toEqual(calls.map(() => false));
    expect(fresh.received).toHaveLength(1);
    await fresh.close();
  });

  it('is asked before every call of a method, and one that must not be sent is not taken for a lost answer', async () => {
    let left = 1;
    const run = client().counted(() => {
      if (left-- === 0) throw notOurs;
    });
    jira.play({
      on: 'DELETE /rest/api/2/group/user?groupname=g&username=ada',
      status: 400,
      body: envelope('not a member'),
    });
    expect(await failure(run.removeFromGroup('ada', 'g'))).toBe(notOurs);
  });
});
