import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { CompactEncrypt } from 'jose';
import type { ErrorCode } from '@gatehouse/errors';
import { AttackedGateway } from '../testing/attacked-gateway.fixture.js';
import {
  hmacSigned,
  newSigningKey,
  partsOf,
  payloadAfter,
  signatureBy,
  signed,
  unsigned,
} from '../testing/forged-token.fixture.js';
import type { Forgery, RightToken } from '../testing/forged-token.fixture.js';
import { expectArrived, expectRefused } from '../testing/refusal.fixture.js';
import { selfSigned } from '../testing/self-signed.fixture.js';

const attacker = newSigningKey();
const certificate = selfSigned({ publicKey: attacker.publicKey, privateKey: attacker.privateKey });
const x5c = [certificate.der.toString('base64')];

/** The last character of a signature may hold bits that nobody reads; one in the middle counts. */
const tampered = (signature: string) =>
  signature.slice(0, 20) + (signature[20] === 'A' ? 'B' : 'A') + signature.slice(21);

const unsecured =
  (alg: string, withSignature: boolean): Forgery =>
  (right) => {
    const input = unsigned({ ...right.header, alg }, JSON.stringify(right.claims));
    return `${input}.${withSignature ? partsOf(right)[2] : ''}`;
  };

const otherPayload = (right: RightToken) => {
  const [header, , signature] = partsOf(right);
  const payload = JSON.stringify({ ...right.claims, groups: ['jira-administrators'] });
  return `${header}.${Buffer.from(payload).toString('base64url')}.${signature}`;
};

const keyInHeader = (header: (issuer: string) => Record<string, unknown>): Forgery => {
  return (right) => signed(right, { header: header(String(right.claims['iss'])), key: attacker });
};

const forgeries: { what: string; idToken: Forgery; code?: ErrorCode }[] = [
  ...['none', 'None', 'NONE', 'nOnE', ''].flatMap((alg) => [
    { what: `O01 alg "${alg}" without a signature`, idToken: unsecured(alg, false) },
    { what: `O01 alg "${alg}" with the right signature`, idToken: unsecured(alg, true) },
  ]),
  {
    what: 'O01 alg none without the last dot',
    idToken: (right) => unsigned({ ...right.header, alg: 'none' }, JSON.stringify(right.claims)),
  },
  { what: 'O01 no alg at all', idToken: (right) => signed(right, { header: { alg: undefined } }) },
  {
    what: 'O02 a tampered signature',
    idToken: (right) => {
      const [header, payload, signature] = partsOf(right);
      return `${header}.${payload}.${tampered(signature)}`;
    },
  },
  { what: 'O02 an empty signature', idToken: (right) => signed(right).replace(/[^.]+$/, '') },
  { what: 'O02 half a signature', idToken: (right) => signed(right).slice(0, -100) },
  { what: 'O03 another payload under the old signature', idToken: otherPayload },
  { what: 'O04 a foreign key under a known key id', idToken: (right) => signed(right, { key: attacker }) },
  {
    what: 'O05 a foreign key under an unknown key id',
    idToken: (right) => signed(right, { header: { kid: attacker.kid }, key: attacker }),
  },
  {
    what: 'O06 a foreign key under no key id',
    idToken: (right) => signed(right, { header: { kid: undefined }, key: attacker }),
  },
  { what: 'O07 its own key in jwk', idToken: keyInHeader(() => ({ jwk: attacker.jwk })) },
  {
    what: 'O07 its own key in jwk, and its id',
    idToken: keyInHeader(() => ({ jwk: attacker.jwk, kid: attacker.kid })),
  },
  { what: 'O07 its own key in jwk, and no id', idToken: keyInHeader(() => ({ jwk: attacker.jwk, kid: undefined })) },
  { what: 'O07 a key set under jku', idToken: keyInHeader((issuer) => ({ jku: `${issuer}/attacker/keys` })) },
  {
    what: 'O07 a key set under jku, and its id',
    idToken: keyInHeader((issuer) => ({ jku: `${issuer}/attacker/keys`, kid: attacker.kid })),
  },
  { what: 'O07 a certificate under x5u', idToken: keyInHeader((issuer) => ({ x5u: `${issuer}/attacker/cert` })) },
  { what: 'O07 a certificate in x5c', idToken: keyInHeader(() => ({ x5c })) },
  { what: 'O07 a certificate in x5c, and its id', idToken: keyInHeader(() => ({ x5c, kid: attacker.kid })) },
  {
    what: 'O08 HS256 with the public key as PEM',
    idToken: (right) => hmacSigned(right, right.key.publicKey.export({ type: 'spki', format: 'pem' }).toString()),
  },
  {
    what: 'O08 HS256 with the public key as JWK',
    idToken: (right) => hmacSigned(right, JSON.stringify(right.key.jwk)),
  },
  { what: 'O08 HS256 with the modulus', idToken: (right) => hmacSigned(right, String(right.key.jwk['n'])) },
  { what: 'O08 HS256 with the client secret', idToken: (right) => hmacSigned(right, right.clientSecret) },
  { what: 'O10 an unknown crit', idToken: (right) => signed(right, { header: { crit: ['exp'], exp: 1 } }) },
  { what: 'O10 an empty crit', idToken: (right) => signed(right, { header: { crit: [] } }) },
  { what: 'O10 an unencoded payload', idToken: (right) => signed(right, { header: { crit: ['b64'], b64: false } }) },
  { what: 'O11 garbage', idToken: () => 'garbage' },
  { what: 'O11 nothing between the dots', idToken: () => '..', code: 'login.provider_unavailable' },
  { what: 'O11 four parts', idToken: (right) => `${signed(right)}.AAAA` },
  { what: 'O11 a number', idToken: () => 42 },
  { what: 'O11 an object', idToken: (right) => right.claims },
  { what: 'O11 an empty text', idToken: () => '' },
  { what: 'O11 no ID token', idToken: () => undefined },
  { what: 'O11 a payload that is no object', idToken: (right) => signed(right, { payload: '"ada"' }) },
  {
    what: 'O11 a payload that is no JSON',
    idToken: (right) => signed(right, { payload: '{' }),
    code: 'login.provider_unavailable',
  },
  {
    what: 'O11 a header that is no JSON',
    code: 'login.provider_unavailable',
    idToken: (right) => {
      const input = `e30x.${partsOf(right)[1]}`;
      return `${input}.${signatureBy(right.key, input)}`;
    },
  },
  { what: 'O11 the access token in its place', idToken: (right) => right.accessToken },
];

