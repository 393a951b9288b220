import { Injectable } from '@nestjs/common';
import { concernsRemoval } from '@gatehouse/database';
import { DesiredAccess, foldName, removedUsers } from '@gatehouse/mapping';
import { DataSource } from 'typeorm';
import { z } from 'zod';

const rowsMax = 50;

const Strings = z.array(z.string()).catch([]);
/** What group-sync writes of a run, as far as it is told here; older rows have less. */
const RunPlan = z
  .object({ changes: z.array(z.unknown()).catch([]), paused: Strings, skipped: Strings, withheld: Strings })
  .catch({ changes: [], paused: [], skipped: [], withheld: [] });

export interface PendingJob {
  readonly job: string;
  readonly queue: string;
  readonly since: Date;
  readonly retryAt: Date | null;
  readonly pausedBy: string | null;
  readonly pauseReason: string | null;
  readonly pausedAt: Date | null;
  readonly resumeAt: Date | null;
}

interface RunRow {
  readonly outcome: string;
  readonly code: string | null;
  readonly version: number | null;
  readonly attempt: number | null;
  readonly lane: string | null;
  readonly traceId: string;
  readonly finishedAt: Date;
  readonly plan: unknown;
}

type Login = Readonly<{ identity: string; at: Date; outcome: 'accepted' | 'refused' | 'failed'; code: string | null }>;
type Held = Readonly<{
  because: string;
  tripped: 'group' | 'run';
  configVersion: number;
  heldAt: Date;
  dismissed: boolean;
}>;
type Granted = Readonly<{
  provider: string;
  reason: string;
  how: 'added' | 'found';
  configVersion: number;
  grantedAt: Date;
}>;

/** What all services have recorded of one account and one group; each table is written by its own service. */
@Injectable()
export class MembershipFacts {
  constructor(private readonly dataSource: DataSource) {}

  async jiraAccount(accountId: string) {
    const [row] = await this.dataSource.query<
      {
        jiraKey: string | null;
        username: string | null;
        state: 'pending' | 'ready' | 'refused' | 'failed';
        code: string | null;
        newcomer: boolean;
      }[]
    >('select jira_key as "jiraKey", username, state, code, newcomer from sync.jira_account where account_id = $1', [
      accountId,
    ]);
    return row;
  }

  async desired(accountId: string) {
    const [row] = await this.dataSource.query<
      { version: number; configVersion: number; decidedAt: Date; content: unknown }[]
    >(
      `select version, config_version as "configVersion", decided_at as "decidedAt", content
       from mapping.desired_access where account_id = $1`,
      [accountId],
    );
    return row && { ...row, content: DesiredAccess.parse(row.content) };
  }

  ledger(accountId: string, group: string): Promise<readonly Granted[]> {
    return this.dataSource.query<Granted[]>(
      `select provider, reason, how, config_version as "configVersion", granted_at as "grantedAt"
       from sync.granted_membership where account_id = $1 and group_folded = $2 order by provider, reason limit ${rowsMax}`,
      [accountId, foldName(group)],
    );
  }

  async held(accountId: string, group: string): Promise<Held | undefined> {
    const [row] = await this.dataSource.query<Held[]>(
      `select because, scope as tripped, config_version as "configVersion", held_at as "heldAt",
              coalesce(${verdict} = 'dismiss', false) as dismissed
       from sync.held_removal as held where account_id = $1 and group_folded = $2 and released_at is null`,
      [accountId, foldName(group)],
    );
    return row;
  }

  async lastRun(accountId: string) {
    const [row] = await this.dataSource.query<RunRow[]>(
      `select outcome, code, version, attempt, lane, trace_id as "traceId", finished_at as "finishedAt", plan
       from sync.reconcile_run where account_id = $1 order by id desc limit 1`,
      [accountId],
    );
    if (!row) return undefined;
    const { plan, ...run } = row;
    return { ...run, ...RunPlan.parse(plan ?? {}) };
  }

  /** Facts about later are not waiting for anything but their time. */
  pending(accountId: string | undefined, identityIds: readonly string[]): Promise<readonly PendingJob[]> {
    return this.dataSource.query<PendingJob[]>(
      `select distinct on (waiting.job, waiting.queue)
         waiting.job, waiting.queue, waiting.created_at as since, waiting.retry_at as "retryAt",
         lane.paused_by as "pausedBy", lane.reason as "pauseReason", lane.paused_at as "pausedAt",
         lane.resume_at as "resumeAt"
       from messaging.outbox as waiting left join messaging.lane_state as lane on lane.queue = waiting.queue
       where waiting.state <> 'settled' and (waiting.not_before is null or waiting.not_before <= now())
         and ${ofPerson('waiting')}
       order by waiting.job, waiting.queue, waiting.id limit ${rowsMax}`,
      [accountId ?? null, identityIds],
    );
  }

  parked(accountId: string | undefined, identityIds: readonly string[]) {
    return this.dataSource.query<{ id: string; job: string; code: string; parkedAt: Date }[]>(
      `select id, job, code, parked_at as "parkedAt" from messaging.parked_job as parked
       where resolved_at is null and ${ofPerson('parked')} order by parked_at desc, id desc limit ${rowsMax}`,
      [accountId ?? null, identityIds],
    );
  }

  lastLogins(identityIds: readonly string[]): Promise<readonly Login[]> {
    return this.dataSource.query<Login[]>(
      `select login.identity_id as identity, login.at, login.outcome, login.code
       from unnest($1::uuid[]) as asked (id) cross join lateral (
         select identity_id, at, outcome, code from gateway.login where identity_id = asked.id
         order by at desc, id desc limit 1) as login`,
      [identityIds],
    );
  }
}

/** The last word on a held removal: what is said of the group itself comes first. */
const verdict = `(
  select verdict from console.removal_decision as decision
  where decision.config_version = held.config_version and ${concernsRemoval('decision', 'held', removedUsers)}
  order by decision.group_folded desc limit 1)`;

/** Jobs of the account are keyed by it, those of its identities and of people in directories by them. */
function ofPerson(row: string): string {
  return `((${row}.job in ('reconcile-account', 'provision-account') and ${row}.key = $1::text)
    or (${row}.job in ('map-claims', 'map-directory-user') and ${row}.key = any($2::text[])))`;
}
