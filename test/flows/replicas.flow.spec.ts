import { describe, expect, it } from '@jest/globals';
import { jiraAwayStory } from './stories/jira-away.story.js';
import { loginStory } from './stories/login.story.js';
import { SeparateProcesses } from './support/separate-processes.js';
import { sharedSite } from './support/site.js';

describe('separate processes: two gateways without sticky sessions, two of group-sync', () => {
  const site = sharedSite(() => SeparateProcesses.start({ replicas: { 'auth-gateway': 2, 'group-sync': 2 } }));

  loginStory(site);
  jiraAwayStory(site, ['down']);

  it('both gateways served the same people', () => {
    const [one, other] = site().balancer!.served;
    expect(Math.abs(one! - other!)).toBeLessThanOrEqual(2);
    expect(one).toBeGreaterThan(50);
  });
});
