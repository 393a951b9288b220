import { auditPosition, loginPosition } from '../audit/page-position.js';

const columns = 'id, person, at, provider, user_name, account, jira_key, username, met_by, code, outcome';

const undecided = (target: string, at: string) => `not exists (
    select 1 from console.link_decision as said
    where said.directory_user_id = person.id and said.target = ${target} and said.decided_at >= ${at})`;

/** Of a person the newest question, as long as nobody has answered it. */
const waiting = {
  table: `(
  select person.id, person.id as person, met.at, person.provider, person.user_name, met.account_id as account,
    null::text as jira_key, jira.username, met.met_by, met.code, 'waiting' as outcome
  from mapping.account_directory_user as link
  join directory.directory_user as person on person.id = link.directory_user_id and person.deleted_at is null
  cross join lateral (
    select * from mapping.directory_meeting as one where one.directory_user_id = person.id order by one.id desc limit 1) as met
  left join sync.jira_account as jira on jira.account_id = met.account_id
  where link.refused_code = 'match.link_undecided' and met.outcome = 'asked'
    and ${undecided(`'account/' || met.account_id`, 'met.at')}
  union all
  select person.id, person.id, asked.asked_at, person.provider, person.user_name, null, asked.jira_key, asked.username, null,
    asked.code, 'waiting'
  from sync.adoption_question as asked
  join sync.jira_account as jira on jira.account_id = asked.account_id and jira.state = 'refused' and jira.code = asked.code
  join mapping.account_directory_user as link on link.account_id = asked.account_id
  join directory.directory_user as person on person.id = link.directory_user_id and person.deleted_at is null
  where ${undecided(`'jira/' || asked.jira_key`, 'asked.asked_at')}
) as links`,
  columns,
  idType: 'uuid',
  position: loginPosition,
} as const;

/** What has happened does not end with the person: who was removed is told too. */
const met = {
  table: `(
  select met.id, person.id as person, met.at, person.provider, person.user_name, met.account_id as account,
    null::text as jira_key, jira.username, met.met_by, met.code, met.outcome
  from mapping.directory_meeting as met
  join directory.directory_user as person on person.id = met.directory_user_id
  left join sync.jira_account as jira on jira.account_id = met.account_id
) as meetings`,
  columns,
  idType: 'bigint',
  position: auditPosition,
} as const;

export const linkLists = { waiting, linked: met, refused: met };
