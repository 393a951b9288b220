import { setTimeout as delay } from 'node:timers/promises';
import { median, percentile } from '../statistics.js';
import { addNewcomers, addPeople, claimGroups, knownPerson } from './directory.js';
import type { Known } from './directory.js';
import { publish, signedIn } from './facts.js';
import type { ReconcileInstallation } from './installation.js';
import { callsIn } from './jira-control.js';
import { moved, someGroups } from './people.js';
import type { Shape } from './people.js';

/** One line of reliability.md, section 5. */
export interface Scenario {
  readonly name: string;
  /** With the read before writing, which is what we do. */
  readonly idealCalls: number;
  /** If what we remember of Jira were trusted. */
  readonly shadowCalls: number;
  /** One call after the other, as far as one needs the answer of the one before. */
  readonly criticalPath: number;
  prepare(installation: ReconcileInstallation, shape: Shape, count: number): Promise<readonly Known[]>;
}

export interface Measurement {
  readonly callsEach: number;
  /** From the commit that starts the run, through outbox and queue, until all is applied in Jira. */
  readonly runMs: readonly number[];
  /** The same from the commit of the sign-in. */
  readonly acceptedMs: readonly number[];
}

const restMs = 30;
let made = 0;

export const scenarios: readonly Scenario[] = [
  {
    name: '(a) a sign-in with 3 new groups',
    idealCalls: 4,
    shadowCalls: 3,
    criticalPath: 2,
    prepare: (installation, shape, count) => moving(installation, shape, count, 10, { leaves: 0, comes: 3 }),
  },
  {
    name: "(a') the first sign-in, with 3 groups",
    idealCalls: 5,
    shadowCalls: 4,
    criticalPath: 3,
    prepare: newcomers,
  },
  {
    name: '(b) somebody in 300 groups, 5 changes',
    idealCalls: 6,
    shadowCalls: 5,
    criticalPath: 2,
    prepare: (installation, shape, count) => moving(installation, shape, count, 300, { leaves: 2, comes: 3 }),
  },
];

/** One after the other, at rest in between. */
export async function signInEach(installation: ReconcileInstallation, people: readonly Known[]): Promise<Measurement> {
  const { jira, dataSource } = installation;
  await jira.clear();
  const traceIds: string[] = [];
  for (const { identityId } of people) {
    traceIds.push(await publish(dataSource, signedIn, [identityId]));
    await installation.quiet();
    await delay(restMs);
  }
  const rows = await dataSource.query<{ run_ms: number; accepted_ms: number }[]>(timesOf, [traceIds]);
  return {
    callsEach: callsIn(await jira.seen()) / people.length,
    runMs: rows.map(({ run_ms }) => run_ms),
    acceptedMs: rows.map(({ accepted_ms }) => accepted_ms),
  };
}

export function told({ runMs, acceptedMs }: Measurement): string {
  const ms = (values: readonly number[], share: number) => percentile(values, share).toFixed(1);
  return `run p50 ${median(runMs).toFixed(1)} ms; sign-in to applied p50 ${ms(acceptedMs, 0.5)}, p99 ${ms(acceptedMs, 0.99)} ms`;
}

async function moving(
  { jira, dataSource }: ReconcileInstallation,
  shape: Shape,
  count: number,
  memberships: number,
  change: { leaves: number; comes: number },
): Promise<readonly Known[]> {
  const people = Array.from({ length: count }, () => {
    made += 1;
    return knownPerson(`moving-${made}`, `JIRAUSER${2_000_000 + made}`, someGroups(made, memberships, shape.groups));
  });
  await jira.load({ users: people.map(({ name, jiraKey, groups }) => ({ name, key: jiraKey, groups })) });
  await addPeople(dataSource, people);
  const claimed = people.map(({ identityId, groups }) => ({
    identityId,
    groups: moved(groups, shape.groups, change),
  }));
  await claimGroups(dataSource, claimed);
  return people;
}

async function newcomers(
  { dataSource }: ReconcileInstallation,
  shape: Shape,
  count: number,
): Promise<readonly Known[]> {
  const people = Array.from({ length: count }, () => {
    made += 1;
    return knownPerson(`newcomer-${made}`, '', someGroups(made, 3, shape.groups));
  });
  await addNewcomers(dataSource, people);
  return people;
}

/** `settled_at` is the beginning of the commit that ends a run: all that it changes in Jira is done by then. */
const timesOf = `
select 1000 * extract(epoch from run.settled_at - run.created_at)::float8 as run_ms,
       1000 * extract(epoch from run.settled_at - cause.created_at)::float8 as accepted_ms
from messaging.outbox as cause join messaging.outbox as run using (trace_id)
where trace_id = any($1) and cause.job = 'map-claims' and run.job = 'reconcile-account'`;
