import { describe, expect, it } from '@jest/globals';
import { Metrics } from './metrics.js';

const allowedLabels = ['job', 'outcome', 'lane', 'provider', 'route', 'status', 'version', 'node', 'le'];

describe('the metrics of a process', () => {
  it('have one prefix, base units, and the endings that promtool demands', async () => {
    for (const { name, type } of await new Metrics().registry.getMetricsAsJSON()) {
      expect(name).toMatch(/^gatehouse_[a-z_]+$/);
      expect(name.endsWith('_total')).toBe(String(type) === 'counter');
      if (String(type) === 'histogram') expect(name).toMatch(/_seconds$/);
    }
  });

  it('have no label that could hold an id or a person', async () => {
    const metrics = new Metrics();
    metrics.logins.inc({ provider: 'cognito', outcome: 'accepted' });
    metrics.jiraRequests.inc({ route: '/rest/api/2/user', status: '200' });
    metrics.jobsProcessed.inc({ job: 'map-claims', outcome: 'applied' });
    metrics.jobsStalled.inc({ lane: 'group-sync.bulk' });
    const text = await metrics.registry.metrics();
    const labels = [...text.matchAll(/[{,]([a-z_]+)="/g)].map(([, label]) => label!);
    expect(labels.length).toBeGreaterThan(6);
    expect(labels.filter((label) => !allowedLabels.includes(label))).toEqual([]);
  });
});
