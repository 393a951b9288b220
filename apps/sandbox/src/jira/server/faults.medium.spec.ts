import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { JiraUnderTest } from '../testing/jira-under-test.js';
import { Fault, Faults } from './faults.js';

describe('faults on request', () => {
  let jira: JiraUnderTest;
  beforeAll(async () => {
    jira = await JiraUnderTest.start();
  });
  afterEach(() => jira.faults([]));
  afterAll(() => jira.close());

  const myself = () => jira.rest('GET', '/myself');

  it('answers a status: an envelope for 500, a page for 503', async () => {
    await jira.faults([{ kind: 'status', status: 500 }]);
    expect((await myself()).json()).toMatchObject({ errorMessages: [expect.any(String)] });
    await jira.faults([{ kind: 'status', status: 503 }]);
    const page = await myself();
    expect(page.status).toBe(503);
    expect(page.headers.get('content-type')).toContain('text/html');
  });

  it('answers 200 with a login page', async () => {
    await jira.faults([{ kind: 'html' }]);
    const page = await myself();
    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toContain('text/html');
  });

  it('F16 redirects to the login page, also a call of REST', async () => {
    await jira.faults([{ kind: 'redirect' }]);
    const answer = await myself();
    expect(answer.status).toBe(302);
    expect(answer.headers.get('location')).toContain('/login.jsp?permissionViolation=true');
  });

  it('T05 serves anybody as a visitor, with 200 and nothing in it', async () => {
    await jira.faults([{ kind: 'anonymous' }]);
    const answer = await jira.rest('GET', '/user/search?username=admin');
    expect([answer.status, answer.text, answer.headers.get('x-ausername')]).toEqual([200, '[]', 'anonymous']);
    expect((await jira.rest('GET', '/group/member?groupname=x')).json()).toMatchObject({ total: 0, values: [] });
  });

  it('answers 200 with nothing at all after a failed login (JRA-41559)', async () => {
    await jira.faults([{ kind: 'empty' }]);
    const answer = await myself();
    expect([answer.status, answer.text]).toEqual([200, '']);
    expect(answer.headers.get('x-seraph-loginreason')).toBe('AUTHENTICATED_FAILED');
  });

  it('F15 begins an answer and never ends it', async () => {
    await jira.faults([{ kind: 'half-open' }]);
    const response = await fetch(`${jira.url}/rest/api/2/myself`, { signal: AbortSignal.timeout(200) });
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow();
  });

  it('F14 F18 strikes a share of the calls with each status', async () => {
    const statuses = [401, 403, 500, 502];
    await jira.faults(statuses.map((status) => ({ kind: 'status', status, times: 1, probability: 1 })));
    const seen = [await myself(), await myself(), await myself(), await myself(), await myself()];
    expect(seen.map(({ status }) => status)).toEqual([...statuses, 200]);
  });

  it('limits the rate with the headers of Jira', async () => {
    await jira.faults([{ kind: 'ratelimit', retryAfterSeconds: 7 }]);
    const answer = await myself();
    expect(answer.status).toBe(429);
    expect(answer.headers.get('retry-after')).toBe('7');
    expect(answer.headers.get('x-ratelimit-remaining')).toBe('0');
    expect(answer.json()).toEqual({ message: expect.any(String) });
    await jira.faults([{ kind: 'ratelimit', retryAfterSeconds: null }]);
    expect((await myself()).headers.get('retry-after')).toBeNull();
  });

  it('down cuts everything but the control, and only what matches when told so', async () => {
    await jira.faults([{ kind: 'down' }]);
    await expect(myself()).rejects.toThrow();
    await expect(jira.call('GET', '/status')).rejects.toThrow();
    await jira.faults([{ kind: 'down', match: { pathPrefix: '/rest/api' } }]);
    await expect(myself()).rejects.toThrow();
    expect((await jira.call('GET', '/status')).status).toBe(200);
  });

  it('F17 reset-after commits and then cuts, so a repeated create meets its own user', async () => {
    await jira.faults([{ kind: 'reset-after', match: { method: 'post', pathPrefix: '/rest/api/2/user' }, times: 1 }]);
    await expect(jira.createUser('committed')).rejects.toThrow();
    const again = { name: 'committed', emailAddress: 'a@b', displayName: 'A' };
    expect((await jira.rest('POST', '/user', { body: again })).status).toBe(400);
    expect(await jira.user('committed')).toMatchObject({ emailAddress: 'committed@example.com' });
  });

  it('reset cuts before the work', async () => {
    await jira.faults([{ kind: 'reset', match: { method: 'POST' }, times: 1 }]);
    await expect(jira.createUser('never')).rejects.toThrow();
    expect((await jira.rest('GET', '/user?username=never')).status).toBe(404);
  });

  it('slow answers late and in full', async () => {
    await jira.faults([{ kind: 'slow', delayMs: 150 }]);
    const started = performance.now();
    expect((await myself()).json()).toMatchObject({ name: 'admin' });
    expect(performance.now() - started).toBeGreaterThanOrEqual(145);
  });

  it('timeout never answers', async () => {
    await jira.faults([{ kind: 'timeout' }]);
    const waiting = fetch(`${jira.url}/status`, { signal: AbortSignal.timeout(200) });
    await expect(waiting).rejects.toMatchObject({ name: 'TimeoutError' });
  });

  it('strikes only as often as told', async () => {
    await jira.faults({ faults: [{ kind: 'status', status: 500, times: 2 }] });
    expect([(await myself()).status, (await myself()).status, (await myself()).status]).toEqual([500, 500, 200]);
  });

  it('clears, and refuses a fault it does not know', async () => {
    await jira.faults([{ kind: 'html' }]);
    await jira.faults({ clear: true });
    expect((await myself()).json()).toMatchObject({ name: 'admin' });
    expect(await jira.faults([{ kind: 'gremlins' }])).toBe(400);
    expect(await jira.faults([{ kind: 'slow', delay: 5 }])).toBe(400);
  });

  it('closes promptly while requests hang', async () => {
    const other = await JiraUnderTest.start();
    await other.faults([
      { kind: 'timeout', match: { pathPrefix: '/status' } },
      { kind: 'slow', delayMs: 60_000, match: { pathPrefix: '/rest' } },
    ]);
    const hanging = [other.call('GET', '/status'), other.rest('GET', '/myself')].map((call) => call.catch(() => 'cut'));
    while ((await other.state()).calls.total < 2);
    const started = performance.now();
    await other.close();
    expect(performance.now() - started).toBeLessThan(2_000);
    expect(await Promise.all(hanging)).toEqual(['cut', 'cut']);
  });
});

it('F13 a fault of one node strikes the requests whose turn it is to go there', () => {
  const faults = new Faults();
  faults.set([Fault.parse({ kind: 'ratelimit', match: { node: 2 } })]);
  expect([0, 1, 2].map((node) => faults.strike('GET', '/', node)?.kind)).toEqual([undefined, 'ratelimit', undefined]);
});

describe('the chance of a fault', () => {
  it('is the probability given', () => {
    const rolls = [0.2, 0.4, 0.6];
    const faults = new Faults(() => rolls.shift()!);
    faults.set([Fault.parse({ kind: 'reset', probability: 0.5 })]);
    expect([1, 2, 3].map(() => faults.strike('GET', '/', 0)?.kind)).toEqual(['reset', 'reset', undefined]);
  });
});
