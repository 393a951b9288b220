import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FakeProvider, rsaKey } from '../test/fake-provider.js';
import { connected, refusal, signIn } from '../test/sign-in.js';

describe('userinfo', () => {
  let fake: FakeProvider;
  beforeEach(async () => {
    fake = await FakeProvider.start();
  });
  afterEach(() => fake.close());

  it.each([
    { what: 'a server error', answer: { status: 500 } },
    { what: 'a refusal', answer: { status: 401 } },
    { what: 'HTML', answer: { status: 200, type: 'text/html', body: '<html>' } },
    { what: 'a list', answer: { status: 200, type: 'application/json', body: '[]' } },
    { what: 'nobody named', answer: { status: 200, type: 'application/json', body: '{}' } },
  ])('O52 $what: optional goes on and says that nothing was read, required refuses', async ({ answer }) => {
    fake.otherwise.set('/userinfo', (_request, response) =>
      response.writeHead(answer.status, { 'content-type': answer.type ?? 'text/plain' }).end(answer.body),
    );
    const optional = await signIn(fake, await connected(fake.config()));
    expect(optional.userinfo).toMatchObject({ kind: 'failed', reason: expect.stringMatching(/^USERINFO_UNUSABLE: /) });

    const required = signIn(fake, await connected(fake.config({ userinfo: 'required' })));
    expect(await refusal(required)).toMatchObject({ code: 'login.userinfo_unavailable' });
  });

  it('O52 off: is not asked', async () => {
    const { userinfo } = await signIn(fake, await connected(fake.config({ userinfo: 'off' })));
    expect(userinfo).toEqual({ kind: 'none' });
    expect(fake.asked('/userinfo')).toEqual([]);
  });

  it('O52 required of a provider that has none: refused', async () => {
    fake.metadata = { userinfo_endpoint: undefined };
    expect((await signIn(fake, await connected(fake.config()))).userinfo).toEqual({ kind: 'none' });
    const required = signIn(fake, await connected(fake.config({ userinfo: 'required' })));
    expect(await refusal(required)).toMatchObject({ code: 'login.userinfo_unavailable' });
  });

  it.each(['optional', 'required'])('O53 %s, of somebody else: refused', async (userinfo) => {
    fake.userinfo = { sub: 'eve' };
    expect(await refusal(signIn(fake, await connected(fake.config({ userinfo }))))).toEqual({
      code: 'login.answer_invalid',
      reason: 'userinfo speaks of another sub',
    });
  });

  it('signed: by the same keys, for us, or it is refused', async () => {
    let token = '';
    fake.otherwise.set('/userinfo', (_request, response) =>
      response.writeHead(200, { 'content-type': 'application/jwt' }).end(token),
    );
    const connection = await connected(fake.config());
    token = await fake.signed({ iss: fake.issuer, aud: 'us', sub: 'ada', groups: ['dev'] });
    expect((await signIn(fake, connection)).userinfo).toMatchObject({ kind: 'read', claims: { groups: ['dev'] } });
    token = await fake.signed({ iss: fake.issuer, aud: 'them', sub: 'ada' });
    expect((await signIn(fake, connection)).userinfo).toMatchObject({ kind: 'failed' });
    token = await fake.signed({ sub: 'ada' }, rsaKey(fake.key.kid));
    expect(await refusal(signIn(fake, connection))).toMatchObject({ code: 'login.answer_invalid' });
  });
});
