import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Counters by which one statement notices that somebody else has decided since it looked (decision 28). */
export class Decisions1763900240000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- How often it was decided what the account should be; also where nothing came of it.
      alter table mapping.account add column decisions integer not null default 0;
      -- Grows with every commit that lets removals of a configuration through, or holds them.
      create table sync.removal_tally (
        config_version integer primary key,
        revision       bigint not null
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table sync.removal_tally');
    await runner.query('alter table mapping.account drop column decisions');
  }
}
