import type { Crowd } from '../support/crowd.js';
import type { FaultInstallation } from '../support/installation.js';
import type { JiraState } from '../support/sandbox.js';
import { balance, lostLogins, orphans } from './accepted.js';
import { differences, wrongGroups } from './converged.js';
import { foreignPart, idealWrites, jiraWrites } from './jira-changes.js';
import { quiet } from './quiet.js';
import { badlyRecorded, secretsInLogs } from './records.js';
import { letIn, unearnedSessions } from './sessions.js';

/** People who are refused by the identity provider or by us. */
export const neverLetIn = ['dave', 'nobody'];

/** A worker has so many jobs in hand when it is killed. */
const jobsInFlight = 10;

export interface Verdict {
  readonly lost: readonly string[];
  readonly orphans: readonly string[];
  readonly unsettled: number;
  readonly unaccounted: number;
  readonly parked: number;
  readonly differences: readonly string[];
  readonly wrongGroups: readonly string[];
  readonly foreignChanged: boolean;
  readonly writesTooMany: number;
  readonly unearnedSessions: readonly string[];
  readonly letIn: readonly string[];
  readonly badlyRecorded: readonly string[];
  readonly secretsInLogs: readonly string[];
}

/** What I1-I3, I5, I7 and I8 look like when they hold. */
export const flawless: Verdict = {
  lost: [],
  orphans: [],
  unsettled: 0,
  unaccounted: 0,
  parked: 0,
  differences: [],
  wrongGroups: [],
  foreignChanged: false,
  writesTooMany: 0,
  unearnedSessions: [],
  letIn: [],
  badlyRecorded: [],
  secretsInLogs: [],
};

/**
 * The invariants of requirements/reliability.md after quiet time: ledger against database against Jira.
 * @param before Jira's state when the installation was new
 * @param kills of processes that call Jira; each may have repeated what it had in flight
 * @param corrections accepted changes of what Jira may have had by then as it was before: a write more each, at most
 */
export async function judge(
  installation: FaultInstallation,
  crowd: Crowd,
  before: JiraState,
  kills: number,
  quietWithinMs = 60_000,
  corrections = 0,
): Promise<Verdict> {
  const { database, sandbox } = installation;
  await quiet(database, quietWithinMs);
  const jira = await sandbox.jira();
  const { accepted, done, parked, unsettled } = await balance(database);
  const ours = new Set(crowd.claimed.keys());
  const allowed = idealWrites(before, jira) + kills * jobsInFlight + corrections;
  return {
    lost: await lostLogins(database, crowd.ledger),
    orphans: await orphans(database),
    unsettled: unsettled!,
    unaccounted: accepted! - done! - parked!,
    parked: parked!,
    differences: await differences(database, jira),
    wrongGroups: wrongGroups(crowd.claimed, jira),
    foreignChanged: foreignPart(before, ours) !== foreignPart(jira, ours),
    writesTooMany: Math.max(0, jiraWrites(jira) - jiraWrites(before) - allowed),
    unearnedSessions: await unearnedSessions(database),
    letIn: await letIn(database, neverLetIn),
    badlyRecorded: await badlyRecorded(database),
    secretsInLogs: await secretsInLogs(installation, crowd.ledger),
  };
}
