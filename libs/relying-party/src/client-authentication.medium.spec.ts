import { generateKeyPairSync } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import { FakeProvider, json } from '../test/fake-provider.js';
import { connected, refusal, signIn } from '../test/sign-in.js';

const pem = (key: KeyObject) => key.export({ type: 'pkcs8', format: 'pem' }).toString();

describe('how we prove who we are at the token endpoint', () => {
  let fake: FakeProvider;
  beforeEach(async () => {
    fake = await FakeProvider.start();
  });
  afterEach(() => fake.close());

  async function asks(members: object, secrets: { clientSecret?: string; clientKey?: string }) {
    await signIn(fake, await connected(fake.config({ clientId: 'us', ...members }), secrets));
    const { form, headers } = fake.asked('/token').at(-1)!;
    return { form, authorization: headers.authorization };
  }
  const secret = { clientSecret: 'a-b.c_d:%é' };

  it('S08 client_secret_post: in the form', async () => {
    const { form, authorization } = await asks({}, secret);
    expect(Object.fromEntries(form)).toMatchObject({ client_id: 'us', client_secret: secret.clientSecret });
    expect(authorization).toBeUndefined();
  });

  it('S08 client_secret_basic: each part encoded before base64 (RFC 6749 2.3.1)', async () => {
    const { form, authorization } = await asks({ clientAuthentication: 'client_secret_basic' }, secret);
    expect(Buffer.from(authorization!.slice(6), 'base64').toString()).toBe('us:a%2Db%2Ec%5Fd%3A%25%C3%A9');
    expect(form.has('client_secret')).toBe(false);
  });

  it('S08 client_secret_basic_raw: as they are', async () => {
    const { authorization } = await asks({ clientAuthentication: 'client_secret_basic_raw' }, secret);
    expect(Buffer.from(authorization!.slice(6), 'base64').toString()).toBe('us:a-b.c_d:%é');
  });

  it('S08 none: only the name, even if a secret is stored', async () => {
    const { form, authorization } = await asks({ clientAuthentication: 'none' }, secret);
    expect(form.get('client_id')).toBe('us');
    expect(form.has('client_secret')).toBe(false);
    expect(authorization).toBeUndefined();
  });

  it.each([
    { type: 'RSA', alg: 'RS256', pair: generateKeyPairSync('rsa', { modulusLength: 2048 }) },
    { type: 'P-256', alg: 'ES256', pair: generateKeyPairSync('ec', { namedCurve: 'P-256' }) },
    { type: 'P-384', alg: 'ES384', pair: generateKeyPairSync('ec', { namedCurve: 'P-384' }) },
    { type: 'Ed25519', alg: 'EdDSA', pair: generateKeyPairSync('ed25519') },
  ])('S08 private_key_jwt with $type: an assertion for this issuer alone, short-lived, never twice', async (given) => {
    const members = { clientAuthentication: 'private_key_jwt', clientKeyId: 'our-key' };
    const assertions: string[] = [];
    for (let i = 0; i < 2; i += 1) {
      const { form } = await asks(members, { clientKey: pem(given.pair.privateKey) });
      expect(form.get('client_assertion_type')).toBe('urn:ietf:params:oauth:client-assertion-type:jwt-bearer');
      assertions.push(form.get('client_assertion')!);
    }
    const { payload, protectedHeader } = await jwtVerify(assertions[0]!, given.pair.publicKey);
    expect(protectedHeader).toEqual({ alg: given.alg, kid: 'our-key' });
    expect(payload).toMatchObject({ iss: 'us', sub: 'us', aud: fake.issuer });
    expect(payload.exp! - payload.iat!).toBe(60);
    expect(decodeJwt(assertions[1]!).jti).not.toBe(payload.jti);
  });

  it('S08 private_key_jwt signs as the provider asks, where the key can', async () => {
    fake.metadata = { token_endpoint_auth_signing_alg_values_supported: ['PS256'] };
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const { form } = await asks({ clientAuthentication: 'private_key_jwt' }, { clientKey: pem(privateKey) });
    expect(decodeProtectedHeader(form.get('client_assertion')!)).toEqual({ alg: 'PS256' });
  });

  it('S08 apple: the secret is an ES256 JWT of the team, made fresh', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const members = { clientAuthentication: 'apple', appleTeamId: 'TEAM', clientKeyId: 'KEY' };
    const { form } = await asks(members, { clientKey: pem(privateKey) });
    const { payload, protectedHeader } = await jwtVerify(form.get('client_secret')!, publicKey);
    expect(protectedHeader).toEqual({ alg: 'ES256', kid: 'KEY' });
    expect(payload).toMatchObject({ iss: 'TEAM', sub: 'us', aud: 'https://appleid.apple.com' });
    expect(payload.exp! - payload.iat!).toBeLessThanOrEqual(300);
    expect(form.get('client_id')).toBe('us');
  });

  it.each([
    { what: 'none', clientKey: undefined },
    { what: 'no PEM', clientKey: 'MIIE-secret' },
    {
      what: 'a public key',
      clientKey: generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' }),
    },
  ])(
    'S08 says before anybody is sent away that the private key is $what, without quoting it',
    async ({ clientKey }) => {
      const config = fake.config({ clientAuthentication: 'private_key_jwt' });
      const connecting = connected(config, clientKey === undefined ? {} : { clientKey: String(clientKey) });
      await expect(connecting).rejects.toMatchObject({
        code: 'CLIENT_KEY_UNUSABLE',
        message: expect.not.stringContaining('MII'),
      });
    },
  );

  it('names our own wrong secret as that, and not as trouble of the provider or the person', async () => {
    fake.otherwise.set('/token', (_request, response) => json(response, { error: 'invalid_client' }, 401));
    expect(await refusal(signIn(fake, await connected(fake.config(), secret)))).toEqual({
      code: 'login.client_refused',
      reason: 'OAUTH_RESPONSE_BODY_ERROR < invalid_client',
    });
  });
});
