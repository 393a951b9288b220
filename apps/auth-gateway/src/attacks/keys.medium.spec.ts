import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { HttpBrowser } from '@gatehouse/testing';
import { AttackedGateway } from '../testing/attacked-gateway.fixture.js';
import { restoreClock, shiftClock } from '../testing/clock.fixture.js';
import { newSigningKey, signed } from '../testing/forged-token.fixture.js';
import type { HostileIdp } from '../testing/hostile-idp.fixture.js';
import { htmlPage, raw, redirectTo, silence, status, trickle } from '../testing/http-answers.fixture.js';
import type { HttpAnswer } from '../testing/http-answers.fixture.js';
import { expectArrived, expectErrorPage, expectRefused, tracesOf } from '../testing/refusal.fixture.js';

const minuteMs = 60_000;
const clearPageMs = 3_000;

const outages: { what: string; answer: HttpAnswer }[] = [
  { what: 'a server error', answer: status(500) },
  { what: 'silence', answer: silence },
  { what: 'a trickle', answer: trickle },
  { what: 'HTML', answer: htmlPage },
  { what: 'an empty set', answer: raw('{"keys":[]}') },
  { what: 'JSON that is no set', answer: raw('[]') },
  { what: 'keys that are no keys', answer: raw('{"keys":[{"kty":"RSA"},null]}') },
];

describe('signing keys', () => {
  let attacked: AttackedGateway;
  let idp: HostileIdp;

  beforeAll(async () => {
    attacked = await AttackedGateway.start();
  });
  beforeEach(async () => {
    idp = await attacked.replaceIdp();
  });
  afterEach(restoreClock);
  afterAll(() => attacked.stop());

  it.each(outages)('O23 F25 $what and none from before: a clear page within three seconds', async ({ answer }) => {
    idp.outage.jwks = answer;
    const browser = new HttpBrowser();
    const callback = await attacked.upToCallback(browser);
    const startedAt = performance.now();

    await expectRefused(
      attacked,
      async () => {
        const page = await browser.get(callback);
        expect(performance.now() - startedAt).toBeLessThan(clearPageMs);
        return { browser, callback, page };
      },
      { code: 'login.provider_unavailable' },
    );
  });

  it.each(outages)('O23 P08 $what with keys from before: logins go on', async ({ answer }) => {
    await attacked.introduce('ada');
    idp.outage.jwks = answer;
    shiftClock(6 * minuteMs);

    expectArrived(attacked, (await attacked.attempt()).page);
    expectArrived(attacked, (await attacked.attempt()).page);
  });

  it('O23 P08 a failure is not remembered: the next person gets in', async () => {
    idp.outage.jwks = status(500);
    await expectRefused(attacked, () => attacked.attempt(), { code: 'login.provider_unavailable' });
    idp.behave();

    await attacked.introduce('ada');
    expectArrived(attacked, (await attacked.attempt()).page);
  });

  it('O24 F24 a key rotated just before signing: everybody gets in, by one fetch', async () => {
    await attacked.introduce('ada');
    const waiting = await Promise.all(
      Array.from({ length: 4 }, async () => {
        const browser = new HttpBrowser();
        return { browser, callback: await attacked.upToCallback(browser) };
      }),
    );
    idp.rotate();
    idp.requests.length = 0;

    const pages = await Promise.all(waiting.map(({ browser, callback }) => browser.get(callback)));

    for (const page of pages) expectArrived(attacked, page);
    expect(idp.requests.filter((path) => path === '/jwks')).toHaveLength(1);
    expect(idp.requests.filter((path) => path === '/token')).toHaveLength(4); // The code is never exchanged again.
  });

  it('O24 F24 another key under the same id: gets in', async () => {
    await attacked.introduce('ada');
    idp.rotate(newSigningKey('RS256', idp.key.kid));

    expectArrived(attacked, (await attacked.attempt()).page);
  });

  it('O24 a key that is announced before it signs costs nobody anything', async () => {
    await attacked.introduce('ada');
    const next = newSigningKey();
    idp.published = [...idp.published, next];
    shiftClock(6 * minuteMs);
    expectArrived(attacked, (await attacked.attempt()).page);
    idp.key = next;

    expectArrived(attacked, (await attacked.attempt()).page);
  });

  it('O25 a withdrawn key: refused once the keys were read again', async () => {
    await attacked.introduce('ada');
    const withdrawn = idp.key;
    idp.rotate();
    shiftClock(6 * minuteMs);

    await expectRefused(attacked, () =>
      attacked.attempt({ idToken: (right) => signed(right, { header: { kid: withdrawn.kid }, key: withdrawn }) }),
    );
    expectArrived(attacked, (await attacked.attempt()).page);
  });
});

