import { setTimeout as delay } from 'node:timers/promises';
import type { BarePerson } from './bare.js';
import { addNewcomers, addPeople, claimGroups, knownPerson } from './directory.js';
import type { Known } from './directory.js';
import { publish, signedIn } from './facts.js';
import type { ReconcileInstallation } from './installation.js';
import { callsIn } from './jira-control.js';
import type { JiraControl } from './jira-control.js';
import { moved, someGroups } from './people.js';
import type { Shape } from './people.js';
import { restMs } from './setting.js';

/** One line of reliability.md, section 5. */
export interface Scenario {
  readonly name: string;
  /** With the read before writing, which is what we do. */
  readonly idealCalls: number;
  /** If what we remember of Jira were trusted. */
  readonly shadowCalls: number;
  /** One call after the other, as far as one needs the answer of the one before. */
  readonly criticalPath: number;
  /** Groups they are in before; a newcomer is in none, and not in Jira. */
  readonly memberships: number | 'newcomer';
  readonly leaves: number;
  readonly comes: number;
}

export interface Measurement {
  readonly callsEach: number;
  /** From the read of what is desired, which follows the lease, until all is applied in Jira. */
  readonly runMs: readonly number[];
  /** From the transaction that decided, through its commit, outbox, queue and lease, to that read. */
  readonly waitedMs: readonly number[];
  /** From the commit of the sign-in. */
  readonly acceptedMs: readonly number[];
}

let made = 0;

export const scenarios: readonly Scenario[] = [
  {
    ...{ name: '(a) a sign-in with 3 new groups', idealCalls: 4, shadowCalls: 3, criticalPath: 2 },
    ...{ memberships: 10, leaves: 0, comes: 3 },
  },
  {
    ...{ name: "(a') the first sign-in, with 3 groups", idealCalls: 5, shadowCalls: 4, criticalPath: 3 },
    ...{ memberships: 'newcomer', leaves: 0, comes: 3 },
  },
  {
    ...{ name: '(b) somebody in 300 groups, 5 changes', idealCalls: 6, shadowCalls: 5, criticalPath: 2 },
    ...{ memberships: 300, leaves: 2, comes: 3 },
  },
];

/** People of Gatehouse and of Jira, who claim what they are to have; newcomers are in neither. */
export async function prepare(
  { jira, dataSource }: ReconcileInstallation,
  { groups }: Shape,
  scenario: Scenario,
  count: number,
): Promise<readonly Known[]> {
  const people = Array.from({ length: count }, () => someone(groups, scenario));
  if (scenario.memberships === 'newcomer') {
    await addNewcomers(dataSource, people);
    return people;
  }
  await loadInto(jira, people);
  await addPeople(dataSource, people);
  await claimGroups(
    dataSource,
    people.map(({ identityId, groups: before }) => ({ identityId, groups: moved(before, groups, scenario) })),
  );
  return people;
}

/** The same for the bare client, of whom Gatehouse knows nothing. */
export async function prepareBare(
  { jira }: ReconcileInstallation,
  { groups }: Shape,
  scenario: Scenario,
  count: number,
): Promise<readonly BarePerson[]> {
  const people = Array.from({ length: count }, () => someone(groups, scenario));
  if (scenario.memberships === 'newcomer')
    return people.map(({ name, groups: comes }) => ({ name, key: '', comes, leaves: [] }));
  await loadInto(jira, people);
  return people.map(({ name, jiraKey: key, groups: before }) => {
    const after = moved(before, groups, scenario);
    const comes = after.filter((group) => !before.includes(group));
    return { name, key, comes, leaves: before.filter((group) => !after.includes(group)) };
  });
}

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
  const rows = await dataSource.query<{ run_ms: number; waited_ms: number; accepted_ms: number }[]>(timesOf, [
    traceIds,
  ]);
  return {
    callsEach: callsIn(await jira.seen()) / people.length,
    runMs: rows.map(({ run_ms }) => run_ms),
    waitedMs: rows.map(({ waited_ms }) => waited_ms),
    acceptedMs: rows.map(({ accepted_ms }) => accepted_ms),
  };
}

function someone(groups: number, { memberships, comes }: Scenario): Known {
  made += 1;
  if (memberships === 'newcomer') return knownPerson(`newcomer-${made}`, '', someGroups(made, comes, groups));
  return knownPerson(`moving-${made}`, `JIRAUSER${2_000_000 + made}`, someGroups(made, memberships, groups));
}

async function loadInto(jira: JiraControl, people: readonly Known[]): Promise<void> {
  await jira.load({ users: people.map(({ name, jiraKey, groups }) => ({ name, key: jiraKey, groups })) });
}

/** `settled_at` is the beginning of the commit that ends a run: all that it changes in Jira is done by then. */
const timesOf = `
select 1000 * extract(epoch from run.settled_at - own.started_at)::float8 as run_ms,
       1000 * extract(epoch from own.started_at - run.created_at)::float8 as waited_ms,
       1000 * extract(epoch from run.settled_at - cause.created_at)::float8 as accepted_ms
from messaging.outbox as cause join messaging.outbox as run using (trace_id) join sync.reconcile_run as own using (trace_id)
where trace_id = any($1) and cause.job = 'map-claims' and run.job = 'reconcile-account'`;
