import { describe, expect, it } from '@jest/globals';
import { jiraAwayStory } from './stories/jira-away.story.js';
import { loginStory } from './stories/login.story.js';
import { keysOfInstallation, sharedRedis } from './support/redis.js';
import { SeparateProcesses } from './support/separate-processes.js';
import { sharedSite } from './support/site.js';

const replicas = { 'auth-gateway': 2, 'group-sync': 2 };

describe('separate processes: two gateways without sticky sessions, two of group-sync', () => {
  const redis = sharedRedis('Separate processes on Redis (they run on PostgreSQL alone instead)');
  const site = sharedSite(() =>
    SeparateProcesses.start({ replicas, variables: redis ? { REDIS_URL: redis().url } : {} }),
  );

  loginStory(site);
  jiraAwayStory(site, ['down']);

  it('both gateways served the same people', () => {
    const [one, other] = site().balancer!.served;
    expect(Math.abs(one! - other!)).toBeLessThanOrEqual(2);
    expect(one).toBeGreaterThan(50);
  });

  (redis ? it : it.skip)('the jobs went through Redis', async () => {
    expect(await keysOfInstallation(redis!().url, site().databaseUrl)).toBeGreaterThan(0);
  });
});
