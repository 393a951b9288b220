import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { HttpBrowser } from '@gatehouse/testing';
import { AttackedGateway } from '../testing/attacked-gateway.fixture.js';
import { signed } from '../testing/forged-token.fixture.js';
import {
  flood,
  htmlPage,
  json,
  raw,
  redirectTo,
  silence,
  status,
  trickle,
  typed,
} from '../testing/http-answers.fixture.js';
import type { HttpAnswer } from '../testing/http-answers.fixture.js';
import { expectArrived, expectErrorPage, expectRefused } from '../testing/refusal.fixture.js';

const boundMs = 10_000;
const megabyte = 1_048_576;

const away: { what: string; answer: HttpAnswer }[] = [
  { what: 'silence', answer: silence },
  { what: 'a trickle', answer: trickle },
  { what: '500', answer: status(500) },
  { what: '503 with an OAuth error', answer: status(503, '{"error":"server_error"}') },
  { what: '429', answer: status(429) },
  { what: '204', answer: status(204) },
  { what: 'HTML', answer: htmlPage },
  { what: 'half of JSON', answer: raw('{"access_token":') },
  { what: 'nothing', answer: raw('') },
];

const untrusted: { what: string; answer: HttpAnswer }[] = [
  { what: 'JSON that is a list', answer: raw('[]') },
  { what: 'invalid_grant', answer: status(400, '{"error":"invalid_grant"}') },
  { what: 'no access token', answer: json((right) => ({ ...right, access_token: undefined })) },
  { what: 'a token of another type', answer: json((right) => ({ ...right, token_type: 'mac' })) },
  { what: 'an error in a body of 200', answer: json(() => ({ error: 'access_denied' })) },
];

describe('the token endpoint', () => {
  let attacked: AttackedGateway;

  beforeAll(async () => {
    attacked = await AttackedGateway.start();
    await attacked.introduce('ada');
  });
  afterEach(() => attacked.idp().behave());
  afterAll(() => attacked.stop());

  it.each(away)('O51 $what: a page of our own in bounded time', async ({ answer }) => {
    const startedAt = performance.now();
    await expectRefused(attacked, () => attacked.attempt({ token: answer }), { code: 'login.provider_unavailable' });
    expect(performance.now() - startedAt).toBeLessThan(boundMs);
  });

  it('O51 our own secret refused: a page of our own, and the administrator reads what it is', async () => {
    const token = status(401, '{"error":"invalid_client"}');
    await expectRefused(attacked, () => attacked.attempt({ token }), { code: 'login.client_refused' });
  });

  it.each(untrusted)('O51 $what: refused', async ({ answer }) => {
    await expectRefused(attacked, () => attacked.attempt({ token: answer }));
  });

  it.each([301, 302, 303, 307, 308])('O51 a redirect with %d: the secret does not follow it', async (code) => {
    const { issuer, requests } = attacked.idp();
    requests.length = 0;

    await expectRefused(attacked, () => attacked.attempt({ token: redirectTo(`${issuer}/elsewhere`, code) }), {
      code: 'login.provider_unavailable',
    });

    expect(requests).not.toContain('/elsewhere');
  });

  it('O51 30 MB: reading stops, and memory stays', async () => {
    let sent = 0;
    const before = process.memoryUsage().rss;

    await expectRefused(attacked, () => attacked.attempt({ token: flood(30 * megabyte, (more) => (sent += more)) }), {
      code: 'login.provider_unavailable',
    });

    expect(sent).toBeLessThan(10 * megabyte); // What fits into sockets on the way, and no more.
    expect(process.memoryUsage().rss - before).toBeLessThan(25 * megabyte);
  });

  it.each(['text/html', 'text/plain', 'application/octet-stream'])(
    'O51 the right body under the name of %s is what it is: read as JSON or not at all',
    async (type) => {
      expectArrived(attacked, (await attacked.attempt({ token: typed(type) })).page);
    },
  );

  it('O51 token_type in another case: accepted', async () => {
    const token = json((right) => ({ ...right, token_type: 'bearer' }));
    expectArrived(attacked, (await attacked.attempt({ token })).page);
  });

  it('O51 O46 an error with a text: the text is nowhere', async () => {
    const body = '{"error":"invalid_grant","error_description":"<script>alert(1)</script> secret-of-theirs"}';

    const { page } = await expectRefused(attacked, () => attacked.attempt({ token: status(400, body) }));

    expect(page.body + attacked.gateway.logLines.join('')).not.toMatch(/alert\(1\)|secret-of-theirs/);
  });

  it('O51 one provider that is silent does not hold up others who sign in', async () => {
    attacked.idp().misbehave({ token: silence });
    const browser = new HttpBrowser();
    const slow = browser.get(await attacked.upToCallback(browser));
    const startedAt = performance.now();
    await Promise.all(Array.from({ length: 4 }, async () => expectArrived(attacked, (await attacked.attempt()).page)));
    expect(performance.now() - startedAt).toBeLessThan(3_000);
    expectErrorPage(await slow, 'login.provider_unavailable');
  });

  it('O67 900 kB of claims: refused, nothing is cut down and kept', async () => {
    const groups = Array.from({ length: 9_000 }, (_, index) => `${index}-`.padEnd(100, 'x'));

    await expectRefused(
      attacked,
      () => attacked.attempt({ idToken: (right) => signed(right, { claims: { groups } }) }),
      { code: 'login.provider_unavailable' },
    );

    const [row] = await attacked.gateway.dataSource.query<{ length: number }[]>(
      'select max(length(claims::text)) as length from gateway.identity',
    );
    expect(row!.length).toBeLessThan(2_000);
    expect(attacked.gateway.logLines.join('').length).toBeLessThan(megabyte);
  });
});
