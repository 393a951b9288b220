import type { DataSource } from 'typeorm';

/** Resolved ones only: what waits for an operator is never removed by age. */
const aged = {
  'messaging.job_attempt': `at < now() - interval '7 days'`,
  'messaging.parked_job': `resolved_at < now() - interval '90 days'`,
  'messaging.bulk_action': `finished_at < now() - interval '90 days'`,
};
const batchRows = 1_000;
const batchesMax = 100;

/** What operations leave behind, removed by age in small batches. Settled outbox rows are the sweep's. */
export class Retention {
  constructor(private readonly dataSource: DataSource) {}

  async tidy(): Promise<void> {
    for (const [table, condition] of Object.entries(aged))
      for (let batch = 0; batch < batchesMax; batch += 1) {
        const [, removed] = await this.dataSource.query<[unknown, number]>(
          `delete from ${table} where id in (select id from ${table} where ${condition} limit ${batchRows})`,
        );
        if (removed < batchRows) break;
      }
  }
}