describe('discovery', () => {
  let attacked: AttackedGateway;
  let idp: HostileIdp;

  beforeAll(async () => {
    attacked = await AttackedGateway.start({ providers: { company: {}, partner: {} } });
    await attacked.introduce('bob', 'partner');
  });
  beforeEach(async () => {
    idp = await attacked.replaceIdp();
  });
  afterEach(restoreClock);
  afterAll(() => attacked.stop());

  const faults: { what: string; fault: (idp: HostileIdp) => void }[] = [
    { what: 'O26 another issuer', fault: (one) => (one.metadata = { issuer: 'https://evil.example' }) },
    { what: 'O26 an issuer with a slash more', fault: (one) => (one.metadata = { issuer: `${one.issuer}/` }) },
    { what: 'O26 no issuer', fault: (one) => (one.metadata = { issuer: undefined }) },
    { what: 'O26 a redirect', fault: (one) => (one.outage.discovery = redirectTo(`${one.issuer}/elsewhere`, 302)) },
    { what: 'O27 a server error', fault: (one) => (one.outage.discovery = status(500)) },
    { what: 'O27 silence', fault: (one) => (one.outage.discovery = silence) },
    { what: 'O27 a trickle', fault: (one) => (one.outage.discovery = trickle) },
    { what: 'O27 HTML', fault: (one) => (one.outage.discovery = htmlPage) },
  ];

  it.each(faults)(
    '$what: a clear page within three seconds, others sign in, and later so does everybody',
    async ({ fault }) => {
      fault(idp);
      const browser = new HttpBrowser();
      const choice = await browser.get(`${attacked.gateway.jira.origin}/login`);
      const before = await tracesOf(attacked);
      const startedAt = performance.now();

      const page = await browser.get(new URL('?provider=company', choice.url));

      expect(performance.now() - startedAt).toBeLessThan(clearPageMs);
      expectErrorPage(page, 'login.provider_unavailable');
      expect(await tracesOf(attacked)).toEqual(before);
      expect(idp.requests).not.toContain('/elsewhere');
      expectArrived(attacked, (await attacked.attempt({}, { provider: 'partner' })).page, 'bob');

      idp.behave();
      await attacked.introduce('ada');
      expectArrived(attacked, (await attacked.attempt()).page);
    },
  );

  it.each(faults)('$what after it was right once: what was verified stays in use', async ({ fault }) => {
    await attacked.introduce('ada');
    fault(idp);
    shiftClock(65 * minuteMs);

    expectArrived(attacked, (await attacked.attempt()).page);
  });

  it('O28 PKCE is sent to a provider that does not advertise it', async () => {
    idp.metadata = { code_challenge_methods_supported: undefined };
    await attacked.introduce('ada'); // The stand-in demands S256 and compares the verifier.

    expectArrived(attacked, (await attacked.attempt()).page);
  });
});

describe('O27 a provider that is down when the gateway starts', () => {
  it('does not stop it, nor the others', async () => {
    const attacked = await AttackedGateway.start({
      providers: { company: {}, partner: {} },
      beforeStart: (before) => (before.idp().outage.discovery = silence),
    });
    try {
      await attacked.introduce('bob', 'partner');
      expectArrived(attacked, (await attacked.attempt({}, { provider: 'partner' })).page, 'bob');
      attacked.idp().behave();
      await attacked.introduce('ada');
      expectArrived(attacked, (await attacked.attempt()).page);
    } finally {
      await attacked.stop();
    }
  });
});
