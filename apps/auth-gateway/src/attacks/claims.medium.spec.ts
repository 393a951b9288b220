import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { AttackedGateway } from '../testing/attacked-gateway.fixture.js';
import { payloadAfter, signed } from '../testing/forged-token.fixture.js';
import type { Claims, Forgery, RightToken } from '../testing/forged-token.fixture.js';
import { hostileClient } from '../testing/hostile-idp.fixture.js';
import { json } from '../testing/http-answers.fixture.js';
import { expectArrived, expectRefused } from '../testing/refusal.fixture.js';

const minute = 60;
const hour = 3_600;
const day = 86_400;

type Change = (right: RightToken, now: number) => Claims;

const withClaims =
  (change: Change): Forgery =>
  (right) =>
    signed(right, { claims: change(right, Math.floor(Date.now() / 1000)) });

const us = hostileClient.id;

const wrong: { what: string; change: Change }[] = [
  { what: 'O12 token_use access', change: () => ({ token_use: 'access' }) },
  { what: 'O12 token_use null', change: () => ({ token_use: null }) },
  { what: 'O12 token_use as a list', change: () => ({ token_use: ['id'] }) },
  { what: 'O13 another issuer', change: () => ({ iss: 'https://evil.example' }) },
  { what: 'O13 an issuer with a slash more', change: ({ claims }) => ({ iss: `${String(claims['iss'])}/` }) },
  { what: 'O13 an issuer in another case', change: ({ claims }) => ({ iss: String(claims['iss']).toUpperCase() }) },
  { what: 'O13 an issuer below ours', change: ({ claims }) => ({ iss: `${String(claims['iss'])}/tenant` }) },
  { what: 'O13 a list of issuers', change: ({ claims }) => ({ iss: [claims['iss']] }) },
  { what: 'O13 no issuer', change: () => ({ iss: undefined }) },
  { what: 'O14 another audience', change: () => ({ aud: 'somebody-else' }) },
  { what: 'O14 an audience that begins like us', change: () => ({ aud: `${us}-2` }) },
  { what: 'O14 no audience', change: () => ({ aud: undefined }) },
  { what: 'O14 an empty list of audiences', change: () => ({ aud: [] }) },
  { what: 'O14 a list of another audience', change: () => ({ aud: ['somebody-else'] }) },
  { what: 'O14 an audience that is an object', change: () => ({ aud: { [us]: true } }) },
  { what: 'O15 several audiences without azp', change: () => ({ aud: [us, 'somebody-else'] }) },
  { what: 'O15 several audiences, azp another', change: () => ({ aud: [us, 'other'], azp: 'other' }) },
  { what: 'O15 azp another with one audience', change: () => ({ azp: 'somebody-else' }) },
  { what: 'O16 an expired token', change: (_right, now) => ({ exp: now - hour }) },
  { what: 'O16 no exp', change: () => ({ exp: undefined }) },
  { what: 'O16 exp as text', change: (_right, now) => ({ exp: String(now + hour) }) },
  { what: 'O17 nbf in ten minutes', change: (_right, now) => ({ nbf: now + 10 * minute }) },
  { what: 'O17 nbf as text', change: () => ({ nbf: '0' }) },
  { what: 'O18 no iat', change: () => ({ iat: undefined }) },
  { what: 'O18 iat hours ahead', change: (_right, now) => ({ iat: now + 2 * hour, exp: now + 3 * hour }) },
  { what: 'O18 iat days old', change: (_right, now) => ({ iat: now - 2 * day }) },
  { what: 'O18 iat as text', change: (_right, now) => ({ iat: String(now) }) },
  { what: 'O19 no sub', change: () => ({ sub: undefined }) },
  { what: 'O19 a number as sub', change: () => ({ sub: 7 }) },
  { what: 'O19 an empty sub', change: () => ({ sub: '' }) },
  { what: 'O19 a sub of 256 characters', change: () => ({ sub: 'a'.repeat(256) }) },
  { what: 'O19 a sub with NUL in it', change: () => ({ sub: 'ada\0' }) },
  { what: 'O19 a sub with half a surrogate pair', change: () => ({ sub: 'ada\ud800' }) },
  { what: 'O19 null as sub', change: () => ({ sub: null }) },
  { what: 'O20 no nonce', change: () => ({ nonce: undefined }) },
  { what: 'O20 another nonce', change: () => ({ nonce: 'of-another-sign-in' }) },
  { what: 'O20 an empty nonce', change: () => ({ nonce: '' }) },
  { what: 'O21 at_hash of another access token', change: () => ({ at_hash: 'AAAAAAAAAAAAAAAAAAAAAA' }) },
  { what: 'O21 an empty at_hash', change: () => ({ at_hash: '' }) },
  { what: 'O21 at_hash that is no text', change: () => ({ at_hash: null }) },
  {
    what: 'O67 500 kB of claims',
    change: () => ({ groups: Array.from({ length: 5_000 }, (_, index) => `${index}-`.padEnd(100, 'x')) }),
  },
];