describe('a signature decides', () => {
  let attacked: AttackedGateway;

  beforeAll(async () => {
    attacked = await AttackedGateway.start();
    await attacked.introduce('ada');
  });
  afterEach(() => attacked.idp().behave());
  afterAll(() => attacked.stop());

  it.each(forgeries)('$what: refused', async ({ idToken, code }) => {
    attacked.idp().requests.length = 0;

    await expectRefused(attacked, () => attacked.attempt({ idToken }), { ...(code ? { code } : {}) });

    expect(attacked.idp().requests.filter((path) => path.startsWith('/attacker'))).toEqual([]); // O07
  });

  it('O11 an encrypted token: refused', async () => {
    const { publicKey } = attacked.idp().key;
    const jwe = await new CompactEncrypt(Buffer.from('{"sub":"ada"}'))
      .setProtectedHeader({ alg: 'RSA-OAEP', enc: 'A128GCM', cty: 'JWT' })
      .encrypt(publicKey);

    await expectRefused(attacked, () => attacked.attempt({ idToken: () => jwe }));
  });

  it('O02 the right signature: accepted', async () => {
    expectArrived(attacked, (await attacked.attempt()).page);
    expectArrived(attacked, (await attacked.attempt({ idToken: (right) => signed(right) })).page);
  });

  it('O07 a key in the header beside the right signature does not matter', async () => {
    const idToken: Forgery = (right) =>
      signed(right, { header: { jwk: attacker.jwk, jku: 'http://127.0.0.1:1/keys' } });
    expectArrived(attacked, (await attacked.attempt({ idToken })).page);
  });

  it('O05 a storm of unknown key ids causes one fetch, and the right key works all the while', async () => {
    await attacked.attempt();
    const stranger: Forgery = (right) => signed(right, { header: { kid: newSigningKey('ES256').kid }, key: attacker });
    attacked.idp().requests.length = 0;

    for (let index = 0; index < 5; index += 1) {
      await expectRefused(attacked, () => attacked.attempt({ idToken: stranger }));
      expectArrived(attacked, (await attacked.attempt()).page);
    }

    expect(attacked.idp().requests.filter((path) => path === '/jwks').length).toBeLessThanOrEqual(1);
  });
});

describe('O03 without userinfo, which would notice another subject', () => {
  let attacked: AttackedGateway;

  beforeAll(async () => {
    attacked = await AttackedGateway.start({ providers: { company: { userinfo: 'off' } } });
  });
  afterAll(() => attacked.stop());

  it('another subject under the old signature: refused', async () => {
    const idToken: Forgery = (right) => {
      const [header, , signature] = partsOf(right);
      return `${header}.${Buffer.from(payloadAfter('"x":1', right).replace('"ada"', '"eve"')).toString('base64url')}.${signature}`;
    };
    await expectRefused(attacked, () => attacked.attempt({ idToken }));
  });
});

describe('O06 a token without key id', () => {
  let attacked: AttackedGateway;

  beforeAll(async () => {
    attacked = await AttackedGateway.start();
    await attacked.introduce('ada');
  });
  afterAll(() => attacked.stop());

  const nameless: Forgery = (right) => signed(right, { header: { kid: undefined } });

  it('accepted where one key is published', async () => {
    expectArrived(attacked, (await attacked.attempt({ idToken: nameless })).page);
  });

  it('where several are: none of a foreign key, and never an error of ours', async () => {
    const idp = await attacked.replaceIdp();
    idp.published = [newSigningKey(), idp.key, newSigningKey('ES256')];
    const foreign: Forgery = (right) => signed(right, { header: { kid: undefined }, key: attacker });
    await expectRefused(attacked, () => attacked.attempt({ idToken: foreign }));

    const { page } = await attacked.attempt({ idToken: nameless });
    expect([200, 400]).toContain(page.status);
  });
});

describe('O09 algorithms', () => {
  let attacked: AttackedGateway;
  const elliptic = newSigningKey('ES256');

  beforeAll(async () => {
    attacked = await AttackedGateway.start({ providers: { company: { algorithms: ['RS256'] }, partner: {} } });
    for (const idp of attacked.idps) {
      idp.metadata = { id_token_signing_alg_values_supported: ['RS256', 'ES256'] };
      idp.published = [idp.key, elliptic];
    }
    await attacked.introduce('ada');
    await attacked.introduce('bob', 'partner');
  });
  afterAll(() => attacked.stop());

  const inOther: Forgery = (right) => signed(right, { header: { alg: 'ES256', kid: elliptic.kid }, key: elliptic });

  it('one that is not pinned: refused, whatever the provider advertises and however right the signature is', async () => {
    await expectRefused(attacked, () => attacked.attempt({ idToken: inOther }));
    expectArrived(attacked, (await attacked.attempt()).page);
  });

  it('one that is advertised where nothing is pinned: accepted', async () => {
    const { page } = await attacked.attempt({ idToken: inOther }, { provider: 'partner' });
    expectArrived(attacked, page, 'bob');
  });
});
