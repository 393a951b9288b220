import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A refused sign-in belongs to no identity; the timeline finds it by what the provider calls the person. */
export class RefusedLogins1763900330000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create index login_refused on gateway.login (provider, subject, at desc, id desc)
      where identity_id is null and subject is not null`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop index gateway.login_refused');
  }
}
