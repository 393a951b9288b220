import { Injectable } from '@nestjs/common';
import { beside, inOrderOf } from '@gatehouse/database';
import type { EntityManager } from 'typeorm';
import type { Candidate } from './candidate.js';

/** Several accounts of one person would be a fault of the past, and none of them is the right one then. */
const shownMax = 2;

/** Accounts that one provider's own words lead to: what it says at a sign-in and what its directory says. */
@Injectable()
export class AcquaintancesStore {
  /** The account of whoever this provider calls by the same id. */
  async byProviderId(manager: EntityManager, candidate: Candidate): Promise<string | undefined> {
    const { provider, providerId, identityId } = candidate;
    if (providerId === undefined) return undefined;
    return this.only(
      manager,
      `${byPerson(`id <> $3 and provider = $1 and ${inOrderOf('external_id', '$2')}`)}
       ${candidate.directory ? `union ${byIdentity}` : ''}`,
      [provider, providerId, identityId],
    );
  }

  /** The account of whoever has the same name at this provider on the other way, whatever that account was called first. */
  async byName(manager: EntityManager, { provider, directory }: Candidate, name: string): Promise<string | undefined> {
    return this.only(
      manager,
      directory
        ? `select link.account_id from mapping.account_identity as link
           join gateway.identity as identity on identity.id = link.identity_id
           where link.username_folded = $2 and ${beside('identity.provider', '$1')} and link.account_id is not null`
        : byPerson(`deleted_at is null and provider = $1 and ${inOrderOf('user_name_folded', '$2')}`),
      [provider, name],
    );
  }

  /**
   * The accounts of whoever has this address, as it was decided for them; two at most, of which none is meant. The index
   * narrows it; addresses are equal where they differ in the case of ASCII letters only. One that everybody has left is
   * nobody's, and would make the address ambiguous for ever.
   */
  async byEmail(manager: EntityManager, email: string): Promise<string[]> {
    const rows = await manager.query<{ account_id: string }[]>(
      `select account_id from mapping.desired_access as desired
       where lower(content ->> 'email') = lower($1)
         and lower((content ->> 'email') collate "C") = lower($1 collate "C")
         and ${isSomebodys('desired.account_id')} limit ${shownMax}`,
      [email],
    );
    return rows.map(({ account_id }) => account_id);
  }

  private async only(manager: EntityManager, select: string, values: readonly string[]): Promise<string | undefined> {
    const rows = await manager.query<{ account_id: string }[]>(
      `select distinct account_id from (${select}) as met limit ${shownMax}`,
      [...values],
    );
    return rows.length === 1 ? rows[0]!.account_id : undefined;
  }
}

/** A scalar subquery is a look by key; of `exists` between `or` PostgreSQL may make one table of everybody's links. */
function isSomebodys(account: string): string {
  return `coalesce(
    (select true from mapping.account_identity where account_id = ${account} limit 1),
    (select true from mapping.account_directory_user where account_id = ${account} limit 1),
    (select jira_key is not null or create_intent is not null from sync.jira_account where account_id = ${account}),
    false)`;
}

/**
 * The link of each person who was found. As a join it was planned for many of them: each sign-in read the links of
 * everybody in the directory (45 ms of 50,000).
 */
function byPerson(condition: string): string {
  return `
select link.account_id from (select id from directory.directory_user where ${condition}) as person
cross join lateral (
  select account_id from mapping.account_directory_user where directory_user_id = person.id offset 0) as link
where link.account_id is not null`;
}

const byIdentity = `
select link.account_id from (
  select id from gateway.identity where provider = $1 and ${inOrderOf('subject', '$2')}) as identity
cross join lateral (select account_id from mapping.account_identity where identity_id = identity.id offset 0) as link
where link.account_id is not null`;
