import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

const keptDays = 90;
const batchRows = 1_000;
const batchesMax = 100;

/** What reconcile runs leave behind, kept long enough to explain a decision. */
@Injectable()
export class RunHistory {
  constructor(private readonly dataSource: DataSource) {}

  /** In batches by id: runs are numbered in order of time. A run of this job ends in bounded time; the next goes on. */
  async tidy(): Promise<void> {
    for (let batch = 0; batch < batchesMax; batch += 1) {
      const [, removed] = await this.dataSource.query<[unknown, number]>(
        `delete from sync.reconcile_run where id in (
           select id from (select id, finished_at from sync.reconcile_run order by id limit ${batchRows}) as oldest
           where finished_at < now() - interval '${keptDays} days')`,
      );
      if (removed < batchRows) break;
    }
    await this.tidyRemovals();
  }

  /** They are counted for an hour; a day shows what the brake has seen. */
  private async tidyRemovals(): Promise<void> {
    for (let batch = 0; batch < batchesMax; batch += 1) {
      const [, removed] = await this.dataSource.query<[unknown, number]>(
        `delete from sync.removal where ctid in (
           select ctid from sync.removal where admitted_at < now() - interval '1 day' limit ${batchRows})`,
      );
      if (removed < batchRows) return;
    }
  }
}
