import { describe, expect, it } from '@jest/globals';
import type { LaneOverview, OperationsSnapshot } from '@gatehouse/messaging';
import { operationGauges } from './operation-gauges.js';

const lane: LaneOverview = {
  queue: 'group-sync.interactive',
  service: 'group-sync',
  lane: 'interactive',
  oldestReadySeconds: 41,
  oldestWaitingSeconds: 60,
  oldestUnsentSeconds: 0,
  counts: { ready: 3, sent: 5, backoff: 2, delayed: 1, parked: 7, atLeast: false },
  throughput: [],
  netPerMinute: 0,
  etaSeconds: null,
  paused: { by: 'token:ada', reason: 'Jira upgrade', since: new Date(0), resumeAt: null },
  workers: 1,
  targetSeconds: 5,
  withinTarget: false,
  outageCode: undefined,
};
const snapshot: OperationsSnapshot = {
  at: new Date(0),
  verdict: {
    state: 'red',
    sentence: '',
    cause: 'paused',
    queue: lane.queue,
    lateBySeconds: 36,
    press: [],
    alerts: [],
  },
  lanes: [lane],
  breaker: { state: 'open', code: 'jira.unavailable', openedAt: new Date(0), until: null, failures: 1 },
  parked: { count: 7, oldestSeconds: 600 },
  outboxOldestSeconds: 2,
};

const sweep = { scope: 'all', checked: 40, differing: 3, repaired: 2 };

describe('the gauges of lanes', () => {
  it.each([
    'gatehouse_queue_oldest_ready_age_seconds{lane="group-sync.interactive"} 41',
    'gatehouse_queue_jobs{lane="group-sync.interactive",state="ready"} 3',
    'gatehouse_queue_jobs{lane="group-sync.interactive",state="backoff"} 2',
    'gatehouse_queue_jobs{lane="group-sync.interactive",state="delayed"} 1',
    'gatehouse_jobs_dead{lane="group-sync.interactive"} 7',
    'gatehouse_queue_paused{lane="group-sync.interactive"} 1',
    'gatehouse_dead_oldest_age_seconds 600',
    'gatehouse_outbox_oldest_age_seconds 2',
    'gatehouse_breaker_open{name="jira"} 1',
    'gatehouse_workers{service="group-sync"} 2',
    'gatehouse_drift_accounts{scope="all",found="differing"} 3',
  ])('have the names and labels that alerts are written for: %s', async (line) => {
    const text = await operationGauges(snapshot, [{ service: 'group-sync', count: 2 }], [sweep]).metrics();
    expect(text.split('\n')).toContain(line);
  });

  it('tell of no person and no reason', async () => {
    const text = await operationGauges(snapshot, []).metrics();
    expect(text).not.toMatch(/ada|upgrade/);
  });
});
