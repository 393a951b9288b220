import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Each run resolves what was parked for its key. Of an index of unresolved rows alone all look alike to a plan that was
 * made for an empty table, and the one of another index reads every parked job.
 */
export class ParkedByKey1763900340000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('drop index messaging.parked_job_key');
    await runner.query('create index parked_job_key on messaging.parked_job (job, key)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop index messaging.parked_job_key');
    await runner.query('create index parked_job_key on messaging.parked_job (job, key) where resolved_at is null');
  }
}
