import type { OperationsSnapshot } from '@gatehouse/messaging';
import type { DriftCount } from './drift-counts.reader.js';
import { Gauge, Registry } from 'prom-client';

export interface WorkerCount {
  readonly service: string;
  readonly count: number;
}

/**
 * What PostgreSQL knows, as gauges. Every process that is asked answers the same, so a query takes `max by (lane)`, not
 * the sum. A registry for each answer: a lane that is gone must not go on with its last figure.
 */
export function operationGauges(
  snapshot: OperationsSnapshot,
  workers: readonly WorkerCount[],
  drift: readonly DriftCount[] = [],
): Registry {
  const registry = new Registry();
  const gauge = <Label extends string>(name: string, help: string, ...labelNames: Label[]) =>
    new Gauge({ name, help, labelNames, registers: [registry] });

  const age = gauge(
    'gatehouse_queue_oldest_ready_age_seconds',
    'Since the oldest job that could run became due.',
    'lane',
  );
  const jobs = gauge('gatehouse_queue_jobs', 'Jobs by what they wait for; counted up to 100,000.', 'lane', 'state');
  const dead = gauge('gatehouse_jobs_dead', 'Parked jobs that wait for somebody.', 'lane');
  const paused = gauge('gatehouse_queue_paused', '1 while an operator has paused the lane.', 'lane');
  for (const { queue: lane, oldestReadySeconds, counts, paused: pause } of snapshot.lanes) {
    age.set({ lane }, oldestReadySeconds);
    jobs.set({ lane, state: 'ready' }, counts.ready);
    jobs.set({ lane, state: 'backoff' }, counts.backoff);
    jobs.set({ lane, state: 'delayed' }, counts.delayed);
    dead.set({ lane }, counts.parked);
    paused.set({ lane }, pause ? 1 : 0);
  }
  gauge('gatehouse_dead_oldest_age_seconds', 'Since the oldest parked job was parked.').set(
    snapshot.parked.oldestSeconds,
  );
  gauge(
    'gatehouse_outbox_oldest_age_seconds',
    'How long the oldest due outbox row has not been handed to the queue store.',
  ).set(snapshot.outboxOldestSeconds);
  const { breaker } = snapshot;
  gauge('gatehouse_breaker_open', '1 while calls to this system are held back.', 'name').set(
    { name: 'jira' },
    breaker && breaker.state !== 'closed' ? 1 : 0,
  );
  const live = gauge('gatehouse_workers', 'Processes that have shown signs of life within 20 s.', 'service');
  for (const { service, count } of workers) live.set({ service }, count);
  const accounts = gauge(
    'gatehouse_drift_accounts',
    'Accounts of the latest sweep of this kind: compared with Jira, differing from it, put right.',
    'scope',
    'found',
  );
  for (const { scope, checked, differing, repaired } of drift) {
    accounts.set({ scope, found: 'checked' }, checked);
    accounts.set({ scope, found: 'differing' }, differing);
    accounts.set({ scope, found: 'repaired' }, repaired);
  }
  return registry;
}
