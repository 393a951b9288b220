import { directorySyncDue, startDirectorySyncs } from '@gatehouse/contracts';
import type { PayloadOf } from '@gatehouse/contracts';
import { LiveConfigReader } from '@gatehouse/database';
import { Handles, Outbox } from '@gatehouse/messaging';
import type { JobContext } from '@gatehouse/messaging';
import { DataSource } from 'typeorm';
import { pulledProvider } from './pulled-provider.js';
import { PullSyncs } from './pull-syncs.store.js';

/** Begins a listing of each provider whose time has come. Missed times are not made up for: one listing sees everything. */
@Handles(startDirectorySyncs)
export class StartDirectorySyncsHandler {
  constructor(
    private readonly liveConfig: LiveConfigReader,
    private readonly dataSource: DataSource,
    private readonly syncs: PullSyncs,
    private readonly outbox: Outbox,
  ) {}

  async handle({ traceId }: PayloadOf<typeof startDirectorySyncs>, context: JobContext): Promise<void> {
    const { document } = await this.liveConfig.newest();
    await this.dataSource.transaction(async (manager) => {
      for (const [provider, configured] of Object.entries(document.providers)) {
        const pulled = pulledProvider(configured);
        const trace = pulled && (await this.syncs.beginDue(manager, provider, pulled.pullSync, traceId));
        if (trace === undefined) continue;
        await this.outbox.publish(manager, directorySyncDue, { provider, traceId: trace }, { context });
      }
      await context.settle(manager);
    });
  }
}