const fine: { what: string; change: Change }[] = [
  { what: 'O12 token_use id', change: () => ({ token_use: 'id' }) },
  { what: 'O14 a list of us alone', change: () => ({ aud: [us] }) },
  { what: 'O15 several audiences, azp us', change: () => ({ aud: [us, 'somebody-else'], azp: us }) },
  { what: 'O16 expired 30 s ago: two clocks', change: (_right, now) => ({ exp: now - 30 }) },
  { what: 'O17 nbf in 30 s: two clocks', change: (_right, now) => ({ nbf: now + 30, iat: now + 30 }) },
  { what: 'O18 iat 30 s ahead', change: (_right, now) => ({ iat: now + 30 }) },
  { what: 'O21 no at_hash', change: () => ({ at_hash: undefined }) },
];

describe('what a rightly signed token says', () => {
  let attacked: AttackedGateway;

  beforeAll(async () => {
    attacked = await AttackedGateway.start();
    await attacked.introduce('ada');
  });
  afterEach(() => attacked.idp().behave());
  afterAll(() => attacked.stop());

  it.each(wrong)('$what: refused', async ({ change }) => {
    let subject: unknown;
    const idToken: Forgery = (right) => {
      const claims = change(right, Math.floor(Date.now() / 1000));
      subject = 'sub' in claims ? claims['sub'] : right.claims['sub'];
      return signed(right, { claims });
    };
    // Userinfo agrees with the token, so that nothing but the claim itself can be the reason.
    const userinfo = json((body) => ({ ...body, sub: subject }));

    await expectRefused(attacked, () => attacked.attempt({ idToken, userinfo }));
  });

  it.each(fine)('$what: accepted', async ({ change }) => {
    expectArrived(attacked, (await attacked.attempt({ idToken: withClaims(change) })).page);
  });

  it('O20 the nonce of an earlier sign-in: refused', async () => {
    let earlier: unknown;
    await attacked.attempt({
      idToken: (right) => {
        earlier = right.claims['nonce'];
        return signed(right);
      },
    });

    await expectRefused(attacked, () => attacked.attempt({ idToken: withClaims(() => ({ nonce: earlier })) }));
    expect(earlier).toMatch(/^[\w-]{43}$/);
  });

  it('O20 a whole token of an earlier sign-in: refused', async () => {
    let earlier = '';
    await attacked.attempt({ idToken: (right) => (earlier = signed(right)) });

    await expectRefused(attacked, () => attacked.attempt({ idToken: () => earlier }));
  });

  it('O22 members named twice: the last one counts everywhere alike', async () => {
    const twice: Forgery = (right) =>
      signed(right, { payload: payloadAfter('"sub":"eve","preferred_username":"eve","nonce":"x","aud":"x"', right) });

    expectArrived(attacked, (await attacked.attempt({ idToken: twice })).page, 'ada');
    expect(await attacked.gateway.count('gateway.identity', `subject = 'eve'`)).toBe(0);
  });

  it.each([
    { what: '__proto__', members: '"__proto__":{"groups":["jira-administrators"],"polluted":true}' },
    { what: 'constructor', members: '"constructor":{"prototype":{"groups":["jira-administrators"],"polluted":true}}' },
    { what: 'toString', members: '"toString":"x","valueOf":1,"hasOwnProperty":false' },
  ])('O22 a claim called $what has no effect on code or mapping', async ({ members }) => {
    const groupless = { ...attacked.idp().people.get('ada') };
    delete groupless['groups'];
    const forged: Forgery = (right) =>
      signed(right, { payload: payloadAfter(members, { ...right, claims: { ...right.claims, groups: undefined } }) });

    const { page } = await attacked.attempt({
      idToken: forged,
      userinfo: json(({ sub }) => ({ ...groupless, sub })),
    });

    expectArrived(attacked, page);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
    const [identity] = await attacked.gateway.dataSource.query<{ claims: Claims }[]>(
      `select claims from gateway.identity where subject = 'ada'`,
    );
    expect(Object.keys(identity!.claims)).not.toContain('__proto__');
    expect(identity!.claims['groups']).toBeUndefined();
  });
});
