import { Injectable } from '@nestjs/common';
import type { JiraHealth } from '@gatehouse/contracts';
import { Operations } from '@gatehouse/messaging';
import type { OperationsSnapshot } from '@gatehouse/messaging';
import { DataSource } from 'typeorm';
import { actionOf } from './shown.js';

/** Enough for five minutes of a busy Jira; a bound, because the history has no index by time. */
const sampledRuns = 5_000;
const minutes = 5;

/** How Jira does, from the breaker and from the runs that needed it. */
@Injectable()
export class JiraHealthReader {
  constructor(
    private readonly dataSource: DataSource,
    private readonly operations: Operations,
  ) {}

  async read({ breaker }: Pick<OperationsSnapshot, 'breaker'>): Promise<JiraHealth> {
    const [rates] = await this.dataSource.query<{ runs: number; calls: number }[]>(
      `select count(*)::integer as runs, coalesce(sum(jira_calls), 0)::integer as calls
       from (select jira_calls, finished_at from sync.reconcile_run order by id desc limit ${sampledRuns}) as newest
       where finished_at > now() - interval '${minutes} minutes'`,
    );
    const code = breaker && breaker.state !== 'closed' ? breaker.code : null;
    return {
      breaker: breaker?.state ?? 'closed',
      code,
      action: code === null ? null : actionOf(code),
      openedAt: breaker?.openedAt?.toISOString() ?? null,
      nextProbeAt: breaker?.until?.toISOString() ?? null,
      failedProbes: breaker?.failures ?? 0,
      runsPerMinute: rates!.runs / minutes,
      callsPerMinute: rates!.calls / minutes,
      failures: [...(await this.operations.attempts.recentByCode('group-sync.'))],
    };
  }
}
