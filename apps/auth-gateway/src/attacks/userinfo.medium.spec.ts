import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Mapping } from '@gatehouse/contracts';
import { readGroups } from '@gatehouse/mapping';
import { AttackedGateway } from '../testing/attacked-gateway.fixture.js';
import { newSigningKey, signatureBy, signed, unsigned } from '../testing/forged-token.fixture.js';
import type { Claims, Forgery } from '../testing/forged-token.fixture.js';
import { flood, htmlPage, json, raw, redirectTo, silence, status, typed } from '../testing/http-answers.fixture.js';
import type { HttpAnswer } from '../testing/http-answers.fixture.js';
import { expectArrived, expectRefused, newestLogin } from '../testing/refusal.fixture.js';

const megabyte = 1_048_576;
const groupless: Forgery = (right) => signed(right, { claims: { groups: undefined } });

const unread: { what: string; userinfo: HttpAnswer }[] = [
  { what: 'silence', userinfo: silence },
  { what: '500', userinfo: status(500) },
  { what: '401', userinfo: status(401) },
  { what: '403', userinfo: status(403) },
  { what: 'HTML', userinfo: htmlPage },
  { what: 'half of JSON', userinfo: raw('{"sub":') },
  { what: 'JSON that is a list', userinfo: raw('[]') },
  { what: 'the right body as text/html', userinfo: typed('text/html') },
  { what: 'a redirect', userinfo: redirectTo('http://127.0.0.1:1/', 302) },
  { what: '30 MB', userinfo: flood(30 * megabyte) },
];

const ofSomebodyElse: { what: string; userinfo: HttpAnswer }[] = [
  { what: 'another sub', userinfo: json((right) => ({ ...right, sub: 'eve' })) },
  { what: 'sub in another case', userinfo: json((right) => ({ ...right, sub: 'ADA' })) },
  {
    what: 'another sub, signed by nobody we know',
    userinfo: (response, right) => {
      const key = newSigningKey();
      const input = unsigned({ alg: 'RS256', kid: key.kid }, JSON.stringify({ ...(right as Claims), sub: 'eve' }));
      response.writeHead(200, { 'content-type': 'application/jwt' }).end(`${input}.${signatureBy(key, input)}`);
    },
  },
];

describe('userinfo', () => {
  let attacked: AttackedGateway;

  beforeAll(async () => {
    attacked = await AttackedGateway.start({
      providers: { company: {}, partner: { userinfo: 'required' } },
    });
    await attacked.introduce('ada');
    await attacked.introduce('bob', 'partner');
  });
  afterEach(() => {
    for (const idp of attacked.idps) idp.behave();
  });
  afterAll(() => attacked.stop());

  const keptClaims = async (): Promise<Claims> => {
    const [row] = await attacked.gateway.dataSource.query<{ claims: Claims }[]>(
      `select claims from gateway.identity where subject = 'ada'`,
    );
    return row!.claims;
  };

  it.each(unread)(
    'O52 $what: the ID token is enough where it says enough, and the audit says so',
    async ({ userinfo }) => {
      const startedAt = performance.now();
      const { page } = await attacked.attempt({ userinfo });

      expectArrived(attacked, page);
      expect(performance.now() - startedAt).toBeLessThan(8_000);
      expect(await newestLogin(attacked)).toMatchObject({ outcome: 'accepted', code: 'login.userinfo_unavailable' });
    },
  );

  it.each(unread)('O52 $what where userinfo is required: refused', async ({ userinfo }) => {
    await expectRefused(attacked, () => attacked.attempt({ userinfo }, { provider: 'partner' }), {
      code: 'login.userinfo_unavailable',
      provider: 'partner',
    });
  });

  it('O52 what could not be read is not taken for "no e-mail address": the provider is to blame, not the person', async () => {
    await expectRefused(
      attacked,
      () =>
        attacked.attempt({
          userinfo: status(500),
          idToken: (right) => signed(right, { claims: { email: undefined, email_verified: undefined } }),
        }),
      { code: 'login.userinfo_unavailable' },
    );
  });

  it('O52 groups of the ID token alone are no whole list when userinfo, which names more, could not be read', async () => {
    const { groups } = Mapping.parse({});
    await attacked.attempt({ userinfo: json((right) => ({ ...right, groups: ['dev', 'ops'] })) });
    expect(readGroups(await keptClaims(), groups)).toEqual({ state: 'list', groups: ['dev', 'ops'] });

    await attacked.attempt({ userinfo: status(500) });
    expect(readGroups(await keptClaims(), groups)).toEqual({ state: 'truncated', groups: ['dev'] });

    await attacked.attempt();
    expect(readGroups(await keptClaims(), groups)).toEqual({ state: 'list', groups: ['dev'] });
  });

  it.each(ofSomebodyElse)('O53 $what: refused', async ({ userinfo }) => {
    await expectRefused(attacked, () => attacked.attempt({ userinfo }));
  });

  it.each([
    { what: 'no sub', change: { sub: undefined } },
    { what: 'a list of subs', change: { sub: ['ada'] } },
    { what: 'an empty sub', change: { sub: '' } },
  ])('O53 $what: nothing of it is used', async ({ change }) => {
    await attacked.attempt({
      idToken: groupless,
      userinfo: json((right) => ({ ...right, groups: ['jira-administrators'], ...change })),
    });

    expect(JSON.stringify(await keptClaims())).not.toContain('jira-administrators');
  });

  it('O54 where both speak the signed one wins, and userinfo fills what it left open', async () => {
    const { page } = await attacked.attempt({
      idToken: groupless,
      userinfo: json((right) => ({
        ...right,
        email: 'admin@evil.example',
        email_verified: false,
        preferred_username: 'admin',
        iss: 'https://evil.example',
        aud: 'somebody-else',
        groups: ['from-userinfo'],
      })),
    });

    expectArrived(attacked, page);
    expect(await keptClaims()).toMatchObject({
      email: 'ada@example.com',
      email_verified: true,
      preferred_username: 'ada',
      iss: attacked.idp().issuer,
      groups: ['from-userinfo'],
    });
  });

  it('O54 P12 groups of both are united, and where each claim came from is kept', async () => {
    await attacked.attempt({ userinfo: json((right) => ({ ...right, groups: ['dev', 'ops'], title: 'Countess' })) });

    expect(await keptClaims()).toMatchObject({ groups: ['dev', 'ops'], title: 'Countess' });
    const [row] = await attacked.gateway.dataSource.query<{ sources: unknown }[]>(
      `select sources from gateway.identity where subject = 'ada'`,
    );
    expect(row!.sources).toMatchObject({ groups: 'both', title: 'userinfo' });
  });

  it('O67 900 kB in userinfo: refused', async () => {
    const userinfo = json((right) => ({
      ...right,
      groups: Array.from({ length: 9_000 }, (_, index) => `${index}-`.padEnd(100, 'x')),
    }));
    await expectRefused(attacked, () => attacked.attempt({ userinfo, idToken: groupless }));
  });
});
