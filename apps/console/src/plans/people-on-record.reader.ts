import { Injectable } from '@nestjs/common';
import { DirectoryPeople } from '@gatehouse/directory';
import type { ErrorCode } from '@gatehouse/errors';
import { CreateIntent, DesiredAccess, standingOf } from '@gatehouse/mapping';
import type {
  AccountOnRecord,
  DeactivationFacts,
  LinkedIdentity,
  LedgerEntry,
  PersonOnRecord,
} from '@gatehouse/mapping';
import { DataSource } from 'typeorm';
import { WordsOnRecord } from './words-on-record.reader.js';

/** One page of claims has to fit into memory. */
export const pageSize = 200;
const identitiesMax = 50;

export interface AccountRecord {
  readonly accountId: string;
  readonly person: PersonOnRecord;
  /** In the order in which they were linked. */
  readonly identities: readonly LinkedIdentity[];
}

export interface UnlinkedIdentity extends LinkedIdentity {
  /** Why the last decision gave it no account. */
  readonly refusedCode: ErrorCode | null;
}

interface Row {
  readonly id: string;
  readonly name_folded: string;
  /** In the order in which they were linked; of people in directories the id alone. */
  readonly identities: (LinkedIdentity | { readonly directoryUserId: string })[];
  readonly decided: unknown;
  readonly jira_key: string | null;
  readonly username: string | null;
  readonly active: boolean | null;
  readonly state: PersonOnRecord['jira']['state'] | null;
  readonly code: string | null;
  readonly newcomer: boolean | null;
  readonly administers: boolean | null;
  readonly create_intent: unknown;
  readonly deactivated_by: PersonOnRecord['jira']['deactivatedBy'] | null;
  readonly created_by_us: boolean | null;
  readonly ledger: LedgerEntry[];
  readonly held: string[];
  readonly kept: string[] | null;
}

/** Everybody, page by page in the order of ids; whoever comes meanwhile is met or not. */
@Injectable()
export class PeopleOnRecord {
  constructor(
    private readonly dataSource: DataSource,
    private readonly directory: DirectoryPeople,
    private readonly words: WordsOnRecord,
  ) {}

  accounts(after: string | undefined): Promise<readonly AccountRecord[]> {
    const page = 'select id, name_folded from mapping.account where $1::uuid is null or id > $1 order by id limit $2';
    return this.records(page, [after ?? null, pageSize]);
  }

  async ofIds(ids: readonly string[]): Promise<ReadonlyMap<string, AccountRecord>> {
    if (ids.length === 0) return new Map();
    const page = 'select id, name_folded from mapping.account where id = any($1::uuid[])';
    const records = await this.records(page, [ids]);
    return new Map(records.map((record) => [record.accountId, record]));
  }

  async named(namesFolded: readonly string[]): Promise<ReadonlyMap<string, AccountRecord>> {
    if (namesFolded.length === 0) return new Map();
    const page = 'select id, name_folded from mapping.account where name_folded = any($1)';
    const records = await this.records(page, [namesFolded]);
    return new Map(records.map((record) => [record.person.nameFolded, record]));
  }

  unlinked(after: string | undefined): Promise<readonly UnlinkedIdentity[]> {
    return this.dataSource.query<UnlinkedIdentity[]>(
      `select identity.id as "identityId", identity.provider, identity.claims, identity.entries, link.refused_code as "refusedCode"
       from gateway.identity as identity left join mapping.account_identity as link on link.identity_id = identity.id
       where link.account_id is null and ($1::uuid is null or identity.id > $1) order by identity.id limit $2`,
      [after ?? null, pageSize],
    );
  }

  /** The same of people whom only a directory knows. @param provider given: of this one's */
  async unlinkedPeople(
    after: string | undefined,
    provider?: string,
    size = pageSize,
    only?: string,
  ): Promise<readonly UnlinkedIdentity[]> {
    const rows = await this.dataSource.query<{ id: string; refused: ErrorCode | null }[]>(
      `select person.id, link.refused_code as refused
       from directory.directory_user as person left join mapping.account_directory_user as link on link.directory_user_id = person.id
       where link.account_id is null and ($1::uuid is null or person.id > $1) and ($3::text is null or person.provider = $3)
         and ($4::uuid is null or person.id = $4)
       order by person.id limit $2`,
      [after ?? null, size, provider ?? null, only ?? null],
    );
    const refused = new Map(rows.map((row) => [row.id, row.refused]));
    const people = await this.directory.read(this.dataSource.manager, [...refused.keys()]);
    return people.map((person) => ({ ...person, refusedCode: refused.get(person.identityId) ?? null }));
  }

