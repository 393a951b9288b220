import { advisoryLocks } from '@gatehouse/database';
import type { Logger } from '@gatehouse/telemetry';
import type { DataSource, EntityManager } from 'typeorm';
import { Loop } from './loop.js';
import type { Rest } from './loop.js';
import { countRecovery } from './operations/recovery.js';
import type { QueueStore } from './queue-store.js';
import { triggerIdOf } from './queue-store.js';
import { StoreHealth } from './store-health.js';

export interface SweepTuning {
  readonly sweepEveryMs: number;
  /** A row sent longer ago than this must have a job in the store. */
  readonly lostAfterMs: number;
  readonly keepSettledDays: number;
}

/** The add of a row is committed before its mark, so even this is generous. */
const recoverAfterMs = 1_000;
const pageSize = 1_000;
const deleteBatchesMax = 20;

interface SentRow {
  readonly id: string;
  readonly job: string;
  readonly key: string;
}

/** The slow backstop: what the store has lost is enqueued again, and what is long settled is deleted. */
export class Sweep {
  private readonly loop = new Loop(() => this.step());
  private readonly health: StoreHealth;

  constructor(
    private readonly dataSource: DataSource,
    private readonly store: QueueStore,
    private readonly queues: readonly string[],
    private readonly tuning: SweepTuning,
    private readonly logger: Logger,
  ) {
    this.health = new StoreHealth(logger, 'sweep');
  }

  start(): void {
    this.loop.start();
  }

  async stop(): Promise<void> {
    await this.loop.stop();
  }

  /**
   * The same at once, for an operator who does not want to wait, and for rows sent a moment ago.
   * @returns how many rows are enqueued again
   * @throws whatever the store throws when it is away
   */
  async recover(): Promise<number> {
    return this.dataSource.transaction(async (manager) => {
      await manager.query('select pg_advisory_xact_lock($1)', [advisoryLocks.sweep]);
      let reopened = 0;
      for (const queue of this.queues) reopened += await this.reopenLost(manager, queue, recoverAfterMs);
      return reopened;
    });
  }

  private async step(): Promise<Rest> {
    try {
      await this.dataSource.transaction(async (manager) => {
        const [lock] = await manager.query<{ mine: boolean }[]>(`select pg_try_advisory_xact_lock($1) as mine`, [
          advisoryLocks.sweep,
        ]);
        if (!lock!.mine) return;
        for (const queue of this.queues) await this.reopenLost(manager, queue, this.tuning.lostAfterMs);
        await this.deleteSettled(manager);
      });
      this.health.well();
    } catch (error) {
      this.health.ill(error);
    }
    return { ms: this.tuning.sweepEveryMs, wakeable: false };
  }

  /** The rows are read before the store is asked, so a job that ends in between has settled them already. */
  private async reopenLost(manager: EntityManager, queue: string, lostAfterMs: number): Promise<number> {
    let reopened = 0;
    let lastId = '0';
    for (let page: SentRow[] = []; page.length === pageSize || lastId === '0'; lastId = page.at(-1)!.id) {
      page = await manager.query<SentRow[]>(
        `select id, job, key from messaging.outbox
         where state = 'sent' and queue = $1 and id > $2 and sent_at < now() - $3 * interval '1 millisecond'
         order by id limit ${pageSize}`,
        [queue, lastId, lostAfterMs],
      );
      if (page.length === 0) return reopened;
      const triggerId = (row: SentRow) => triggerIdOf({ name: row.job }, row.key);
      const held = await this.store.held(queue, [...new Set(page.map(triggerId))]);
      const lost = page.filter((row) => !held.has(triggerId(row)));
      if (lost.length > 0) await this.reopen(manager, queue, lost);
      reopened += lost.length;
    }
    return reopened;
  }

  private async reopen(manager: EntityManager, queue: string, lost: readonly SentRow[]): Promise<void> {
    this.logger.warn({ queue, rows: lost.length }, 'the queue store has lost jobs; they are enqueued again');
    await manager.query(
      `with reopened as (
         update messaging.outbox set state = 'open', sent_at = null, retry_at = null
         where id = any($1::bigint[]) and state = 'sent' returning 1
       ) select pg_notify('gatehouse_outbox', '') from (select count(*) from reopened) as rows`,
      [lost.map(({ id }) => id)],
    );
    await countRecovery(manager, { kind: 're-enqueued', queue, count: lost.length });
  }

  private async deleteSettled(manager: EntityManager): Promise<void> {
    for (let batch = 0; batch < deleteBatchesMax; batch += 1) {
      const [, deleted] = await manager.query<[unknown, number]>(
        `delete from messaging.outbox where id in (
           select id from messaging.outbox where state = 'settled' and settled_at < now() - $1 * interval '1 day'
           order by settled_at limit ${pageSize})`,
        [this.tuning.keepSettledDays],
      );
      if (deleted < pageSize) return;
    }
  }
}
