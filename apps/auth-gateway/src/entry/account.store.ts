import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { EntityManager } from 'typeorm';
import { LiveConfigReader } from '@gatehouse/database';
import type { AccountFacts } from './account-standing.js';

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
}

/** `$1` hours for which a verified username may be handed to Jira. */
const verified = `ja.verified_at > now() - make_interval(hours => $1)`;

/** Reads what claim-mapping and group-sync write. */
@Injectable()
export class AccountStore {
  constructor(
    private readonly dataSource: DataSource,
    private readonly liveConfig: LiveConfigReader,
  ) {}

  async factsOf(identityId: string, manager: EntityManager = this.dataSource.manager): Promise<AccountFacts> {
    const rows = await manager.query<FactsRow[]>(
      `select ai.account_id, ai.refused_code, ja.state, ja.active, ja.code, ${verified} as verified
       from mapping.account_identity ai left join sync.jira_account ja on ja.account_id = ai.account_id
       where ai.identity_id = $2`,
      [await this.verifiedHours(), identityId],
    );
    const row = rows[0];
    return {
      accountId: row?.account_id ?? null,
      refusedCode: row?.refused_code ?? null,
      state: row?.state ?? null,
      active: row?.active ?? null,
      verified: row?.verified ?? false,
      code: row?.code ?? null,
    };
  }

  /** The identity must still belong to the account: an unlinked one hands over nothing, whatever its session says. */
  async usable(accountId: string, identityId: string): Promise<UsableAccount | undefined> {
    const rows = await this.dataSource.query<{ username: string }[]>(
      `select ja.username from sync.jira_account ja
       join mapping.account_identity ai on ai.account_id = ja.account_id
       where ja.account_id = $2 and ai.identity_id = $3 and ai.refused_code is null
         and ja.state = 'ready' and ja.active and ja.username is not null and ${verified}`,
      [await this.verifiedHours(), accountId, identityId],
    );
    return rows[0] && { accountId, username: rows[0].username };
  }

  private async verifiedHours(): Promise<number> {
    return (await this.liveConfig.current()).document.settings.usernameVerifiedHours;
  }
}
