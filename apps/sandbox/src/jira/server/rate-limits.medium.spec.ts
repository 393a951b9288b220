import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { JiraUnderTest } from '../testing/jira-under-test.js';

let jira: JiraUnderTest;
beforeAll(async () => {
  jira = await JiraUnderTest.start({ rateLimit: { fill: 1, intervalSeconds: 60, max: 2 }, locale: 'ko' });
});
afterAll(() => jira.close());

it('F13 T18 every answer to somebody says what is left; an empty bucket is 429 in words nobody should match', async () => {
  const [first, second, third] = [
    await jira.rest('GET', '/user?username=nobody'),
    await jira.rest('GET', '/myself'),
    await jira.rest('GET', '/myself'),
  ];
  expect([first.status, second.status, third.status]).toEqual([404, 200, 429]);
  expect([first, second, third].map(({ headers }) => headers.get('x-ratelimit-remaining'))).toEqual(['1', '0', '0']);
  expect(second.headers.get('retry-after')).toBe('0');
  expect(Number(third.headers.get('retry-after'))).toBeGreaterThan(50);
  expect(third.json()).toEqual({ message: expect.stringMatching(/^요청/) });
  expect((await jira.rest('GET', '/serverInfo', { token: null })).headers.get('x-ratelimit-limit')).toBeNull();
  expect((await jira.call('GET', '/')).status).toBe(200);
  expect((await jira.state()).calls.rateLimit).toEqual({ passed: 2, refused: 1, tooEarly: 0 });
});
