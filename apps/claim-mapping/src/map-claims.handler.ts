import { mapClaims } from '@gatehouse/contracts';
import type { PayloadOf } from '@gatehouse/contracts';
import { LiveConfigReader, plannedTransaction } from '@gatehouse/database';
import { Handles } from '@gatehouse/messaging';
import type { JobContext } from '@gatehouse/messaging';
import { DataSource } from 'typeorm';
import { AccountDecision } from './account-decision.service.js';
import { AccountsStore } from './accounts.store.js';
import { Linking } from './linking.service.js';
import { PlacedPeopleStore } from './placed-people.store.js';

/**
 * One commit: where the identity belongs, what its account should be, and the event that says so. A single statement for
 * whoever is placed already; for all others, and where somebody else decides at the same time, a transaction with locks.
 */
@Handles(mapClaims)
export class MapClaimsHandler {
  constructor(
    private readonly dataSource: DataSource,
    private readonly liveConfig: LiveConfigReader,
    private readonly accounts: AccountsStore,
    private readonly linking: Linking,
    private readonly decision: AccountDecision,
    private readonly placed: PlacedPeopleStore,
  ) {}

  async handle({ identityId, traceId }: PayloadOf<typeof mapClaims>, context: JobContext): Promise<void> {
    const placed = await this.placed.byIdentity(identityId);
    if (placed && (await this.decision.conclude(placed.account, placed.facts, placed.config, { traceId, context })))
      return;
    // Not the cached one: this run may settle a row that says that the configuration has changed.
    const config = await this.liveConfig.newest();
    await plannedTransaction(this.dataSource, async (manager) => {
      await this.accounts.lockIdentity(manager, identityId);
      const identity = await this.accounts.identity(manager, identityId);
      if (identity) {
        const unplaced = await this.linking.lockUnplaced(manager, identity, config.document);
        const account = await this.linking.place(manager, identity, config.document);
        if (account) {
          await this.linking.placeBeside(manager, unplaced, account, config.document);
          await this.decision.publish(manager, account, config, { traceId, context });
        }
      }
      await context.settle(manager);
    });
  }
}
