import { describe, expect, it } from '@jest/globals';
import { jiraAwayStory } from './stories/jira-away.story.js';
import { loginStory } from './stories/login.story.js';
import { signOutStory } from './stories/sign-out.story.js';
import { Installation } from './support/installation.js';
import { keysOfInstallation, sharedRedis } from './support/redis.js';
import { sharedSite } from './support/site.js';

describe('everything in one process, on PostgreSQL alone', () => {
  const site = sharedSite(() => Installation.start());

  loginStory(site);
  signOutStory(site);
});

describe('everything in one process, on PostgreSQL and Redis', () => {
  const redis = sharedRedis('Signing in on Redis');
  if (!redis) {
    it.skip('there is no Redis here', () => undefined);
    return;
  }
  const site = sharedSite(() => Installation.start({ REDIS_URL: redis().url }));

  loginStory(site);
  jiraAwayStory(site, ['down']);

  it('the jobs went through Redis', async () => {
    expect(await keysOfInstallation(redis().url, site().databaseUrl)).toBeGreaterThan(0);
  });
});
