import { Injectable } from '@nestjs/common';
import type { ConfigDocument } from '@gatehouse/contracts';
import { statement, Statements } from '@gatehouse/database';
import { foldName, isAgentByClaims, isOnTrial } from '@gatehouse/mapping';
import type { Identity } from '@gatehouse/mapping';
import { DataSource } from 'typeorm';

/** Somebody whose provider has just answered for them. */
interface Proved extends Identity {
  readonly issuer: string;
  readonly subject: string;
  readonly username: string | undefined;
}

/** Who is an agent of Jira Service Management, as far as we know without asking Jira (D7). */
@Injectable()
export class Agents {
  private readonly statements: Statements;

  constructor(dataSource: DataSource) {
    this.statements = new Statements(dataSource);
  }

  /** @param name a username or an e-mail address, as somebody typed it: it proves nothing */
  async isKnown(name: string, { settings }: ConfigDocument): Promise<boolean> {
    const groups = settings.customerPortal.agentGroups.map(foldName);
    return (await this.statements.first(findNamed, [foldName(name), groups])) !== undefined;
  }

  /**
   * Of a verified answer: what its account has, or will have by these claims. Where the directory of the provider has the
   * person, it says the groups, and the claims, which may be older, say none.
   */
  async isOne(proved: Proved, document: ConfigDocument): Promise<boolean> {
    const { provider, issuer, subject, username } = proved;
    const name = username === undefined ? null : foldName(username);
    const groups = document.settings.customerPortal.agentGroups.map(foldName);
    const account = await this.statements.first(findProved, [provider, issuer, subject, name, groups]);
    if (account?.is_agent) return true;
    const isSaidByDirectory = account?.is_in_directory === true && !isOnTrial(provider, document);
    return !isSaidByDirectory && isAgentByClaims(proved, document);
  }
}

/** A group is wanted, or was given to somebody new and is kept. @param groups folded: SQL, never a value, as `account` is */
const isAgent = (account: string, groups: string) => `exists (
  select from mapping.desired_access as desired
  where desired.account_id = ${account} and desired.content -> 'deactivated' is null and (
    exists (
      select from jsonb_array_elements_text(desired.content #> '{groups,wanted}') as wanted (name)
      where lower(normalize(wanted.name)) = any(${groups}))
    or exists (
      select from sync.granted_membership as given
      where given.account_id = desired.account_id and given.group_folded = any(${groups}))))`;

/** `$1` folded name or address, `$2` folded groups. */
const findNamed = statement<{ account_id: string }>(`
select meant.account_id
from (
  select id as account_id from mapping.account where name_folded = $1::text
  union
  select account_id from mapping.desired_access where lower(content ->> 'email') = $1::text
) as meant
where ${isAgent('meant.account_id', '$2::text[]')}
limit 1`);

/**
 * The account that claim-mapping places the sign-in in, found in its order: where the identity is, by the provider's id, by
 * the name at the provider, by the name of the account. Never by an address: another person's username may be one.
 */
const findProved = statement<{ is_agent: boolean; is_in_directory: boolean }>(`
select ${isAgent('found.account_id', '$5::text[]')} as is_agent,
       exists (
         select from mapping.account_directory_user as link
         join directory.directory_user as person on person.id = link.directory_user_id
         where link.account_id = found.account_id and person.provider = $1::text and person.deleted_at is null
       ) as is_in_directory
from (
  select coalesce(
    (select link.account_id from gateway.identity as identity
     join mapping.account_identity as link on link.identity_id = identity.id
     where identity.provider = $1::text and identity.issuer = $2::text and identity.subject = $3::text),
    (select (array_agg(distinct link.account_id))[1] from directory.directory_user as person
     join mapping.account_directory_user as link on link.directory_user_id = person.id
     where person.provider = $1::text and person.external_id = $3::text and link.account_id is not null
     having count(distinct link.account_id) = 1),
    (select link.account_id from directory.directory_user as person
     join mapping.account_directory_user as link on link.directory_user_id = person.id
     where person.provider = $1::text and person.user_name_folded = $4::text and person.deleted_at is null),
    (select id from mapping.account where name_folded = $4::text)
  ) as account_id
) as found
where found.account_id is not null`);
