import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

/** What was seen of some accounts in Jira counts as too old from now on: the run that comes next has to look. */
@Injectable()
export class AccountDoubts {
  async add(manager: EntityManager, accountIds: readonly string[]): Promise<void> {
    await manager.query(
      `update sync.jira_account set verify_from = greatest(verify_from, clock_timestamp())
       where account_id = any($1::uuid[])`,
      [accountIds],
    );
  }
}
