import type { MigrationInterface, QueryRunner } from 'typeorm';

/** People are found by their address, and their sign-ins by who they are, without reading everybody's. */
export class Explaining1763900100000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create index login_identity on gateway.login (identity_id, at desc, id desc) where identity_id is not null;
      create index desired_access_email on mapping.desired_access (lower(content ->> 'email'))`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop index gateway.login_identity, mapping.desired_access_email');
  }
}
