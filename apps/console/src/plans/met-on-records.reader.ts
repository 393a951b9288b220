import { Injectable } from '@nestjs/common';
import type { ConfigDocument, LinkKey } from '@gatehouse/contracts';
import { foldName, profileOf, rulesOf } from '@gatehouse/mapping';
import type { LinkVerdict } from '@gatehouse/mapping';
import { DataSource } from 'typeorm';
import type { MetRecord } from './compare-newcomer.js';
import { PeopleOnRecord } from './people-on-record.reader.js';
import type { UnlinkedIdentity } from './people-on-record.reader.js';

interface Row {
  readonly person: string;
  readonly by: LinkKey;
  readonly account: string;
  readonly verdict: LinkVerdict | null;
}

/** Which accounts people of directories would meet, of a page of them: as claim-mapping looks for them of one. */
@Injectable()
export class MetOnRecords {
  constructor(
    private readonly dataSource: DataSource,
    private readonly people: PeopleOnRecord,
  ) {}

  /** Whoever merely signs in meets nobody here. */
  async of(
    identities: readonly UnlinkedIdentity[],
    config: ConfigDocument,
  ): Promise<(directoryUserId: string) => readonly MetRecord[]> {
    const asked = identities.filter(({ directory }) => directory !== undefined);
    if (asked.length === 0) return () => [];
    const profiles = asked.map((one) => {
      const rules = rulesOf(one, config);
      return rules && profileOf(one.claims, rules.mapping);
    });
    const rows = await this.dataSource.query<Row[]>(selectMet, [
      asked.map(({ identityId }) => identityId),
      profiles.map((profile) => (profile?.username === undefined ? null : foldName(profile.username))),
      profiles.map((profile) => profile?.email ?? null),
    ]);
    const records = await this.people.ofIds([...new Set(rows.map(({ account }) => account))]);
    const met = rows.flatMap(({ person, by, account, verdict }) => {
      const record = records.get(account);
      return record ? [{ person, by, record, verdict: verdict ?? undefined }] : [];
    });
    return (id) => met.filter(({ person }) => person === id);
  }
}

const selectMet = `
select person.id as person, found.by, found.account, said.verdict
from unnest($1::uuid[], $2::text[], $3::text[]) as asked (id, name, email)
join directory.directory_user as person on person.id = asked.id
cross join lateral (
  select 'externalId' as by, link.account_id as account from gateway.identity as identity
  join mapping.account_identity as link on link.identity_id = identity.id
  where identity.provider = person.provider and identity.subject = person.external_id
  union
  select 'externalId', link.account_id from directory.directory_user as other
  join mapping.account_directory_user as link on link.directory_user_id = other.id
  where other.provider = person.provider and other.external_id = person.external_id and other.id <> person.id
  union
  select 'userName', link.account_id from mapping.account_identity as link
  join gateway.identity as identity on identity.id = link.identity_id
  where link.username_folded = asked.name and identity.provider = person.provider
  union
  select 'userName', named.id from mapping.account as named where named.name_folded = asked.name
  union
  select 'email', desired.account_id from mapping.desired_access as desired
  where lower(desired.content ->> 'email') = lower(asked.email)
    and lower((desired.content ->> 'email') collate "C") = lower(asked.email collate "C")
    and coalesce(
      (select true from mapping.account_identity where account_id = desired.account_id limit 1),
      (select true from mapping.account_directory_user where account_id = desired.account_id limit 1),
      (select jira_key is not null or create_intent is not null from sync.jira_account where account_id = desired.account_id),
      false)
) as found
left join console.link_decision as said
  on said.directory_user_id = person.id and said.target = 'account/' || found.account
where found.account is not null`;
