import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { version } from './version.js';

/** A few milliseconds to a backlog of hours. */
const waitBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800, 7_200];
const durationBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30];

/** How often the event loop's lag is measured. The default of 10 ms wakes an idle process a hundred times a second. */
const lagEveryMs = 100;

/** Gauges of prom-client's that are named like counters, which promtool refuses. The same figures come by type as well. */
const misnamed = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total'];

/**
 * What this process counts itself; one per process, as it is one process that Prometheus asks. Labels are few and
 * bounded: lanes, jobs, outcomes, providers, routes. Never an id, a person or a group.
 */
export class Metrics {
  readonly registry = new Registry();

  readonly jobWait = this.histogram(
    'gatehouse_job_wait_seconds',
    'From the commit of the oldest trigger to the start of its first run.',
    ['job', 'outcome'],
    waitBuckets,
  );
  readonly jobDuration = this.histogram(
    'gatehouse_job_duration_seconds',
    'How long a run took.',
    ['job', 'outcome'],
    durationBuckets,
  );
  readonly jobsProcessed = this.counter('gatehouse_jobs_processed_total', 'Runs that have ended.', ['job', 'outcome']);
  readonly jobsStalled = this.counter(
    'gatehouse_jobs_stalled_total',
    'Jobs taken back from a worker that went silent.',
    ['lane'],
  );
  readonly logins = this.counter('gatehouse_logins_total', 'Sign-ins that have ended.', ['provider', 'outcome']);
  readonly loginDuration = this.histogram(
    'gatehouse_login_duration_seconds',
    "From the provider's answer to our decision.",
    [],
    durationBuckets,
  );
  readonly jiraRequests = this.counter('gatehouse_jira_requests_total', 'Requests sent to Jira.', ['route', 'status']);

  constructor() {
    new Gauge({
      name: 'gatehouse_build_info',
      help: 'Always 1; the labels tell what runs.',
      labelNames: ['version', 'node'],
      registers: [this.registry],
    }).set({ version, node: process.version }, 1);
  }

  login(provider: string, outcome: string, seconds: number): void {
    this.logins.inc({ provider, outcome });
    this.loginDuration.observe(seconds);
  }

  /** CPU, memory, event loop, file descriptors. Once per process: it installs observers. */
  withProcess(): this {
    if (this.registry.getSingleMetric('process_cpu_seconds_total')) return this;
    collectDefaultMetrics({ register: this.registry, eventLoopMonitoringPrecision: lagEveryMs });
    for (const name of misnamed) this.registry.removeSingleMetric(name);
    return this;
  }

  private counter<Label extends string>(name: string, help: string, labelNames: readonly Label[]): Counter<Label> {
    return new Counter({ name, help, labelNames, registers: [this.registry] });
  }

  private histogram<Label extends string>(
    name: string,
    help: string,
    labelNames: readonly Label[],
    buckets: number[],
  ): Histogram<Label> {
    return new Histogram({ name, help, labelNames, buckets, registers: [this.registry] });
  }
}

/** Shared like standard output is: everything that counts belongs to the same process. */
export const metrics = new Metrics();
