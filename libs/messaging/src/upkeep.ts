import { advisoryLocks } from '@gatehouse/database';
import type { Notifications } from '@gatehouse/database';
import type { Logger } from '@gatehouse/telemetry';
import type { DataSource } from 'typeorm';
import type { Lanes } from './lanes.js';
import { Loop } from './loop.js';
import type { Rest } from './loop.js';
import type { QueueStore } from './queue-store.js';
import type { StoreEpochs } from './store-epochs.js';
import { StoreHealth } from './store-health.js';

export interface UpkeepTuning {
  /** How long a store that has lost everything, or a pause it did not hear of, may go unnoticed. */
  readonly upkeepEveryMs: number;
}

/** Keeps the store equal to what PostgreSQL says: nothing lost, and paused what is paused. */
export class Upkeep {
  private readonly loop = new Loop(() => this.step());
  private readonly health: StoreHealth;
  private stopListening: (() => void) | undefined;

  constructor(
    private readonly dataSource: DataSource,
    private readonly notifications: Notifications,
    store: QueueStore,
    private readonly epochs: StoreEpochs,
    private readonly lanes: Lanes,
    private readonly tuning: UpkeepTuning,
    logger: Logger,
  ) {
    this.health = new StoreHealth(logger, 'upkeep');
    store.onReturn(() => this.loop.wake());
  }

  /** Has looked once when it resolves: what is sent afterwards goes to a store that is known. */
  async start(): Promise<void> {
    this.stopListening = await this.notifications.on('gatehouse_lane', () => this.loop.wake());
    await this.step();
    this.loop.start();
  }

  async stop(): Promise<void> {
    this.stopListening?.();
    await this.loop.stop();
  }

  private async step(): Promise<Rest> {
    try {
      await this.dataSource.transaction(async (manager) => {
        const [lock] = await manager.query<{ mine: boolean }[]>('select pg_try_advisory_xact_lock($1) as mine', [
          advisoryLocks.upkeep,
        ]);
        if (!lock!.mine) return;
        await this.epochs.verify();
        await this.lanes.resumeDue();
        await this.lanes.apply();
      });
      this.health.well();
    } catch (error) {
      this.health.ill(error);
    }
    return { ms: this.tuning.upkeepEveryMs, wakeable: true };
  }
}
