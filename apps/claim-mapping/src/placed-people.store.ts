import { Injectable } from '@nestjs/common';
import { LiveConfigReader, plannedAsking, statement, Statements } from '@gatehouse/database';
import type { Asking, LiveConfig } from '@gatehouse/database';
import { DataSource } from 'typeorm';
import { AccountFactsStore, factColumns } from './account-facts.store.js';
import type { AccountFacts, FactsRow } from './account-facts.store.js';
import { accountColumns, accountOf } from './accounts.store.js';
import type { Account, AccountRecord } from './accounts.store.js';
import { usernameFolded } from './candidate.js';
import { unplacedPeople } from './directory-links.store.js';
import { stays } from './placement.service.js';

/** An account to which somebody belongs already, with the newest configuration. */
export interface Placed {
  readonly account: Account;
  readonly facts: AccountFacts;
  readonly config: LiveConfig;
}

interface PlacedRow extends AccountRecord, FactsRow {
  readonly config_version: number;
  /** By which the directory of an identity's provider may find it. */
  readonly link_username: string | null;
}

/**
 * People for whom only their account has to be decided anew, which is nearly everybody: they belong to one, and stay in
 * it. Read in one statement and without a lock; who decides by it commits by the account's counter.
 */
@Injectable()
export class PlacedPeopleStore {
  private readonly statements: Statements;
  private readonly asking: Asking;

  constructor(
    dataSource: DataSource,
    private readonly facts: AccountFactsStore,
    private readonly liveConfig: LiveConfigReader,
  ) {
    this.statements = new Statements(dataSource);
    this.asking = plannedAsking(dataSource);
  }

  /** Undefined as well where the provider's directory may mean by this identity somebody who has no account. */
  async byIdentity(identityId: string): Promise<Placed | undefined> {
    const row = await this.statements.first(ofIdentity, [identityId]);
    const placed = row && (await this.placed(row, identityId));
    if (!placed) return undefined;
    const { candidate, ...rest } = placed;
    const name = usernameFolded(candidate, placed.config.document);
    return name === undefined || name === row.link_username ? rest : undefined;
  }

  async byDirectoryUser(directoryUserId: string): Promise<Placed | undefined> {
    const row = await this.statements.first(ofDirectoryUser, [directoryUserId]);
    return row && this.placed(row, directoryUserId);
  }

  private async placed(row: PlacedRow, id: string) {
    const config = await this.liveConfig.from(row.config_version);
    const [account, facts] = [accountOf(row), await this.facts.from(this.asking, row)];
    const candidate = facts.sources.find(({ identityId }) => identityId === id);
    return candidate && stays(candidate, account, facts, config.document)
      ? { account, facts, config, candidate }
      : undefined;
  }
}

const placedColumns = `
  (select coalesce(max(version), 0) from console.config_version) as config_version, ${accountColumns},
  ${factColumns('account.id')}`;

const ofIdentity = statement<PlacedRow>(`
with link as (
  select account_id, link.username_folded as link_username from mapping.account_identity as link
  join gateway.identity as identity on identity.id = link.identity_id
  where link.identity_id = $1::uuid
    and not exists (${unplacedPeople('identity.provider', 'identity.subject', 'link.username_folded')})
)
select link_username, ${placedColumns}
from link join mapping.account as account on account.id = link.account_id
left join sync.jira_account as jira on jira.account_id = account.id`);

const ofDirectoryUser = statement<PlacedRow>(`
select null as link_username, ${placedColumns}
from mapping.account_directory_user as link join mapping.account as account on account.id = link.account_id
left join sync.jira_account as jira on jira.account_id = account.id
where link.directory_user_id = $1::uuid`);
