import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { HttpBrowser } from '@gatehouse/testing';
import { AttackedGateway } from '../testing/attacked-gateway.fixture.js';
import { signed } from '../testing/forged-token.fixture.js';
import { expectArrived, expectRefused } from '../testing/refusal.fixture.js';

describe('two providers', () => {
  let attacked: AttackedGateway;

  beforeAll(async () => {
    attacked = await AttackedGateway.start({ providers: { company: {}, partner: {} } });
    // Only then is the address alone what tells the two apart (RFC 9700 4.4.2.1).
    for (const idp of attacked.idps) idp.metadata = { authorization_response_iss_parameter_supported: undefined };
    await attacked.introduce('ada');
    await attacked.introduce('bob', 'partner');
  });
  beforeEach(() => {
    for (const idp of attacked.idps) idp.requests.length = 0;
  });
  afterAll(() => attacked.stop());

  const withoutIss = { redirect: (query: URLSearchParams) => query.delete('iss') };

  it('O34 two tabs of one browser, through both: both finish, each as who they are', async () => {
    const browser = new HttpBrowser();
    const atCompany = await attacked.upToCallback(browser);
    const atPartner = await attacked.upToCallback(browser, 'partner');

    expectArrived(attacked, await browser.get(atCompany), 'ada');
    expectArrived(attacked, await browser.get(atPartner), 'bob');
  });

  it('O34 two tabs answered in the same moment: both finish, without cross-talk', async () => {
    const browser = new HttpBrowser();
    const atPartner = await attacked.upToCallback(browser, 'partner');
    const atCompany = await attacked.upToCallback(browser);

    const [company, partner] = await Promise.all([browser.get(atCompany), browser.get(atPartner)]);

    // The later one replaces the session of the browser; the earlier is then asked again rather than mixed up.
    const arrived = [company, partner].filter(({ url }) => url.origin === attacked.gateway.jira.origin);
    expect(arrived.length).toBeGreaterThanOrEqual(1);
    for (const page of arrived) expectArrived(attacked, page, page === company ? 'ada' : 'bob');
  });

  it('O34 two tabs through one provider: both finish', async () => {
    const browser = new HttpBrowser();
    const first = await attacked.upToCallback(browser);
    const second = await attacked.upToCallback(browser);

    expectArrived(attacked, await browser.get(second), 'ada');
    expectArrived(attacked, await browser.get(first), 'ada');
  });

  it('O34 ten sign-ins left open do not stop the eleventh', async () => {
    const browser = new HttpBrowser();
    for (let tab = 0; tab < 11; tab += 1) await attacked.upToCallback(browser);

    expectArrived(attacked, await browser.get(await attacked.upToCallback(browser)), 'ada');
    const cookies = browser.cookieNames().filter((name) => name.startsWith('gatehouse_tx_'));
    expect(cookies.length).toBeLessThanOrEqual(10);
  });

  it.each([
    { what: 'with its iss', misbehaviour: {} },
    { what: 'without iss', misbehaviour: withoutIss },
  ])(
    "O35 one provider's answer at the other's address, $what: refused, and no secret is sent to either",
    async ({ misbehaviour }) => {
      await expectRefused(attacked, async () => {
        const browser = new HttpBrowser();
        attacked.idp().misbehave(misbehaviour);
        const callback = await attacked.upToCallback(browser);
        callback.pathname = callback.pathname.replace('/company', '/partner');
        return { browser, callback, page: await browser.get(callback) };
      });
      for (const idp of attacked.idps) expect(idp.requests).not.toContain('/token');
    },
  );

  it("O35 one provider's code in the other's sign-in: refused by the one that never gave it", async () => {
    const browser = new HttpBrowser();
    const atCompany = await attacked.upToCallback(browser);
    attacked.idp('partner').misbehave({
      redirect: (query) => query.set('code', atCompany.searchParams.get('code')!),
    });

    await expectRefused(
      attacked,
      async () => {
        const callback = await attacked.upToCallback(browser, 'partner');
        return { browser, callback, page: await browser.get(callback) };
      },
      { provider: 'partner' },
    );
    expect(attacked.idp().requests).not.toContain('/token');
  });

  it("O35 O36 the other provider's iss, though none is advertised: refused before any token request", async () => {
    await expectRefused(attacked, () =>
      attacked.attempt({ redirect: (query) => query.set('iss', attacked.idp('partner').issuer) }),
    );
    for (const idp of attacked.idps) expect(idp.requests).not.toContain('/token');
  });

  it('O36 no iss where none is advertised: accepted', async () => {
    expectArrived(attacked, (await attacked.attempt(withoutIss)).page, 'ada');
  });

  it("O35 O60 a token of one provider, signed by its own key, in the other's answer: refused", async () => {
    let stolen = '';
    await attacked.attempt({ idToken: (right) => (stolen = signed(right)) });

    await expectRefused(attacked, () => attacked.attempt({ idToken: () => stolen }, { provider: 'partner' }), {
      provider: 'partner',
    });
  });

  it("O60 one provider that speaks in the other's name, signed by its own key: refused", async () => {
    await expectRefused(
      attacked,
      () =>
        attacked.attempt(
          { idToken: (right) => signed(right, { claims: { iss: attacked.idp().issuer, sub: 'ada' } }) },
          { provider: 'partner' },
        ),
      { provider: 'partner' },
    );
  });

  it('O60 the same subject at another provider is another person', async () => {
    attacked.idp('partner').person = 'ada';
    const before = await attacked.gateway.count('gateway.identity', `subject = 'ada'`);

    const { page } = await attacked.attempt({}, { provider: 'partner' });

    attacked.idp('partner').person = 'bob';
    expect(await attacked.gateway.count('gateway.identity', `subject = 'ada'`)).toBe(before + 1);
    expect(page.url.origin).not.toBe(attacked.gateway.jira.origin); // It waits for an account of its own.
  });
});
