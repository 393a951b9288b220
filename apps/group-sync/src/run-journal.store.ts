import { Injectable } from '@nestjs/common';
import type { ErrorCode } from '@gatehouse/errors';
import type { ReconcileRunRow } from '@gatehouse/database';
import { entriesFor } from '@gatehouse/mapping';
import type { EntityManager } from 'typeorm';
import { groupsAdded } from './change.js';
import type { Change, UnderWay } from './change.js';
import { LedgerStore } from './ledger.store.js';
import { changesOf, earlierAdditions, isNewcomer, unwrittenEntries } from './run.js';
import type { Run } from './run.js';
import { recordOf, recordOfEarlier } from './run-record.js';

/** The history of runs, and what is under way: each change at Jira is told once, whatever becomes of its run (I8). */
@Injectable()
export class RunJournal {
  constructor(private readonly ledger: LedgerStore) {}

  /** Before the first change: whoever comes after a kill finds what may have happened, and that it was ours. */
  begun(run: Run): string | null {
    return underWayOf(run, { changes: changesOf(run.plan!), ours: earlierAdditions(run) });
  }

  /** At the end: changes whose outcome is not known. */
  left(run: Run): string | null {
    return underWayOf(run, { changes: run.progress.uncertain, ours: [] });
  }

  /** The history and the books, of whatever this run has come to know. */
  async tell(
    manager: EntityManager,
    run: Run,
    outcome: ReconcileRunRow['outcome'],
    code: ErrorCode | null,
  ): Promise<void> {
    if (run.plan && !run.earlierIsTold) await this.tellEarlier(manager, run);
    const runId = await this.record(manager, run, outcome, code);
    if (!run.plan) return;
    await this.ledger.revise(manager, run, runId);
    if (run.earlierIsTold || run.account.underWay)
      await manager.query('update sync.jira_account set under_way = $2 where account_id = $1', [
        run.account.accountId,
        this.left(run),
      ]);
  }

  async tellEarlier(manager: EntityManager, run: Run): Promise<void> {
    const { underWay, accountId } = run.account;
    const record = recordOfEarlier(run);
    if (!underWay || record === undefined) return;
    const { version, traceId, attempt, lane, startedAt } = underWay;
    await manager.query(insertRun, [
      accountId,
      version,
      traceId,
      'cut-short',
      null,
      record,
      0,
      startedAt,
      attempt,
      lane,
    ]);
  }

  async record(
    manager: EntityManager,
    run: Run,
    outcome: ReconcileRunRow['outcome'],
    code: ErrorCode | null,
  ): Promise<string> {
    const { accountId, readAt } = run.account;
    const { version, traceId, record, jiraCalls, attempt, lane } = this.entry(run, outcome);
    const told = [accountId, version, traceId, outcome, code, record, jiraCalls, readAt, attempt, lane];
    const [row] = await manager.query<[{ id: string }]>(insertRun, told);
    return row.id;
  }

  /** What the history tells of a run. */
  entry(run: Run, outcome: ReconcileRunRow['outcome']) {
    const { account, traceId, jira, context } = run;
    const { version, configVersion } = account;
    const { attempt, lane } = context;
    return { version, configVersion, traceId, outcome, record: recordOf(run), jiraCalls: jira.calls, attempt, lane };
  }
}

/** As JSON; null: nothing. */
function underWayOf(
  run: Run,
  { changes, ours }: { readonly changes: readonly Change[]; readonly ours: readonly string[] },
): string | null {
  if (changes.length + ours.length === 0) return null;
  const { account, traceId, context } = run;
  const { attempt, lane } = context;
  const { version, readAt, desired } = account;
  const now = { desired, isNewcomer: isNewcomer(run) };
  const given = [...entriesFor(groupsAdded(changes), now), ...(ours.length > 0 ? unwrittenEntries(run) : [])];
  return JSON.stringify({
    traceId,
    attempt,
    lane,
    version,
    startedAt: readAt.toISOString(),
    changes: [...changes],
    ours: [...ours],
    given: given.map(({ group, provider, reason }) => ({ group, provider, reason })),
  } satisfies UnderWay);
}

const insertRun = `
insert into sync.reconcile_run
  (account_id, version, trace_id, outcome, code, plan, jira_calls, started_at, attempt, lane, finished_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, clock_timestamp()) returning id`;
