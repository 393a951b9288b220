import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SignJWT } from 'jose';
import { certificateOf } from '../test/certificate.js';
import { ecKey, FakeProvider, json, rsaKey } from '../test/fake-provider.js';
import type { SigningKey } from '../test/fake-provider.js';
import { connected, refusal, signIn } from '../test/sign-in.js';
import { logoutEvent } from './check-logout-token.js';
import type { KeyNotice } from './signing-keys.js';

describe('the signature of an ID token', () => {
  let fake: FakeProvider;
  beforeEach(async () => {
    fake = await FakeProvider.start();
  });
  afterEach(() => fake.close());

  const pem = ({ publicKey }: SigningKey) => publicKey.export({ type: 'spki', format: 'pem' }).toString();

  it('O24 O05 a key changed just before signing: one read of the keys, and the code is exchanged once', async () => {
    const notices: KeyNotice[] = [];
    const connection = await connected(fake.config(), { notices });
    await signIn(fake, connection);
    fake.key = rsaKey();

    await expect(signIn(fake, connection)).resolves.toMatchObject({ subject: 'ada' });

    expect(fake.asked('/jwks')).toHaveLength(2);
    expect(fake.asked('/token')).toHaveLength(2);
    expect(notices).toEqual([expect.objectContaining({ kind: 'keys-changed' })]);
  });

  it('O24 F24 another key under the same id gets in too', async () => {
    const connection = await connected(fake.config());
    await signIn(fake, connection);
    fake.key = rsaKey(fake.key.kid);

    await expect(signIn(fake, connection)).resolves.toMatchObject({ subject: 'ada' });
    expect(fake.asked('/jwks')).toHaveLength(2);
  });

  it('O04 F24 a foreign key under a known id is refused, with one read of the keys for any number of tries', async () => {
    const connection = await connected(fake.config());
    await signIn(fake, connection);
    fake.published = [fake.key];
    fake.key = rsaKey(fake.key.kid);

    for (let i = 0; i < 4; i += 1) {
      expect(await refusal(signIn(fake, connection))).toMatchObject({ code: 'login.answer_invalid' });
    }
    expect(fake.asked('/jwks')).toHaveLength(2);
  });

  it('O24 forged signatures do not hold up an honest change of keys', async () => {
    const connection = await connected(fake.config());
    const honest = fake.key;
    fake.published = [honest];
    await signIn(fake, connection);
    fake.key = rsaKey(honest.kid);
    for (let i = 0; i < 3; i += 1) await refusal(signIn(fake, connection));
    fake.key = rsaKey();
    fake.published = [fake.key];

    await expect(signIn(fake, connection)).resolves.toMatchObject({ subject: 'ada' });
  });

  it('O24 O05 O48 logout tokens, which anybody may post, do not hold up an honest change of keys', async () => {
    const connection = await connected(fake.config());
    await signIn(fake, connection);
    const now = Math.floor(Date.now() / 1000);
    const claims = { iss: fake.issuer, aud: 'us', sub: 'x', iat: now, exp: now + 60, jti: 'x' };
    for (const kid of [fake.key.kid!, 'unknown']) {
      const token = await new SignJWT({ ...claims, events: { [logoutEvent]: {} } })
        .setProtectedHeader({ alg: 'RS256', typ: 'logout+jwt', kid })
        .sign(rsaKey().privateKey);
      const order = connection.logoutOrder(token, { dialect: 'strict', nowSeconds: now });
      expect(await refusal(order)).toMatchObject({ code: 'login.answer_invalid' });
    }
    expect(fake.asked('/jwks')).toHaveLength(3);
    fake.key = rsaKey();

    await expect(signIn(fake, connection)).resolves.toMatchObject({ subject: 'ada' });
  });

  it('O25 a withdrawn key is refused as soon as the keys are read again', async () => {
    const connection = await connected(fake.config());
    await signIn(fake, connection);
    fake.published = [rsaKey()];
    await connection.keys?.refresh();

    expect(await refusal(signIn(fake, connection))).toMatchObject({ code: 'login.answer_invalid' });
  });

  it.each([
    { what: 'one key', others: 0 },
    { what: 'several', others: 3 },
  ])('O06 a token that names no key is verified with $what', async ({ others }) => {
    fake.key = rsaKey(undefined);
    fake.key = { ...fake.key, kid: undefined };
    fake.published = [...Array.from({ length: others }, () => rsaKey()), fake.key];
    const connection = await connected(fake.config());

    await expect(signIn(fake, connection)).resolves.toMatchObject({ subject: 'ada' });
    fake.key = { ...rsaKey(), kid: undefined };
    expect(await refusal(signIn(fake, connection))).toMatchObject({ code: 'login.answer_invalid' });
  });

  it('O06 of many keys no more than ten are tried', async () => {
    fake.key = { ...fake.key, kid: undefined };
    fake.published = [...Array.from({ length: 10 }, () => rsaKey()), fake.key];

    expect(await refusal(signIn(fake, await connected(fake.config())))).toMatchObject({ code: 'login.answer_invalid' });
  });

  it('O23 with no keys from before it fails closed, is not remembered, and says what is wrong', async () => {
    const connection = await connected(fake.config());
    fake.otherwise.set('/jwks', (_request, response) => response.writeHead(500).end());

    expect(await refusal(signIn(fake, connection))).toEqual({
      code: 'login.provider_unavailable',
      reason: 'PROVIDER_KEYS_UNUSABLE: the signing keys cannot be used: they were answered with status 500',
    });
    fake.otherwise.clear();
    await expect(signIn(fake, connection)).resolves.toMatchObject({ subject: 'ada' });
  });

  it('O09 only pinned algorithms are accepted', async () => {
    fake.key = ecKey();
    fake.metadata = { id_token_signing_alg_values_supported: ['RS256', 'ES256'] };

    expect(await refusal(signIn(fake, await connected(fake.config({ algorithms: ['RS256'] }))))).toMatchObject({
      code: 'login.answer_invalid',
    });
    await expect(signIn(fake, await connected(fake.config({ algorithms: ['ES256'] })))).resolves.toBeDefined();
  });

  it.each([
    { advertised: undefined, key: rsaKey(), fine: true },
    { advertised: undefined, key: ecKey(), fine: false },
    { advertised: ['ES256'], key: ecKey(), fine: true },
    { advertised: ['ES256'], key: rsaKey(), fine: false },
    { advertised: ['HS256', 'none'], key: rsaKey(), fine: false },
  ])('O09 otherwise what is advertised ($advertised), of it what a key pair makes, or RS256', async (given) => {
    fake.key = given.key;
    fake.metadata = { id_token_signing_alg_values_supported: given.advertised };
    const signingIn = signIn(fake, await connected(fake.config()));

    if (given.fine) await expect(signingIn).resolves.toMatchObject({ subject: 'ada' });
    else expect(await refusal(signingIn)).toMatchObject({ code: 'login.answer_invalid' });
  });

  it('S15 pasted keys verify, each of several, without any request for keys', async () => {
    const [first, second] = [rsaKey(), ecKey()];
    const config = fake.config({ publicKey: pem(first) + pem(second), algorithms: ['RS256', 'ES256'] });
    const connection = await connected(config);
    for (const key of [first, second]) {
      fake.key = key;
      await expect(signIn(fake, connection)).resolves.toMatchObject({ subject: 'ada' });
    }
    fake.key = rsaKey(first.kid);

    expect(await refusal(signIn(fake, connection))).toMatchObject({ code: 'login.answer_invalid' });
    expect(fake.asked('/jwks')).toEqual([]);
  });

  it('S15 a pasted key says itself which signature it makes', async () => {
    fake.key = ecKey();
    await expect(signIn(fake, await connected(fake.config({ publicKey: pem(fake.key) })))).resolves.toBeDefined();
  });

  it('P08 an expired certificate verifies nothing, and is told of, as is one that ends soon', async () => {
    const notices: KeyNotice[] = [];
    const expired = await connected(fake.config({ publicKey: certificateOf(fake.key, -1) }), { notices });

    expect(await refusal(signIn(fake, expired))).toEqual({
      code: 'login.provider_unavailable',
      reason: 'PROVIDER_KEYS_UNUSABLE: every certificate has expired',
    });
    const ending = await connected(fake.config({ publicKey: certificateOf(fake.key, 5) }), { notices });
    await expect(signIn(fake, ending)).resolves.toBeDefined();
    expect(notices.map(({ kind }) => kind)).toEqual(['certificate-expired', 'certificate-expires']);
  });

  it('an address for the keys that was written down is asked instead of the discovered one', async () => {
    fake.otherwise.set('/keys', (_request, response) =>
      json(response, { keys: [{ ...fake.key.publicKey.export({ format: 'jwk' }), kid: fake.key.kid }] }),
    );
    await signIn(fake, await connected(fake.config({ jwksUrl: `${fake.issuer}/keys` })));
    expect(fake.asked('/jwks')).toEqual([]);
  });
});
