import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { LiveConfigReader, statement, Statements } from '@gatehouse/database';
import type { AccountFacts } from './account-standing.js';
import { isDeactivated } from './deactivation-sql.js';
import { directoryPolicyOf } from './directory-policy.js';
import type { DirectoryPolicy } from './directory-policy.js';

export interface UsableAccount {
  readonly accountId: string;
  /** Exactly as Jira spells it. */
  readonly username: string;
}

interface FactsRow {
  account_id: string | null;
  refused_code: string | null;
  state: AccountFacts['state'];
  active: boolean | null;
  verified: boolean | null;
  code: string | null;
  deactivated: boolean | null;
}

/** `hours` for which a verified username may be handed to Jira. */
const verified = (hours: string) => `ja.verified_at > now() - make_interval(hours => ${hours})`;

/**
 * Joins `account_identity ai` and `jira_account ja` to an identity whose account may go to Jira now. The identity must
 * still belong to the account: an unlinked one hands over nothing, whatever its session says. All arguments are SQL.
 */
export function joinUsableAccount(identity: string, hours: string): string {
  return `
  join mapping.account_identity ai on ai.identity_id = ${identity} and ai.refused_code is null
  join sync.jira_account ja
    on ja.account_id = ai.account_id and ja.state = 'ready' and ja.active and ja.username is not null
    and ${verified(hours)}`;
}

/** Of a row of `gateway.identity` and one of `mapping.account_identity`, what `isDeactivated` asks. */
export function linkedIdentity(identity: string, link: string) {
  return {
    provider: `${identity}.provider`,
    subject: `${identity}.subject`,
    username: `${link}.username_folded`,
    account: `${link}.account_id`,
  };
}

/** Reads what claim-mapping and group-sync write. */
@Injectable()
export class AccountStore {
  private readonly statements: Statements;

  constructor(
    dataSource: DataSource,
    private readonly liveConfig: LiveConfigReader,
  ) {
    this.statements = new Statements(dataSource);
  }

  async factsOf(identityId: string): Promise<AccountFacts> {
    return factsOfRow(
      await this.statements.first(readFacts, [await this.verifiedHours(), identityId, ...(await this.policy())]),
    );
  }

  async usable(accountId: string, identityId: string): Promise<UsableAccount | undefined> {
    const row = await this.statements.first(readUsable, [
      await this.verifiedHours(),
      accountId,
      identityId,
      ...(await this.policy()),
    ]);
    return row && { accountId, username: row.username };
  }

  private async policy(): Promise<[unheeded: readonly string[], overruling: readonly string[]]> {
    const { unheeded, overruling } = await this.directoryPolicy();
    return [unheeded, overruling];
  }

  async directoryPolicy(): Promise<DirectoryPolicy> {
    return directoryPolicyOf((await this.liveConfig.current()).document);
  }

  async verifiedHours(): Promise<number> {
    return (await this.liveConfig.current()).document.settings.usernameVerifiedHours;
  }
}

function factsOfRow(row: FactsRow | undefined): AccountFacts {
  return {
    accountId: row?.account_id ?? null,
    refusedCode: row?.refused_code ?? null,
    state: row?.state ?? null,
    active: row?.active ?? null,
    verified: row?.verified ?? false,
    code: row?.code ?? null,
    deactivated: row?.deactivated ?? false,
  };
}

const facts = `ai.account_id, ai.refused_code, ja.state, ja.active, ja.code, ${verified('$1::integer')} as verified`;

const readFacts = statement<FactsRow>(
  `select ${facts},
     ${isDeactivated({ ...linkedIdentity('who', 'ai'), unheeded: '$3::text[]', overruling: '$4::text[]' })} as deactivated
   from gateway.identity who
   left join mapping.account_identity ai on ai.identity_id = who.id
   left join sync.jira_account ja on ja.account_id = ai.account_id
   where who.id = $2`,
);

const readUsable = statement<{ username: string }>(
  `select ja.username from gateway.identity who ${joinUsableAccount('who.id', '$1::integer')}
   where who.id = $3 and ai.account_id = $2
     and not ${isDeactivated({ ...linkedIdentity('who', 'ai'), unheeded: '$4::text[]', overruling: '$5::text[]' })}`,
);
