import { Injectable } from '@nestjs/common';
import type { ProviderProvisioning } from '@gatehouse/contracts';
import { DataSource } from 'typeorm';
import { etaSeconds } from '../resyncs/eta-seconds.js';

interface State {
  readonly active: number;
  readonly inactive: number;
  readonly removed: number;
  readonly left_out: number;
  readonly groups: number;
  readonly last_request: Date | null;
  readonly refused: ProviderProvisioning['refused'];
}

interface Work {
  readonly people: number;
  readonly groups: number;
  readonly is_everybody: boolean;
  readonly jobs: number;
  readonly oldest_seconds: number | null;
  readonly is_whole: boolean;
  readonly parked: number;
  readonly done: number;
  readonly elapsed_seconds: number;
}

/** Jobs that are looked at, waiting ones and those of the last minutes, whoever they are about. */
const jobsMax = 200_000;
const refusalsMax = 50;

/** What a provider's directory holds, and how far it has got: two statements, whatever its size. */
@Injectable()
export class ProviderProgress {
  constructor(private readonly dataSource: DataSource) {}

  async of(provider: string): Promise<ProviderProvisioning> {
    const [state] = await this.dataSource.query<[State]>(stateOfDirectory, [provider, refusalsMax]);
    const [work] = await this.dataSource.query<[Work]>(workOnIt, [provider, jobsMax]);
    const { active, inactive, removed, groups, left_out: leftOut, last_request: lastRequest, refused } = state;
    return {
      provider,
      people: { active, inactive, removed },
      leftOut,
      groups,
      lastRequestAt: lastRequest?.toISOString() ?? null,
      pending: {
        people: work.people,
        groups: work.groups,
        everybody: work.is_everybody,
        jobs: work.jobs,
        oldestSeconds: work.oldest_seconds,
        isWhole: work.is_whole,
      },
      parked: work.parked,
      refused,
      peopleDoneLately: work.done,
      etaSeconds: etaOf(work),
    };
  }
}

/** A group that waits, or a whole directory, leads to people whom nobody has counted yet. */
function etaOf({ people, groups, is_everybody: isEverybody, done, elapsed_seconds: elapsedSeconds }: Work) {
  if (people === 0 && (groups > 0 || isEverybody)) return null;
  return etaSeconds({ total: people + done, done, elapsedSeconds });
}

const stateOfDirectory = `
with known as materialized (
  select person.active, person.deleted_at, coalesce(link.refused_code, jira.code) as code,
    link.refused_code is not null or jira.state in ('refused', 'failed') as is_refused,
    link.refused_code is not distinct from 'directory.user_left_out' as is_left_out
  from directory.directory_user as person
  left join mapping.account_directory_user as link on link.directory_user_id = person.id
  left join sync.jira_account as jira on jira.account_id = link.account_id
  where person.provider = $1
), refused as (
  select coalesce(code, 'unknown') as code, count(*)::int as people from known
  where is_refused and not is_left_out and deleted_at is null group by 1 order by 2 desc, 1 limit $2
)
select count(*) filter (where deleted_at is null and active)::int as active,
  count(*) filter (where deleted_at is null and not active)::int as inactive,
  count(*) filter (where deleted_at is not null)::int as removed,
  count(*) filter (where deleted_at is null and is_left_out)::int as left_out,
  (select count(*)::int from directory.directory_group where provider = $1 and deleted_at is null) as groups,
  (select max(used.last_used_at) from directory.token_use as used
   left join console.scim_token as token on token.id = used.token_id
   where coalesce(used.provider, token.provider) = $1) as last_request,
  coalesce((select json_agg(json_build_object('code', code, 'people', people) order by people desc, code) from refused),
    '[]') as refused
from known`;

/** A person is done when neither the person nor the account has a job on its way or parked: one leads to the other. */
const workOnIt = `
with subject as materialized (
  select 'map-directory-user' as job, person.id::text as key, coalesce(link.account_id, person.id) as person
  from directory.directory_user as person
  left join mapping.account_directory_user as link on link.directory_user_id = person.id
  where person.provider = $1
  union all
  select about.job, link.account_id::text, link.account_id
  from directory.directory_user as person
  join mapping.account_directory_user as link on link.directory_user_id = person.id
  cross join (values ('reconcile-account'), ('end-sessions'), ('rename-account')) as about (job)
  where person.provider = $1 and link.account_id is not null
  union all
  select 'fan-out-group', id::text, null from directory.directory_group where provider = $1
  union all
  select job, $1, null from (values ('remap-provider'), ('pull-directory')) as everybody (job)
), seen as materialized (
  select id, job, key, greatest(created_at, not_before) as due_at from messaging.outbox
  where state <> 'settled' and (not_before is null or not_before <= now())
    and job in ('map-directory-user', 'fan-out-group', 'reconcile-account', 'end-sessions', 'rename-account',
      'remap-provider', 'pull-directory') limit $2::int
), waiting as materialized (
  select distinct on (seen.id) job, key, subject.person, seen.due_at
  from seen join subject using (job, key)
), lately as materialized (
  select job, key, settled_at from messaging.outbox
  where state = 'settled' and outcome = 'applied' and settled_at > now() - interval '5 minutes'
    and job in ('map-directory-user', 'reconcile-account', 'end-sessions') limit $2::int
), parked as materialized (
  select parked.id, subject.person from messaging.parked_job as parked join subject using (job, key)
  where parked.resolved_at is null
), told as (
  select subject.person, lately.settled_at from lately join subject using (job, key)
  union all select person, null from waiting
  union all select person, null from parked
), done as (
  select person, min(settled_at) as first_at from told group by 1 having bool_and(settled_at is not null)
)
select count(distinct person)::int as people, count(distinct key) filter (where job = 'fan-out-group')::int as groups,
  coalesce(bool_or(job in ('remap-provider', 'pull-directory')), false) as is_everybody,
  count(*)::int as jobs, extract(epoch from now() - min(due_at))::int as oldest_seconds,
  (select count(*) < $2 from seen) as is_whole,
  (select count(distinct id)::int from parked) as parked,
  (select count(*)::int from done) as done,
  (select greatest(1, coalesce(extract(epoch from now() - min(first_at)), 1))::int from done) as elapsed_seconds
from waiting`;
