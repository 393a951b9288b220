import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { JiraUnderTest } from '../testing/jira-under-test.js';
import { FoundUserBean } from './rest-shapes.js';

describe('/rest/api/2/user/search', () => {
  let jira: JiraUnderTest;
  beforeAll(async () => {
    jira = await JiraUnderTest.start();
    for (let number = 0; number < 120; number += 1) {
      await jira.createUser(`p${String(number).padStart(3, '0')}`, { applicationKeys: [] });
    }
    await jira.createUser('ada', { displayName: 'Augusta King', emailAddress: 'Countess@Example.org' });
    await jira.createUser('gone');
    await jira.rest('PUT', '/user?username=gone', { body: { active: false } });
  });
  afterAll(() => jira.close());

  const search = async (query: string) => {
    const answer = await jira.rest('GET', `/user/search?${query}`);
    return z.array(FoundUserBean).parse(answer.json<unknown>());
  };

  it('answers a bare array without groups', async () => {
    const [found] = await search('username=ada');
    expect(found).toMatchObject({ name: 'ada', displayName: 'Augusta King' });
    expect(found).not.toHaveProperty('groups');
  });

  it('T11 stops at the first 100 users, whatever startAt and maxResults say', async () => {
    expect(await search('username=.&maxResults=1000')).toHaveLength(100);
    expect(await search('username=.&startAt=90&maxResults=50')).toHaveLength(10);
    expect(await search('username=.&startAt=100')).toHaveLength(0);
    expect(await search('username=.')).toHaveLength(50);
  });

  it.each(['ADA', 'king', 'august', 'countess', 'org'])('finds by the beginning of a word: %s', async (query) => {
    expect((await search(`username=${query}`)).map(({ name }) => name)).toContain('ada');
  });

  it('does not find in the middle of a word', async () => {
    expect(await search('username=ugusta')).toEqual([]);
  });

  it('leaves out inactive users unless asked', async () => {
    expect(await search('username=gone')).toEqual([]);
    expect(await search('username=gone&includeInactive=true')).toHaveLength(1);
    expect(await search('username=ada&includeActive=false')).toEqual([]);
  });

  it('wants a query, and numbers where numbers belong', async () => {
    expect((await jira.rest('GET', '/user/search')).status).toBe(400);
    expect((await jira.rest('GET', '/user/search?username=')).status).toBe(400);
    expect((await jira.rest('GET', '/user/search?username=.&startAt=x')).status).toBe(404);
  });
});
