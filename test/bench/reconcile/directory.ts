import { randomUUID } from 'node:crypto';
import { desiredAccess } from '@gatehouse/mapping';
import type { DataSource } from 'typeorm';
import { config } from './installation.js';
import { claimsOf, groupsOf, issuer, keyOf, personName, provider } from './people.js';
import type { Shape } from './people.js';

/** Somebody whom Gatehouse has known for long: everything applied, and seen in Jira a day ago. */
export interface Known {
  readonly name: string;
  readonly jiraKey: string;
  readonly groups: readonly string[];
  readonly identityId: string;
  readonly accountId: string;
}

const batchSize = 1_000;

export function knownPerson(name: string, jiraKey: string, groups: readonly string[]): Known {
  return { name, jiraKey, groups, identityId: randomUUID(), accountId: randomUUID() };
}

export async function addDirectory(dataSource: DataSource, shape: Shape): Promise<Known[]> {
  await dataSource.query(`insert into console.config_version (document, actor) values ($1, 'bench')`, [config]);
  const people = Array.from({ length: shape.people }, (_, index) =>
    knownPerson(personName(index), keyOf(index), groupsOf(index, shape)),
  );
  await addPeople(dataSource, people);
  return people;
}

/** As rows, because 50,000 sign-ins are not what is measured. */
export async function addPeople(dataSource: DataSource, people: readonly Known[]): Promise<void> {
  for (let start = 0; start < people.length; start += batchSize) {
    const rows = people.slice(start, start + batchSize).map((person) => ({
      ...person,
      claims: claimsOf(person.name, person.groups),
      content: contentOf(person),
    }));
    await dataSource.query(insertPeople, [JSON.stringify(rows), provider, issuer]);
  }
  await dataSource.query(
    'analyze gateway.identity, mapping.account, mapping.account_identity, mapping.desired_access, sync.jira_account, sync.granted_membership',
  );
}

/** Of people who will sign in for the first time, only their identity is there. */
export async function addNewcomers(dataSource: DataSource, people: readonly Known[]): Promise<void> {
  const rows = people.map(({ identityId, name, groups }) => ({ identityId, name, claims: claimsOf(name, groups) }));
  await dataSource.query(`${recordset} ${insertIdentity}`, [JSON.stringify(rows), provider, issuer]);
}

export async function claimGroups(
  dataSource: DataSource,
  changes: readonly { readonly identityId: string; readonly groups: readonly string[] }[],
): Promise<void> {
  await dataSource.query(
    `update gateway.identity as known set claims = jsonb_set(claims, '{groups}', change.groups)
     from jsonb_to_recordset($1::jsonb) as change ("identityId" uuid, groups jsonb) where known.id = change."identityId"`,
    [JSON.stringify(changes)],
  );
}

/** What claim-mapping decides of it. */
function contentOf({ name, groups, identityId }: Known): unknown {
  const identities = [{ identityId, provider, claims: claimsOf(name, groups) }];
  return desiredAccess({ identities, nameFolded: name, config });
}

const recordset = `
with person as (select * from jsonb_to_recordset($1::jsonb) as row (
  "identityId" uuid, "accountId" uuid, name text, "jiraKey" text, claims jsonb, content jsonb))`;

const insertIdentity = `
insert into gateway.identity (id, provider, issuer, subject, claims)
select "identityId", $2, $3, 'subject-of-' || name, claims from person`;

const insertPeople = `${recordset}, identity as (${insertIdentity}), account as (
  insert into mapping.account (id, name_folded) select "accountId", lower(name) from person returning id
), link as (
  insert into mapping.account_identity (identity_id, account_id, username_folded)
  select "identityId", "accountId", lower(name) from person
  join account on account.id = "accountId"
), desired as (
  insert into mapping.desired_access (account_id, version, content, config_version)
  select "accountId", 1, content, 1 from person join account on account.id = "accountId"
), jira as (
  insert into sync.jira_account (account_id, jira_key, username, active, created_by_us, state, applied_version, verified_at)
  select "accountId", "jiraKey", name, true, true, 'ready', 1, now() - interval '30 hours' from person
)
insert into sync.granted_membership
  (account_id, group_folded, provider, reason, group_name, how, config_version, version, run_id)
select "accountId", lower(reason ->> 'group'), $2, 'on-the-fly ' || (reason ->> 'claimed'), reason ->> 'group', 'added', 1, 1, 0
from person, jsonb_array_elements(content #> '{groups,reasons}') as reason`;