  /** @param page SQL of ours */
  private async records(page: string, values: readonly unknown[]): Promise<readonly AccountRecord[]> {
    const rows = await this.dataSource.query<Row[]>(recordsOf(page), [...values]);
    const wordsOf = await this.words.of(rows.map(({ id }) => id));
    const ids = rows.flatMap(({ identities }) =>
      identities.flatMap((one) => ('directoryUserId' in one ? [one.directoryUserId] : [])),
    );
    const people = ids.length > 0 ? await this.directory.read(this.dataSource.manager, ids) : [];
    const byId = new Map(people.map((person) => [person.identityId, person]));
    return rows.map((row) => recordOf(row, byId, wordsOf(row.id)));
  }
}

/** As far as it decides who may be linked to it. */
export function onRecord({ accountId, person, identities }: AccountRecord): AccountOnRecord {
  const { key, unansweredIntent, state } = person.jira;
  return {
    accountId,
    nameFolded: person.nameFolded,
    standing: standingOf({ jiraKey: key ?? null, createIntent: unansweredIntent ?? null, state: state ?? null }),
    identities,
    jiraKey: key,
    unansweredIntent,
    refused: undefined,
  };
}

function recordOf(row: Row, people: ReadonlyMap<string, LinkedIdentity>, words: DeactivationFacts): AccountRecord {
  return {
    accountId: row.id,
    identities: row.identities.flatMap((one) =>
      'directoryUserId' in one ? (people.get(one.directoryUserId) ?? []) : one,
    ),
    person: {
      nameFolded: row.name_folded,
      decided: row.decided === null ? undefined : DesiredAccess.parse(row.decided),
      jira: {
        key: row.jira_key ?? undefined,
        username: row.username ?? undefined,
        active: row.active ?? undefined,
        state: row.state ?? undefined,
        code: row.code ?? undefined,
        administers: row.administers ?? undefined,
        isNewcomer: row.newcomer ?? false,
        unansweredIntent: row.create_intent === null ? undefined : CreateIntent.parse(row.create_intent),
        deactivatedBy: row.deactivated_by ?? undefined,
        isCreatedByUs: row.created_by_us ?? false,
      },
      ledger: row.ledger,
      words,
      met: [...row.held, ...(row.kept ?? [])],
    },
  };
}

/** @param page SQL of ours */
function recordsOf(page: string): string {
  return `
with page as materialized (${page})
select page.id, page.name_folded, desired.content as decided, jira.jira_key, jira.username, jira.active, jira.state,
  jira.code, jira.newcomer, jira.administers, jira.create_intent, jira.deactivated_by, jira.created_by_us,
  linked.identities, known.ledger,
  array(select group_name from sync.held_removal as held where held.account_id = page.id) as held, met.kept
from page
left join mapping.desired_access as desired on desired.account_id = page.id
left join sync.jira_account as jira on jira.account_id = page.id
cross join lateral (
  select coalesce(jsonb_agg(one.identity), '[]') as identities from (
    select identity from (
      select jsonb_build_object('identityId', identity.id, 'provider', identity.provider, 'claims', identity.claims,
        'entries', identity.entries) as identity, link.decided_at, identity.id
      from mapping.account_identity as link join gateway.identity as identity on identity.id = link.identity_id
      where link.account_id = page.id
      union all
      select jsonb_build_object('directoryUserId', link.directory_user_id), link.decided_at, link.directory_user_id
      from mapping.account_directory_user as link where link.account_id = page.id
    ) as source order by decided_at, id limit ${identitiesMax}) as one) as linked
cross join lateral (
  select coalesce(jsonb_agg(jsonb_build_object(
    'group', group_name, 'provider', provider, 'reason', reason, 'how', how)), '[]') as ledger
  from sync.granted_membership as granted where granted.account_id = page.id) as known
left join lateral (
  select array(select jsonb_array_elements(run.plan -> 'kept') ->> 'group') as kept
  from sync.reconcile_run as run where run.account_id = page.id and run.plan ? 'add' order by run.id desc limit 1
) as met on true
order by page.id`;
}
