import { newcomerReasonText, reasonText } from '@gatehouse/mapping';
import { earlierChanges, isNewcomer, pausedIn } from './run.js';
import type { Run } from './run.js';

/** What the history tells of a run. Names of changed fields, not their values: it is no place to collect addresses. */
export function recordOf(run: Run): string | null {
  const { account, plan, progress, seen } = run;
  if (!plan) return null;
  const { profile, add, remove, withheld, kept, held, seatsUnknown } = plan;
  const { holds, reasons, ifNew } = account.desired.groups;
  const because = (group: string) => [
    ...reasons.filter((reason) => reason.group === group).map((reason) => [reason.provider, reasonText(reason)]),
    ...ifNew.reasons
      .filter((reason) => reason.group === group && isNewcomer(run))
      .map((reason) => [reason.provider, newcomerReasonText(reason)]),
  ];
  return JSON.stringify({
    account: seen?.how,
    profile: Object.keys(profile),
    add,
    remove: remove.map(({ group }) => group),
    withheld,
    /** Each change that Jira has made for this run, once, with its reason (I8). */
    changes: progress.done.map((one) => (one.kind === 'add' ? { ...one, because: because(one.group) } : one)),
    ...filled({
      kept,
      paused: pausedIn(run),
      held,
      holds,
      skipped: progress.skipped,
      refused: progress.refusedForGood,
      createdGroups: progress.createdGroups,
    }),
    ...(seatsUnknown ? { seatsUnknown } : {}),
    ...(progress.isUserKept ? { userKept: true } : {}),
  });
}

/** The same of an earlier run that could not tell it itself. */
export function recordOfEarlier(run: Run): string | undefined {
  const changes = earlierChanges(run);
  return changes.length === 0 ? undefined : JSON.stringify({ changes });
}

function filled(lists: Readonly<Record<string, readonly unknown[]>>): Record<string, readonly unknown[]> {
  return Object.fromEntries(Object.entries(lists).filter(([, list]) => list.length > 0));
}
