import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { z } from 'zod';

const runsMax = 20;

const Strings = z.array(z.string()).catch([]);
/** What group-sync writes of a run, as far as it is told here. */
const Plan = z
  .object({
    account: z.enum(['created', 'adopted', 'pinned']).nullable().catch(null),
    changes: z.array(z.unknown()).catch([]),
    paused: Strings,
    held: z.array(z.unknown()).catch([]),
  })
  .catch({ account: null, changes: [], paused: [], held: [] });

/** How an account fared since a moment: by its last run, with the changes of all of them. */
@Injectable()
export class RunsSince {
  constructor(private readonly dataSource: DataSource) {}

  async of(accountId: string, since: Date) {
    const rows = await this.dataSource.query<{ outcome: string; code: string | null; plan: unknown }[]>(
      `select outcome, code, plan from sync.reconcile_run where account_id = $1 and started_at >= $2
       order by id desc limit ${runsMax}`,
      [accountId, since],
    );
    const [last] = rows;
    if (!last) return undefined;
    const plans = rows.map(({ plan }) => Plan.parse(plan ?? {})).reverse();
    const { paused, held, account } = plans.at(-1)!;
    return {
      ...{ outcome: last.outcome, code: last.code, paused, held },
      // Made by the first run, and only linked for the next.
      how: plans.find((plan) => plan.account !== 'pinned' && plan.account !== null)?.account ?? account,
      changes: plans.flatMap(({ changes }) => changes),
    };
  }
}
