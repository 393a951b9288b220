import { Injectable } from '@nestjs/common';
import { DirectoryPeople } from '@gatehouse/directory';
import type { ErrorCode } from '@gatehouse/errors';
import { CreateIntent, standingOf } from '@gatehouse/mapping';
import type { AccountOnRecord, LinkedIdentity, MatchRecord } from '@gatehouse/mapping';
import type { VerifiedAnswer } from '@gatehouse/relying-party';
import { DataSource } from 'typeorm';

interface AccountRow {
  id: string;
  name_folded: string;
  jira_key: string | null;
  create_intent: unknown;
  state: string | null;
  code: ErrorCode | null;
  identities: (LinkedIdentity & Linked)[] | null;
}

interface Linked {
  /** As PostgreSQL writes a time in JSON: texts of one zone, so their order is that of the times. */
  readonly at: string;
}

/** What claim-mapping and group-sync have written of people, as far as a test has to know it. */
@Injectable()
export class AccountRecords {
  private readonly people = new DirectoryPeople();

  constructor(private readonly dataSource: DataSource) {}

  async of(provider: string, { issuer, subject }: VerifiedAnswer, nameFolded: string): Promise<MatchRecord> {
    const [own] = await this.dataSource.query<{ id: string; account_id: string | null }[]>(
      `select i.id, ai.account_id
       from gateway.identity i left join mapping.account_identity ai on ai.identity_id = i.id
       where i.provider = $1 and i.issuer = $2 and i.subject = $3`,
      [provider, issuer, subject],
    );
    return {
      identityId: own?.id,
      own: own?.account_id ? await this.account('a.id = $1', own.account_id) : undefined,
      named: await this.account('a.name_folded = $1', nameFolded),
    };
  }

  /** The account that a user of Jira belongs to already. */
  async holderOf(jiraKey: string): Promise<AccountOnRecord | undefined> {
    return this.account('j.jira_key = $1', jiraKey);
  }

  /** @param where SQL of ours with one argument */
  private async account(where: string, value: string): Promise<AccountOnRecord | undefined> {
    const [row] = await this.dataSource.query<AccountRow[]>(
      `select a.id, a.name_folded, j.jira_key, j.create_intent, j.state, j.code,
              (select json_agg(json_build_object('identityId', i.id, 'provider', i.provider, 'claims', i.claims,
                                                'at', l.decided_at at time zone 'utc')
                               order by l.decided_at, i.id)
               from mapping.account_identity l join gateway.identity i on i.id = l.identity_id
               where l.account_id = a.id) as identities
       from mapping.account a left join sync.jira_account j on j.account_id = a.id where ${where}`,
      [value],
    );
    return row && recordOf(row, await this.directoryUsers(row.id));
  }

  private async directoryUsers(accountId: string): Promise<(LinkedIdentity & Linked)[]> {
    const links = await this.dataSource.query<{ id: string; at: string }[]>(
      `select directory_user_id as id, to_json(decided_at at time zone 'utc') #>> '{}' as at
       from mapping.account_directory_user where account_id = $1`,
      [accountId],
    );
    const people = await this.people.read(
      this.dataSource.manager,
      links.map(({ id }) => id),
    );
    const times = new Map(links.map(({ id, at }) => [id, at]));
    return people.map((person) => ({ ...person, at: times.get(person.identityId)! }));
  }
}

function recordOf(row: AccountRow, directoryUsers: readonly (LinkedIdentity & Linked)[]): AccountOnRecord {
  const { jira_key: jiraKey, create_intent: createIntent, state } = row;
  return {
    accountId: row.id,
    nameFolded: row.name_folded,
    standing: standingOf({ jiraKey, createIntent, state }),
    identities: [...(row.identities ?? []), ...directoryUsers].toSorted(byLinking),
    jiraKey: jiraKey ?? undefined,
    unansweredIntent: createIntent === null ? undefined : CreateIntent.parse(createIntent),
    refused: state === 'refused' ? (row.code ?? undefined) : undefined,
  };
}

function byLinking(one: LinkedIdentity & Linked, other: LinkedIdentity & Linked): number {
  if (one.at === other.at) return one.identityId < other.identityId ? -1 : 1;
  return one.at < other.at ? -1 : 1;
}
