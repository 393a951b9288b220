import type { MigrationInterface, QueryRunner } from 'typeorm';

/** For the list of whom directories were linked with, the newest first, without sorting all that ever met. */
export class MeetingsByTime1763900370000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      'create index directory_meeting_outcome on mapping.directory_meeting (outcome, at desc, id desc)',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop index mapping.directory_meeting_outcome');
  }
}
