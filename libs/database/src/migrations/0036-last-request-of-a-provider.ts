import type { MigrationInterface, QueryRunner } from 'typeorm';

/** When a provider last asked for anything is known also after the token it asked with is revoked. */
export class LastRequestOfAProvider1763900360000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table directory.token_use add column provider text; -- null: recorded by a scim-ingest older than this
      update directory.token_use as used set provider = token.provider
      from console.scim_token as token where token.id = used.token_id`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table directory.token_use drop column provider');
  }
}
