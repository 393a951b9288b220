import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FakeProvider } from '../test/fake-provider.js';
import { connected, refusal, signIn } from '../test/sign-in.js';

const now = () => Math.floor(Date.now() / 1000);

describe('the times of an ID token', () => {
  let fake: FakeProvider;
  beforeAll(async () => {
    fake = await FakeProvider.start();
  });
  afterAll(() => fake.close());

  it.each([
    { what: 'O16 exp just over', tolerance: 0, claims: () => ({ exp: now() - 1 }), fine: false },
    { what: 'O16 exp over, within the default', tolerance: 60, claims: () => ({ exp: now() - 50 }), fine: true },
    { what: 'O17 nbf ahead, within 300 s', tolerance: 300, claims: () => ({ nbf: now() + 290 }), fine: true },
    { what: 'O17 nbf ahead, beyond 60 s', tolerance: 60, claims: () => ({ nbf: now() + 90 }), fine: false },
    { what: 'O18 iat ahead, within 120 s', tolerance: 120, claims: () => ({ iat: now() + 110 }), fine: true },
    { what: 'O18 iat ahead, with no tolerance', tolerance: 0, claims: () => ({ iat: now() + 5 }), fine: false },
  ])('$what ($tolerance s tolerated)', async ({ tolerance, claims, fine }) => {
    const connection = await connected(fake.config({ clockToleranceSeconds: tolerance }));
    fake.idToken = claims();
    const signingIn = signIn(fake, connection);

    if (fine) await expect(signingIn).resolves.toMatchObject({ subject: 'ada' });
    else expect(await refusal(signingIn)).toMatchObject({ code: 'login.answer_invalid' });
  });

  it.each([
    {
      what: 'the provider is ahead',
      claims: () => ({ iat: now() + 90, nbf: now() + 90 }),
      reason:
        /nbf is (89|90) s ahead: by iat the provider's clock is (89|90) s ahead of this server's, 60 s are tolerated/,
    },
    {
      what: 'this server is ahead',
      claims: () => ({ iat: now() - 400, exp: now() - 100 }),
      reason: /exp passed 10[01] s ago: by iat this server's clock is 40[01] s ahead of the provider's, 60 s are/,
    },
    {
      what: 'neither is',
      claims: () => ({ exp: now() - 3_600 }),
      reason: /exp passed 360[01] s ago: by iat the clocks agree, 60 s are tolerated/,
    },
  ])('P09 the reason states the measured skew, and that $what', async ({ claims, reason }) => {
    const connection = await connected(fake.config());
    fake.idToken = claims();

    expect((await refusal(signIn(fake, connection))).reason).toMatch(reason);
  });
});
