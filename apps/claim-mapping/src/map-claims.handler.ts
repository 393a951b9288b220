import { accessDesired, mapClaims } from '@gatehouse/contracts';
import type { ConfigDocument, PayloadOf } from '@gatehouse/contracts';
import { LiveConfigReader } from '@gatehouse/database';
import type { LiveConfig } from '@gatehouse/database';
import { desiredAccess } from '@gatehouse/mapping';
import type { LinkedIdentity } from '@gatehouse/mapping';
import { Handles, Outbox } from '@gatehouse/messaging';
import type { JobContext } from '@gatehouse/messaging';
import { DataSource } from 'typeorm';
import type { EntityManager } from 'typeorm';
import { AccountsStore } from './accounts.store.js';
import type { Account } from './accounts.store.js';
import { DesiredAccessStore } from './desired-access.store.js';
import { IdentityPlacement } from './identity-placement.service.js';

/** One transaction: where the identity belongs, what its account should be, and the event that says so. */
@Handles(mapClaims)
export class MapClaimsHandler {
  constructor(
    private readonly dataSource: DataSource,
    private readonly liveConfig: LiveConfigReader,
    private readonly accounts: AccountsStore,
    private readonly placement: IdentityPlacement,
    private readonly desired: DesiredAccessStore,
    private readonly outbox: Outbox,
  ) {}

  async handle({ identityId, traceId }: PayloadOf<typeof mapClaims>, context: JobContext): Promise<void> {
    // Not the cached one: this run may settle a row that says that the configuration has changed.
    const config = await this.liveConfig.newest();
    await this.dataSource.transaction(async (manager) => {
      await this.accounts.lockIdentity(manager, identityId);
      const identity = await this.accounts.identity(manager, identityId);
      const account = identity && (await this.place(manager, identity, config.document));
      if (account) {
        await this.decide(manager, account, config);
        await this.outbox.publish(manager, accessDesired, { accountId: account.id, traceId }, { context });
      }
      await context.settle(manager);
    });
  }

  private async place(
    manager: EntityManager,
    identity: LinkedIdentity,
    config: ConfigDocument,
  ): Promise<Account | undefined> {
    const placed = await this.placement.decide(manager, identity, config);
    if (placed.kind === 'refused') {
      await this.accounts.refuse(manager, identity.identityId, placed.code);
      return undefined;
    }
    await this.accounts.link(manager, identity.identityId, placed.account.id);
    for (const displaced of placed.displaced)
      await this.accounts.refuse(manager, displaced, 'match.identity_not_linked');
    return placed.account;
  }

  private async decide(manager: EntityManager, account: Account, config: LiveConfig): Promise<void> {
    const identities = await this.accounts.identitiesOf(manager, account.id);
    const access = desiredAccess({ identities, nameFolded: account.nameFolded, config: config.document });
    if (access) await this.desired.save(manager, account.id, access, config.version);
  }
}
