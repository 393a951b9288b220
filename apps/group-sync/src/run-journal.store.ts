import { Injectable } from '@nestjs/common';
import type { ErrorCode } from '@gatehouse/errors';
import type { ReconcileRunRow } from '@gatehouse/database';
import type { EntityManager } from 'typeorm';
import type { Change, UnderWay } from './change.js';
import { LedgerStore } from './ledger.store.js';
import { changesOf, earlierAdditions } from './run.js';
import type { Run } from './run.js';
import { recordOf, recordOfEarlier } from './run-record.js';

/** The history of runs, and what is under way: each change at Jira is told once, whatever becomes of its run (I8). */
@Injectable()
export class RunJournal {
  constructor(private readonly ledger: LedgerStore) {}

  /** Before the first change: whoever comes after a kill finds what may have happened, and that it was ours. */
  async begin(manager: EntityManager, run: Run): Promise<void> {
    await this.tellEarlier(manager, run);
    await this.leaveUnderWay(manager, run, { changes: changesOf(run.plan!), ours: earlierAdditions(run) });
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
    const changes = run.progress.uncertain;
    if (run.earlierIsTold || run.account.underWay) await this.leaveUnderWay(manager, run, { changes, ours: [] });
  }

  private async leaveUnderWay(
    manager: EntityManager,
    { account, traceId, context }: Run,
    { changes, ours }: { readonly changes: readonly Change[]; readonly ours: readonly string[] },
  ): Promise<void> {
    const { attempt, lane } = context;
    const startedAt = account.readAt.toISOString();
    const underWay = {
      traceId,
      attempt,
      lane,
      version: account.version,
      startedAt,
      changes: [...changes],
      ours: [...ours],
    };
    const isNothing = changes.length + ours.length === 0;
    await manager.query('update sync.jira_account set under_way = $2 where account_id = $1', [
      account.accountId,
      isNothing ? null : JSON.stringify(underWay satisfies UnderWay),
    ]);
  }

  private async tellEarlier(manager: EntityManager, run: Run): Promise<void> {
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
    const { account, traceId, jira, context } = run;
    const { accountId, version, readAt } = account;
    const { attempt, lane } = context;
    const told = [accountId, version, traceId, outcome, code, recordOf(run), jira.calls, readAt, attempt, lane];
    const [row] = await manager.query<[{ id: string }]>(insertRun, told);
    return row.id;
  }
}

const insertRun = `
insert into sync.reconcile_run
  (account_id, version, trace_id, outcome, code, plan, jira_calls, started_at, attempt, lane, finished_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, clock_timestamp()) returning id`;
