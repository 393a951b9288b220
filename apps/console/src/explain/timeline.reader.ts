import { Injectable } from '@nestjs/common';
import type { TimelineFact } from '@gatehouse/contracts';
import { DataSource } from 'typeorm';
import { positionTime } from '../audit/page-position.js';

type Kind = TimelineFact['kind'];

export interface TimelineRow {
  readonly at: Date;
  readonly kind: Kind;
  readonly id: string;
  readonly code: string | null;
  readonly trace_id: string | null;
  readonly details: Readonly<Record<string, unknown>>;
  /** With microseconds, which a Date would lose. */
  readonly position_time: string;
}

interface Source {
  /** Columns at, id, code, trace_id and details, from a constant of ours. $1 is the account, $2 its identities and people in directories. */
  readonly select: string;
  /** The moment of the fact, as it stands in the table. */
  readonly at: string;
  readonly id: string;
}

const changesShown = 200;

const sources: Readonly<Record<Kind, Source>> = {
  login: {
    at: 'login.at',
    id: 'login.id::text',
    select: `login.code, login.trace_id,
      jsonb_build_object('provider', provider, 'outcome', outcome, 'reason', reason, 'identity', identity_id) as details
      from gateway.login as login where login.identity_id = any($2::uuid[])`,
  },
  mapped: {
    at: 'link.decided_at',
    id: 'link.id::text',
    select: `link.refused_code as code, null::text as trace_id,
      jsonb_build_object(link.what, link.id, 'linked', link.refused_code is null) as details
      from (
        select identity_id as id, account_id, refused_code, decided_at, 'identity' as what from mapping.account_identity
        union all
        select directory_user_id, account_id, refused_code, decided_at, 'directoryUser'
        from mapping.account_directory_user
      ) as link where link.account_id = $1`,
  },
  directory: {
    at: 'coalesce(person.deleted_at, person.changed_at)',
    id: 'person.id::text',
    select: `case when person.deleted_at is not null then 'directory.user_removed'
        when not person.active then 'directory.user_inactive' end as code, null::text as trace_id,
      jsonb_build_object('provider', person.provider, 'directoryUser', person.id, 'version', person.version,
        'active', person.active, 'removed', person.deleted_at is not null) as details
      from directory.directory_user as person
      where person.id in (select directory_user_id from mapping.account_directory_user where account_id = $1)`,
  },
  desired: {
    at: 'desired.decided_at',
    id: 'desired.version::text',
    select: `null::text as code, null::text as trace_id,
      jsonb_build_object('version', version, 'configVersion', config_version,
        'deactivated', content -> 'deactivated', 'lifted', content -> 'lifted', 'wanted', content #> '{groups,wanted}',
        'reasons', content #> '{groups,reasons}', 'holds', content #> '{groups,holds}') as details
      from mapping.desired_access as desired where desired.account_id = $1`,
  },
  run: {
    at: 'run.finished_at',
    id: 'run.id::text',
    select: `run.code, run.trace_id,
      jsonb_build_object('outcome', outcome, 'version', version, 'attempt', attempt, 'lane', lane,
        'jiraCalls', jira_calls, 'startedAt', started_at, 'paused', plan -> 'paused', 'held', plan -> 'held',
        'changes', coalesce(jsonb_path_query_array(plan, '$.changes[0 to ${changesShown - 1}]'), '[]')) as details
      from sync.reconcile_run as run where run.account_id = $1`,
  },
  attempt: {
    at: 'attempt.at',
    id: 'attempt.id::text',
    select: `attempt.code, attempt.trace_id,
      jsonb_build_object('job', job, 'queue', queue, 'attempt', attempt, 'outcome', outcome) as details
      from messaging.job_attempt as attempt where ${ofPerson('attempt')}`,
  },
  parked: {
    at: 'parked.parked_at',
    id: 'parked.id::text',
    select: `parked.code, parked.trace_id,
      jsonb_build_object('job', job, 'queue', queue, 'attempts', attempts, 'message', message) as details
      from messaging.parked_job as parked where parked.resolved_at is null and ${ofPerson('parked')}`,
  },
  session: {
    at: 'session.created_at',
    id: 'session.id::text',
    select: `null::text as code, null::text as trace_id,
      jsonb_build_object('identity', identity_id, 'expiresAt', expires_at, 'remembered', remembered) as details
      from gateway.session as session where session.account_id = $1`,
  },
  ordered: {
    at: 'given.ordered_at',
    id: 'given.id::text',
    select: `null::text as code, null::text as trace_id,
      jsonb_build_object('order', kind, 'actor', actor, 'reason', reason) as details
      from console.account_order as given where given.account_id = $1`,
  },
  'session-ended': {
    at: 'session.ended_at',
    id: 'session.id::text',
    select: `null::text as code, null::text as trace_id,
      jsonb_build_object('identity', identity_id, 'reason', ended_reason) as details
      from gateway.session as session where session.account_id = $1 and session.ended_at is not null`,
  },
};

/** Belongs to no identity, even where the person had one: known is what the provider calls them, whatever its issuer was then. */
const refusedLogin: Source = {
  at: 'login.at',
  id: 'login.id::text',
  select: `login.code, login.trace_id,
    jsonb_build_object('provider', login.provider, 'outcome', outcome, 'reason', reason, 'identity', known.id) as details
    from (
      select distinct on (provider, subject) id, provider, subject from gateway.identity
      where id = any($2::uuid[]) order by provider, subject, verified_at desc
    ) as known join gateway.login as login
      on login.identity_id is null and login.provider = known.provider and login.subject = known.subject
    where true`,
};

/** What every service has written of one person, as one list. */
@Injectable()
export class Timeline {
  constructor(private readonly dataSource: DataSource) {}

  /** Each source gives no more than a page of its own, so a page costs the same whatever lies behind it. */
  async page(
    who: { readonly accountId: string; readonly identityIds: readonly string[] },
    { kinds, after, limit }: { kinds: readonly Kind[]; after: readonly [string, string] | undefined; limit: number },
  ): Promise<readonly TimelineRow[]> {
    const parts = kinds.map((kind) => partOf(kind, sources[kind]));
    if (kinds.includes('login')) parts.push(partOf('login', refusedLogin));
    return this.dataSource.query<TimelineRow[]>(
      `select *, ${positionTime} as position_time from (${parts.join(' union all ')}) as facts
       order by at desc, key desc limit $5`,
      [who.accountId, who.identityIds, after?.[0] ?? null, after?.[1] ?? null, limit],
    );
  }
}

/** Facts of one moment are told apart by `kind/id`. Every parameter is named, whatever the source needs. */
function partOf(kind: Kind, { at, id, select }: Source): string {
  const key = `'${kind}/' || ${id}`;
  return `(select ${at} as at, '${kind}' as kind, ${id} as id, ${key} as key, ${select}
    and ($1::uuid is not null and $2::uuid[] is not null)
    and ($3::timestamptz is null or ${at} <= $3::timestamptz)
    and ($3::timestamptz is null or (${at}, ${key}) < ($3::timestamptz, $4::text))
    order by ${at} desc, ${key} desc limit $5)`;
}

function ofPerson(table: string): string {
  return `((${table}.job in ('reconcile-account', 'rename-account') and ${table}.key = $1::uuid::text)
    or (${table}.job in ('decide-account', 'end-sessions') and ${table}.key = $1::uuid::text)
    or (${table}.job in ('map-claims', 'map-directory-user') and ${table}.key = any($2::uuid[]::text[])))`;
}
