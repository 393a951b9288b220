import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { waitFor } from '@gatehouse/testing';
import { rawExchange } from '../test/raw-exchange.js';
import { patchOf, RunningScim, schemas, tokens, unique } from '../test/running-scim.js';

describe('bodies that nobody should send', () => {
  let scim: RunningScim;
  beforeAll(async () => {
    scim = await RunningScim.start();
  });
  afterAll(() => scim.stop());
  // Whatever was sent: the service lives on.
  afterEach(async () => {
    expect((await scim.get('/Users?count=1')).status).toBe(200);
  });

  const raw = (body: string | Uint8Array, headers: Record<string, string> = {}) =>
    scim.send('POST', '/Users', undefined, { raw: body, headers });
  const personOf = (userName: string) => JSON.stringify({ schemas: [schemas.user], userName });

  it.each([
    '{',
    '{"userName":',
    '{"userName":"a",}',
    "{'userName':'a'}",
    '{"a":NaN}',
    'userName=ada',
    '{}{}',
    '\u0000',
  ])('C18 %j is no JSON', async (body) => {
    const { status, body: error } = await raw(body);
    expect([status, error.schemas, error.status, error.scimType]).toEqual([400, [schemas.error], '400', 'invalidSyntax']); // prettier-ignore
  });

  it('C18 bytes that are no UTF-8 are no JSON', async () => {
    const { status, body } = await raw(Buffer.from('{"userName":"\xff\xfe"}', 'latin1'));
    expect([status, body.scimType]).toEqual([400, 'invalidSyntax']);
  });

  it('C18 a byte order mark does no harm', async () => {
    expect((await raw(`\ufeff${personOf(unique('ada'))}`)).status).toBe(201);
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', 'application/jsonp'])(
    'C19 %s is not taken',
    async (type) => {
      const { status, body } = await raw(personOf('ada'), { 'content-type': type });
      expect([status, body.schemas, body.status]).toEqual([415, [schemas.error], '415']);
    },
  );

  it('C86 C87 bodies that are announced and do not come hold up their provider alone, and nobody once they are gone', async () => {
    const announce = () => {
      const socket = connect(Number(new URL(scim.base).port), '127.0.0.1');
      const head = `POST /scim/v2/Users HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${tokens.cognito}\r\n`;
      socket.write(`${head}Content-Type: application/json\r\nContent-Length: 10485760\r\n\r\n{`);
      return socket;
    };
    const slow = Array.from({ length: 3 }, announce);
    const large = `{"x":"${'x'.repeat(2_200_000)}"}`;
    const status = async (token: string) =>
      (await scim.send('POST', '/Users', undefined, { raw: large, token })).status;
    await waitFor(async () => (await status(tokens.cognito)) === 429, { what: 'the bound of one provider' });
    const refused = await scim.send('POST', '/Users', undefined, { raw: large });
    expect([refused.body.schemas, refused.body.status, refused.headers.get('retry-after')]).toEqual([[schemas.error], '429', '2']); // prettier-ignore
    expect((await raw(personOf(unique('ada')))).status).toBe(201);
    expect(await status(tokens.partner)).toBe(400);
    for (const socket of slow) socket.destroy();
    await waitFor(async () => (await status(tokens.cognito)) === 400, { what: 'room for bodies again' });
  });

  it('C19 a packed body is not taken', async () => {
    const { status, body, headers } = await raw(gzipSync(personOf('ada')), { 'content-encoding': 'gzip' });
    expect([status, body.status, headers.get('accept-encoding')]).toEqual([415, '415', 'identity']);
    expect((await raw(personOf(unique('ada')), { 'content-encoding': 'identity' })).status).toBe(201);
  });

  it.each(['[]', '"x"', 'null', '1', 'true', '', '[{"userName":"ada"}]'])(
    'C20 %j is no resource, no change, no search and no bulk',
    async (body) => {
      const id = '2819c223-7f76-453a-919d-413861904646';
      for (const [method, path] of [
        ['POST', '/Users'],
        ['PUT', `/Groups/${id}`],
        ['PATCH', `/Users/${id}`],
        ['POST', '/.search'],
        ['POST', '/Groups/.search'],
        ['POST', '/Bulk'],
      ] as const) {
        const answer = await scim.send(method, path, undefined, { raw: body });
        expect([method, path, answer.status, answer.body.scimType]).toEqual([method, path, 400, 'invalidSyntax']);
      }
    },
  );

  it('C21 a body of 12 MB is refused, whether its length is said or not', async () => {
    const large = Buffer.alloc(12 * 1_048_576, 'a');
    const head = `POST /scim/v2/Users HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${tokens.cognito}\r\nContent-Type: application/scim+json\r\n`;
    const said = await rawExchange(scim.base, [`${head}Content-Length: ${large.length}\r\n\r\n`, large]);
    const chunked = await rawExchange(scim.base, [
      `${head}Transfer-Encoding: chunked\r\n\r\n${large.length.toString(16)}\r\n`,
      large,
      '\r\n0\r\n\r\n',
    ]);
    for (const [answer] of [said, chunked]) {
      expect(answer?.status).toBe(413);
      expect(JSON.parse(answer!.body)).toMatchObject({ schemas: [schemas.error], status: '413' });
    }
  });

  it.each([
    ['lists', `{"userName":"ada","x":${'['.repeat(20_000)}${']'.repeat(20_000)}}`],
    ['objects', `{"userName":"ada","x":${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}}`],
  ])('C22 %s in %s 20,000 deep are refused at once', async (_what, body) => {
    const startedAt = performance.now();
    const { status } = await raw(body);
    expect([status, performance.now() - startedAt < 3_000]).toEqual([400, true]);
  });

  it('C24 NUL and half a surrogate pair are refused in every place of a text', async () => {
    const { body: ada } = await raw(personOf(unique('ada')));
    for (const bad of ['a\\u0000b', '\\ud800', '\\udc00x', '\\ud83d\\ud83d']) {
      // JSON within a text: what is an escape in it passes whoever looks at the text alone.
      const role = JSON.stringify(`{"value":"${bad}"}`);
      const named = JSON.stringify(`{"value":"x","displayName":"${bad}"}`);
      const selection = JSON.stringify(`roles[value eq "${bad}"].display`);
      const bodies: (readonly [string, string, string])[] = [
        ['POST', '/Users', `{"schemas":["${schemas.user}"],"userName":"${bad}"}`],
        ['POST', '/Users', `{"schemas":["${schemas.user}"],"userName":"ada","${bad}":1}`],
        ['POST', '/Groups', `{"schemas":["${schemas.group}"],"displayName":"x","members":[{"value":"${bad}"}]}`],
        ['PUT', `/Users/${ada.id}`, `{"schemas":["${schemas.user}"],"userName":"x","name":{"givenName":"${bad}"}}`],
        ['PATCH', `/Users/${ada.id}`, `{"schemas":["${schemas.patch}"],"Operations":[{"op":"add","path":"title","value":"${bad}"}]}`], // prettier-ignore
        ['POST', '/Users/.search', `{"schemas":["${schemas.search}"],"filter":"userName eq \\"${bad}\\""}`],
        ['POST', '/Users', `{"schemas":["${schemas.user}"],"userName":"ada","roles":[{"value":${role}}]}`],
        ['PUT', `/Users/${ada.id}`, `{"schemas":["${schemas.user}"],"userName":"ada","roles":[${named}]}`],
        ['PATCH', `/Users/${ada.id}`, `{"schemas":["${schemas.patch}"],"Operations":[{"op":"add","path":"roles","value":[{"value":${named}}]}]}`], // prettier-ignore
        ['PATCH', `/Users/${ada.id}`, `{"schemas":["${schemas.patch}"],"Operations":[{"op":"add","path":"roles[primary eq \\"True\\"].value","value":${role}}]}`], // prettier-ignore
        ['PATCH', `/Users/${ada.id}`, `{"schemas":["${schemas.patch}"],"Operations":[{"op":"add","path":${selection},"value":"x"}]}`], // prettier-ignore
      ];
      for (const [method, path, body] of bodies) {
        const answer = await scim.send(method, path, undefined, { raw: body });
        expect([body, answer.status, answer.body.scimType]).toEqual([body, 400, 'invalidValue']);
      }
    }
    for (const filter of ['userName eq "a\\u0000"', 'userName eq "\0"', 'externalId co "\\ud800"']) {
      const { status, body } = await scim.find('Users', filter);
      expect([filter, status, body.scimType]).toEqual([filter, 400, expect.stringMatching(/^invalid(Value|Filter)$/)]);
    }
    for (const path of ['/Users/%00', '/Users/a%00b', '/%00'])
      expect([path, (await scim.get(path)).status]).toEqual([path, 404]);
  });

  it('C24 of a key that is there twice the last counts', async () => {
    const userName = unique('ada');
    const { status, body } = await raw(`{"schemas":["${schemas.user}"],"userName":"eve","userName":"${userName}"}`);
    expect([status, body.userName]).toEqual([201, userName]);
  });

  it.each([
    '__proto__',
    '__proto__.polluted',
    'constructor.prototype.polluted',
    'name.__proto__',
    'emails[__proto__ eq 1]',
    'toString',
    'hasOwnProperty.x',
  ])('C55 the path %s leads nowhere', async (path) => {
    const { body: ada } = await raw(personOf(unique('ada')));
    for (const operation of [
      { op: 'add', path, value: { polluted: 1 } },
      { op: 'replace', path, value: 'x' },
      { op: 'remove', path },
    ]) {
      const { status, body } = await scim.send('PATCH', `/Users/${ada.id}`, patchOf(operation));
      expect([status, body.scimType]).toEqual([400, 'invalidPath']);
    }
    const keyed = `{"schemas":["${schemas.patch}"],"Operations":[{"op":"replace","value":{"${path}":{"polluted":1}}}]}`;
    expect([200, 400]).toContain((await scim.send('PATCH', `/Users/${ada.id}`, undefined, { raw: keyed })).status);
    expect((await scim.get(`/Users/${ada.id}`)).body).toEqual(ada);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('C22 one person is no larger than what a page of a thousand may hold, however it grows', async () => {
    const { body: ada } = await raw(personOf(unique('ada')));
    const text = 'x'.repeat(50_000);
    const set = (path: string, value: string) => scim.send('PATCH', `/Users/${ada.id}`, patchOf({ op: 'replace', path, value })); // prettier-ignore
    for (const path of ['title', 'nickName']) expect((await set(path, text)).status).toBe(200);
    for (const refused of [
      await set('displayName', text),
      await scim.send('PUT', `/Users/${ada.id}`, { schemas: [schemas.user], userName: unique('x'), title: text.repeat(3) }), // prettier-ignore
      await scim.send('POST', '/Users', { schemas: [schemas.user], userName: unique('x'), title: text.repeat(3) }),
      await scim.send('POST', '/Groups', { schemas: [schemas.group], displayName: text }),
    ])
      expect([refused.status, refused.body.scimType]).toEqual([400, 'invalidValue']);
    expect((await set('displayName', 'Ada')).body.title).toHaveLength(50_000);
  });

  it('C18 a very long text is kept where nothing bounds it, and a number too large for one is no text', async () => {
    const title = 'x'.repeat(100_000);
    const sent = { schemas: [schemas.user], userName: unique('ada'), title };
    expect((await scim.send('POST', '/Users', sent)).body.title).toBe(title);
    expect((await raw(`{"schemas":["${schemas.user}"],"userName":1e999}`)).body.scimType).toBe('invalidValue');
  });
});
