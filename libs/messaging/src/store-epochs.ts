import { randomUUID } from 'node:crypto';
import type { Logger } from '@gatehouse/telemetry';
import type { DataSource, EntityManager } from 'typeorm';
import type { Lanes } from './lanes.js';
import type { QueueStore } from './queue-store.js';

/** Notices that the store has lost everything, by a mark that is lost along with it. */
export class StoreEpochs {
  constructor(
    private readonly dataSource: DataSource,
    private readonly store: QueueStore,
    private readonly lanes: Lanes,
    private readonly logger: Logger,
  ) {}

  /**
   * Enqueues again what was sent to a store that has lost it. One process at a time.
   * The new mark is written first: whatever is lost after it takes it along, so no loss goes unnoticed.
   */
  async verify(): Promise<void> {
    const held = await this.store.epoch();
    const known = await this.known();
    if (held !== undefined && held === known) return;
    const epoch = randomUUID();
    await this.store.setEpoch(epoch);
    // Before the jobs come back: a lane that an operator stopped must not run meanwhile.
    await this.lanes.apply();
    const reopened = await this.dataSource.transaction((manager) => this.reopen(manager, epoch));
    const line = { store: this.store.name, rows: reopened };
    if (known === undefined) this.logger.info(line, 'the queue store is new here');
    else this.logger.warn(line, 'the queue store has lost everything; all of it is enqueued again');
  }

  private async known(): Promise<string | undefined> {
    const [row] = await this.dataSource.query<{ epoch: string }[]>(
      'select epoch from messaging.store_epoch where store = $1',
      [this.store.name],
    );
    return row?.epoch;
  }

  private async reopen(manager: EntityManager, epoch: string): Promise<number> {
    const [row] = await manager.query<{ rows: number }[]>(
      `with reopened as (
         update messaging.outbox set state = 'open', sent_at = null, retry_at = null where state = 'sent' returning queue
       ), counted as (
         insert into messaging.recovery as known (kind, queue, count, last_at)
         select 're-enqueued', queue, count(*), now() from reopened group by queue
         on conflict (kind, queue) do update set count = known.count + excluded.count, last_at = now()
       ), told as (
         select count(*)::integer as rows, pg_notify('gatehouse_outbox', '') from reopened
       ) select rows from told`,
    );
    await manager.query(
      `insert into messaging.store_epoch (store, epoch) values ($1, $2)
       on conflict (store) do update set epoch = excluded.epoch, set_at = now()`,
      [this.store.name, epoch],
    );
    return row!.rows;
  }
}
