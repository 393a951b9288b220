import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A rotation shortens expires_at; a second one within the overlap has to know what end the token had of its own. */
export class RotatedScimTokens1763900320000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table console.scim_token
        add column rotated_at timestamptz,
        add column own_expires_at timestamptz    -- of a rotated one: as it was before; null: none`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table console.scim_token drop column rotated_at, drop column own_expires_at');
  }
}
