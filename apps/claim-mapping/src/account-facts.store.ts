import { Injectable } from '@nestjs/common';
import type { ConfigDocument } from '@gatehouse/contracts';
import type { Asking } from '@gatehouse/database';
import { DirectoryPeople } from '@gatehouse/directory';
import { overrulingProviders, readWords, removesUsers, unheededWords, wordOf } from '@gatehouse/mapping';
import type { AdoptionWord, DeactivationFacts, DirectoryRow, LinkedIdentity } from '@gatehouse/mapping';

/** The columns of `factColumns`. Times are text: they come out of JSON. */
export interface FactsRow {
  readonly linked: readonly { readonly id: string; readonly isPerson: boolean }[];
  readonly identities: readonly (LinkedIdentity & { readonly at: string })[];
  readonly words: readonly WordRow[];
  readonly ordered: {
    readonly kind: 'deactivate' | 'reactivate';
    readonly at: string;
    readonly lifts: Record<string, number>;
  } | null;
  readonly inactive_since: Date | null;
  readonly adoption: AdoptionWord | null;
  readonly has_open_session: boolean;
  readonly last: { readonly content: unknown; readonly configVersion: number; readonly decidedAt: string } | null;
}

interface WordRow {
  readonly id: string;
  readonly provider: string;
  readonly active: boolean;
  readonly version: number;
  readonly changedAt: string;
  readonly removedAt: string | null;
}

/** All that claim-mapping knows of one account. */
export interface AccountFacts {
  /** Whoever signs in to it and whom directories mean by it, in the order in which they were linked. */
  readonly sources: readonly LinkedIdentity[];
  /** What directories, administrators and sign-ins say about whether it may be used. */
  words(config: ConfigDocument): DeactivationFacts;
  /** Also of somebody who came in when they had been let in again, before that was ever decided here. */
  readonly hasOpenSession: boolean;
  /** What an administrator decided last about the Jira user that people of directories lead to. */
  readonly adoptionWord: AdoptionWord | undefined;
  /** What was decided before, also by an older version of Gatehouse. */
  readonly last: FactsRow['last'];
}

@Injectable()
export class AccountFactsStore {
  constructor(private readonly people: DirectoryPeople) {}

  /** The account must be locked. */
  async of(manager: Asking, accountId: string): Promise<AccountFacts> {
    const [row] = await manager.query<FactsRow[]>(readFacts, [accountId]);
    return this.from(manager, row!);
  }

  async from(manager: Asking, row: FactsRow): Promise<AccountFacts> {
    const peopleIds = row.linked.filter(({ isPerson }) => isPerson).map(({ id }) => id);
    const people = peopleIds.length > 0 ? await this.people.read(manager, peopleIds) : [];
    const identities = row.identities.map(({ identityId, provider, claims, entries }) => ({
      identityId,
      provider,
      claims,
      entries,
    }));
    const byId = new Map([...identities, ...people].map((source) => [source.identityId, source]));
    return {
      sources: row.linked.flatMap(({ id }) => byId.get(id) ?? []),
      words: (config) => wordsOf(row, config),
      hasOpenSession: row.has_open_session,
      adoptionWord: row.adoption ?? undefined,
      last: row.last,
    };
  }
}

function wordsOf(row: FactsRow, config: ConfigDocument): DeactivationFacts {
  const { words, ordered, inactive_since, identities, last } = row;
  const unheeded = new Set(unheededWords(config));
  return {
    directory: readWords(words.map(rowOf)).map((word) => ({
      ...word,
      isUnheeded: unheeded.has(wordOf(word)),
      removesUser: removesUsers(word.provider, config),
    })),
    order: ordered ? { kind: ordered.kind, orderedAt: new Date(ordered.at), lifts: ordered.lifts } : undefined,
    inactiveSince: inactive_since ?? undefined,
    signIns: identities.map(({ provider, at }) => ({ provider, at: new Date(at) })),
    overruling: new Set(overrulingProviders(config)),
    decidedAt: last ? new Date(last.decidedAt) : undefined,
  };
}

function rowOf({ id, removedAt, changedAt, ...row }: WordRow): DirectoryRow {
  const removed = removedAt === null ? undefined : new Date(removedAt);
  return { ...row, directoryUserId: id, removedAt: removed, changedAt: new Date(changedAt) };
}

const jiraTarget = 'jira/';

/** One statement's worth, because what mapping a person costs is mostly how often PostgreSQL is asked. @param account SQL, never a value */
export function factColumns(account: string): string {
  return `
  (select coalesce(jsonb_agg(jsonb_build_object('id', id, 'isPerson', is_person) order by decided_at, id), '[]') from (
     select identity_id as id, false as is_person, decided_at from mapping.account_identity where account_id = ${account}
     union all
     select directory_user_id, true, decided_at from mapping.account_directory_user where account_id = ${account}) as link
  ) as linked,
  (select coalesce(jsonb_agg(jsonb_build_object('identityId', one.id, 'provider', one.provider, 'claims', one.claims,
     'entries', one.entries, 'at', one.verified_at)), '[]')
   from mapping.account_identity as link join gateway.identity as one on one.id = link.identity_id
   where link.account_id = ${account}) as identities,
  (select coalesce(jsonb_agg(jsonb_build_object('id', said.id, 'provider', said.provider, 'active', said.active,
     'version', said.version, 'changedAt', said.changed_at, 'removedAt', said.deleted_at)), '[]')
   from mapping.account_directory_user as link join directory.directory_user as said on said.id = link.directory_user_id
   where link.account_id = ${account}) as words,
  (select jsonb_build_object('kind', kind, 'at', ordered_at, 'lifts', lifts)
   from console.account_order where account_id = ${account} order by id desc limit 1) as ordered,
  (select jsonb_build_object('jiraKey', substr(said.target, ${jiraTarget.length + 1}), 'verdict', said.verdict)
   from mapping.account_directory_user as link cross join lateral (
     select target, verdict, decided_at from console.link_decision
     where directory_user_id = link.directory_user_id and starts_with(target, '${jiraTarget}') offset 0) as said
   where link.account_id = ${account}
   order by said.decided_at desc, said.target limit 1) as adoption,
  exists (select 1 from gateway.session where account_id = ${account} and ended_at is null) as has_open_session,
  (select since from mapping.inactive_account where account_id = ${account}) as inactive_since,
  (select jsonb_build_object('content', content, 'configVersion', config_version, 'decidedAt', decided_at)
   from mapping.desired_access where account_id = ${account}) as last`;
}

const readFacts = `select ${factColumns('$1::uuid')}`;
