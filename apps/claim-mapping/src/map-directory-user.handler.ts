import { mapDirectoryUser } from '@gatehouse/contracts';
import type { PayloadOf } from '@gatehouse/contracts';
import { LiveConfigReader, plannedTransaction } from '@gatehouse/database';
import { Handles } from '@gatehouse/messaging';
import type { JobContext } from '@gatehouse/messaging';
import { DataSource } from 'typeorm';
import { AccountDecision } from './account-decision.service.js';
import { DirectoryLinksStore } from './directory-links.store.js';
import { Linking } from './linking.service.js';
import { PlacedPeopleStore } from './placed-people.store.js';

/** The same as map-claims, of somebody in a provider's directory: what it says now decides, whichever event came (I4). */
@Handles(mapDirectoryUser)
export class MapDirectoryUserHandler {
  constructor(
    private readonly dataSource: DataSource,
    private readonly liveConfig: LiveConfigReader,
    private readonly links: DirectoryLinksStore,
    private readonly linking: Linking,
    private readonly decision: AccountDecision,
    private readonly placed: PlacedPeopleStore,
  ) {}

  async handle({ directoryUserId, traceId }: PayloadOf<typeof mapDirectoryUser>, context: JobContext): Promise<void> {
    const placed = await this.placed.byDirectoryUser(directoryUserId);
    if (placed && (await this.decision.conclude(placed.account, placed.facts, placed.config, { traceId, context })))
      return;
    await context.giveWay?.();
    const config = await this.liveConfig.newest();
    await plannedTransaction(this.dataSource, async (manager) => {
      await this.links.lock(manager, directoryUserId);
      const person = await this.links.person(manager, directoryUserId);
      const account = person && (await this.linking.place(manager, person, config.document));
      if (account) await this.decision.publish(manager, account, config, { traceId, context });
      await context.settle(manager);
    });
  }
}
