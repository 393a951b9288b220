import { Injectable } from '@nestjs/common';
import { DirectoryPeople } from '@gatehouse/directory';
import type { DirectoryPerson } from '@gatehouse/directory';
import { codes, TerminalError } from '@gatehouse/errors';
import type { ErrorCode } from '@gatehouse/errors';
import { foldName } from '@gatehouse/mapping';
import type { Claims, LinkedIdentity } from '@gatehouse/mapping';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { RequestInvalidError } from '../api/request-invalid.js';

const identitiesMax = 50;
const shownMatches = 5;

export interface KnownIdentity {
  readonly identityId: string;
  readonly provider: string;
  readonly subject: string;
  readonly claims: Claims;
  /** Of claims that userinfo said; all others are of the ID token alone. */
  readonly sources: Readonly<Record<string, 'userinfo' | 'both'>>;
  readonly entries: readonly string[];
  readonly verifiedAt: Date;
  readonly refusedCode: ErrorCode | null;
}

export interface KnownDirectoryUser extends DirectoryPerson {
  readonly refusedCode: ErrorCode | null;
}

export interface KnownPerson {
  /** Undefined: an identity that has no account, or none yet. */
  readonly accountId: string | undefined;
  readonly nameFolded: string | undefined;
  readonly identities: readonly KnownIdentity[];
  readonly directoryUsers: readonly KnownDirectoryUser[];
  /** Both, in the order in which they were linked. */
  readonly sources: readonly LinkedIdentity[];
}

/** Whom an operator means. */
@Injectable()
export class People {
  constructor(
    private readonly dataSource: DataSource,
    private readonly directory: DirectoryPeople,
  ) {}

  /** @throws TerminalError `api.person_unknown`; RequestInvalidError where the text means several people */
  async find(text: string): Promise<KnownPerson> {
    const accounts = await this.accountsOf(text);
    if (accounts.length > 0) return this.ofAccount(onlyOne(accounts));
    const [identity] = only(await this.identitiesOf(text));
    const nobody = { accountId: undefined, nameFolded: undefined, identities: [], directoryUsers: [] };
    if (identity) return { ...nobody, identities: [identity], sources: [identity] };
    const unplaced = await this.directoryUsers(unplacedUsers, text);
    if (unplaced.length > 1) throw several(unplaced.map(({ identityId }) => identityId));
    if (unplaced.length === 0) throw new TerminalError('api.person_unknown', codes['api.person_unknown'].meaning);
    return { ...nobody, directoryUsers: unplaced, sources: unplaced };
  }

  /** @throws TerminalError `api.not_found` */
  async ofAccount(accountId: string): Promise<KnownPerson> {
    const [account] = await this.dataSource.query<{ name_folded: string }[]>(
      'select name_folded from mapping.account where id = $1',
      [accountId],
    );
    if (!account) throw new TerminalError('api.not_found', 'There is no account of this id.');
    const [identities, directoryUsers] = await Promise.all([
      this.dataSource.query<(KnownIdentity & Linked)[]>(
        `${selectIdentity} where link.account_id = $1 order by link.decided_at, identity.id limit ${identitiesMax}`,
        [accountId],
      ),
      this.directoryUsers(
        `select directory_user_id as id, null as code, decided_at as "linkedAt"
         from mapping.account_directory_user where account_id = $1 order by decided_at, id limit ${identitiesMax}`,
        accountId,
      ),
    ]);
    const sources = [...identities, ...directoryUsers].toSorted(byLinking);
    return { accountId, nameFolded: account.name_folded, identities, directoryUsers, sources };
  }

  /** @param select SQL of ours with one argument */
  private async directoryUsers(select: string, value: string): Promise<(KnownDirectoryUser & Linked)[]> {
    const rows = await this.dataSource.query<{ id: string; code: ErrorCode | null; linkedAt: Date }[]>(select, [value]);
    const people = await this.directory.read(
      this.dataSource.manager,
      rows.map(({ id }) => id),
    );
    return rows.flatMap(({ id, code: refusedCode, linkedAt }) => {
      const person = people.find(({ identityId }) => identityId === id);
      return person ? [{ ...person, refusedCode, linkedAt }] : [];
    });
  }

  private async accountsOf(text: string): Promise<readonly string[]> {
    if (z.uuid().safeParse(text).success) {
      const own = await this.ids('account.id = $1', text);
      if (own.length > 0) return own;
      const linked = await this.ids('link.identity_id = $1', text);
      return linked.length > 0 ? linked : this.ids('person.directory_user_id = $1', text);
    }
    const named = await this.ids('account.name_folded = $1', foldName(text));
    if (named.length > 0) return named;
    const inJira = await this.ids('jira.username is not null and lower(jira.username) = lower($1)', text);
    if (inJira.length > 0 || !text.includes('@')) return inJira;
    return this.ids(`lower(desired.content ->> 'email') = lower($1)`, text);
  }

  /** @param where SQL of ours with one argument */
  private async ids(where: string, value: string): Promise<readonly string[]> {
    const rows = await this.dataSource.query<{ id: string }[]>(
      `select distinct account.id from mapping.account as account
       left join mapping.account_identity as link on link.account_id = account.id
       left join mapping.account_directory_user as person on person.account_id = account.id
       left join sync.jira_account as jira on jira.account_id = account.id
       left join mapping.desired_access as desired on desired.account_id = account.id
       where ${where} limit ${shownMatches}`,
      [value],
    );
    return rows.map(({ id }) => id);
  }

  /** Of nobody's account: refused, or not mapped yet. */
  private identitiesOf(text: string): Promise<readonly KnownIdentity[]> {
    const isId = z.uuid().safeParse(text).success;
    const where = isId
      ? 'identity.id = $1'
      : `(identity.subject = $1 or lower(identity.claims ->> 'email') = lower($1)
          or lower(identity.claims ->> 'preferred_username') = lower($1))`;
    return this.dataSource.query<KnownIdentity[]>(
      `${selectIdentity} where link.account_id is null and ${where} order by identity.id limit ${shownMatches}`,
      [text],
    );
  }
}

interface Linked {
  readonly linkedAt: Date;
}

function byLinking(one: LinkedIdentity & Linked, other: LinkedIdentity & Linked): number {
  const difference = one.linkedAt.getTime() - other.linkedAt.getTime();
  return difference === 0 ? (one.identityId < other.identityId ? -1 : 1) : difference;
}

/** Of nobody's account: refused, or not mapped yet. */
const unplacedUsers = `
select person.id, link.refused_code as code, person.changed_at as "linkedAt" from directory.directory_user as person
left join mapping.account_directory_user as link on link.directory_user_id = person.id
where link.account_id is null
  and (person.id::text = $1 or person.external_id = $1 or lower(person.user_name) = lower($1))
order by person.id limit ${shownMatches}`;

const selectIdentity = `
select identity.id as "identityId", identity.provider, coalesce(link.decided_at, now()) as "linkedAt", identity.subject, identity.claims, identity.sources, identity.entries,
  identity.verified_at as "verifiedAt", link.refused_code as "refusedCode"
from gateway.identity as identity left join mapping.account_identity as link on link.identity_id = identity.id`;

function onlyOne(ids: readonly string[]): string {
  if (ids.length === 1) return ids[0]!;
  throw several(ids);
}

function only(identities: readonly KnownIdentity[]): readonly KnownIdentity[] {
  if (identities.length > 1) throw several(identities.map(({ identityId }) => identityId));
  return identities;
}

function several(ids: readonly string[]): RequestInvalidError {
  return new RequestInvalidError([{ path: 'person', message: `means several people: give one of ${ids.join(', ')}` }]);
}
