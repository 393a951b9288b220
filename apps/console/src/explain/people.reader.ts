import { Injectable } from '@nestjs/common';
import { TerminalError } from '@gatehouse/errors';
import type { ErrorCode } from '@gatehouse/errors';
import { foldName } from '@gatehouse/mapping';
import type { Claims } from '@gatehouse/mapping';
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
  readonly verifiedAt: Date;
  readonly refusedCode: ErrorCode | null;
}

export interface KnownPerson {
  /** Undefined: an identity that has no account, or none yet. */
  readonly accountId: string | undefined;
  readonly nameFolded: string | undefined;
  /** In the order in which they were linked. */
  readonly identities: readonly KnownIdentity[];
}

/** Whom an operator means. */
@Injectable()
export class People {
  constructor(private readonly dataSource: DataSource) {}

  /** @throws TerminalError `api.not_found`; RequestInvalidError where the text means several people */
  async find(text: string): Promise<KnownPerson> {
    const accounts = await this.accountsOf(text);
    if (accounts.length > 0) return this.ofAccount(onlyOne(accounts));
    const [identity] = only(await this.identitiesOf(text));
    if (!identity) throw new TerminalError('api.not_found', 'Nobody of this name, address or id is known.');
    return { accountId: undefined, nameFolded: undefined, identities: [identity] };
  }

  /** @throws TerminalError `api.not_found` */
  async ofAccount(accountId: string): Promise<KnownPerson> {
    const [account] = await this.dataSource.query<{ name_folded: string }[]>(
      'select name_folded from mapping.account where id = $1',
      [accountId],
    );
    if (!account) throw new TerminalError('api.not_found', 'There is no account of this id.');
    const identities = await this.dataSource.query<KnownIdentity[]>(
      `${selectIdentity} where link.account_id = $1 order by link.decided_at, identity.id limit ${identitiesMax}`,
      [accountId],
    );
    return { accountId, nameFolded: account.name_folded, identities };
  }

  private async accountsOf(text: string): Promise<readonly string[]> {
    if (z.uuid().safeParse(text).success) {
      const own = await this.ids('account.id = $1', text);
      return own.length > 0 ? own : this.ids('link.identity_id = $1', text);
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

const selectIdentity = `
select identity.id as "identityId", identity.provider, identity.subject, identity.claims, identity.sources,
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
