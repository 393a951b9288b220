import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { JiraUnderTest } from '../testing/jira-under-test.js';

describe('/rest/api/2/user/properties', () => {
  let jira: JiraUnderTest;
  let key: string;
  beforeAll(async () => {
    jira = await JiraUnderTest.start();
    ({ key } = await jira.createUser('ada'));
  });
  afterAll(() => jira.close());

  const of = (property: string) => `/user/properties/${encodeURIComponent(property)}?userKey=${key}`;
  const put = (property: string, value: unknown) => jira.rest('PUT', of(property), { body: JSON.stringify(value) });

  it('201 when it is new, 200 when it is not, 204 when it goes, 404 when it is gone', async () => {
    const statuses = [await put('de.Größe', 'L'), await put('de.Größe', 'XL')].map(({ status }) => status);
    expect(statuses).toEqual([201, 200]);
    expect((await jira.rest('GET', of('de.Größe'))).json()).toEqual({ key: 'de.Größe', value: 'XL' });
    expect((await jira.rest('GET', `/user/properties?username=ada`)).json()).toMatchObject({
      keys: [{ key: 'de.Größe', self: expect.stringContaining('/user/properties/') }],
    });
    expect((await jira.rest('DELETE', of('de.Größe'))).status).toBe(204);
    expect((await jira.rest('DELETE', of('de.Größe'))).status).toBe(404);
    expect((await jira.rest('GET', of('de.Größe'))).status).toBe(404);
  });

  it('takes any JSON that is not nothing, within its limits', async () => {
    expect((await put('object', { a: [1, true] })).status).toBe(201);
    expect((await put('empty', '')).status).toBe(400);
    expect((await put('k'.repeat(256), 'v')).status).toBe(400);
    expect((await put('long', 'v'.repeat(33_000))).status).toBe(400);
    expect((await jira.rest('PUT', of('bare'), { body: 'no quotes' })).status).toBe(400);
  });

  it('belongs to the user and not to the name, and is for administrators', async () => {
    await put('kept', 'v');
    await jira.rest('PUT', `/user?key=${key}`, { body: { name: 'countess' } });
    expect((await jira.rest('GET', '/user/properties/kept?username=countess')).json()).toMatchObject({ value: 'v' });
    expect((await jira.rest('GET', of('kept'), { token: null })).status).toBe(401);
    expect((await jira.rest('GET', '/user/properties/kept?userKey=JIRAUSER1')).status).toBe(404);
    expect((await jira.rest('GET', '/user/properties')).status).toBe(400);
  });
});
