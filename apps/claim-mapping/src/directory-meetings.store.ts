import { Injectable } from '@nestjs/common';
import type { Settings } from '@gatehouse/contracts';
import { foldName } from '@gatehouse/mapping';
import type { LinkVerdict } from '@gatehouse/mapping';
import type { EntityManager } from 'typeorm';
import type { Met } from './placement.js';

/** Whom people of directories met, and what administrators said about it. Every method runs in the caller's transaction. */
@Injectable()
export class DirectoryMeetings {
  /** Of an administrator of Jira as far as it was seen there or is decided, or of a reserved name. */
  async isProtected(
    manager: EntityManager,
    accountId: string,
    { administratorGroups, reservedUsernames }: Settings,
  ): Promise<boolean> {
    const rows = await manager.query<{ is_protected: boolean }[]>(
      `select a.name_folded = any($3::text[]) or lower(coalesce(j.username, '')) = any($3::text[])
         or coalesce(j.administers, false) or exists (
           select 1 from jsonb_array_elements_text(d.content #> '{groups,wanted}') as wanted (name)
           where lower(normalize(wanted.name)) = any($2::text[])) as is_protected
       from mapping.account a left join sync.jira_account j on j.account_id = a.id
       left join mapping.desired_access d on d.account_id = a.id where a.id = $1`,
      [accountId, administratorGroups.map(foldName), reservedUsernames.map(foldName)],
    );
    return rows[0]?.is_protected ?? false;
  }

  async verdict(manager: EntityManager, directoryUserId: string, accountId: string): Promise<LinkVerdict | undefined> {
    const rows = await manager.query<{ verdict: LinkVerdict }[]>(
      'select verdict from console.link_decision where directory_user_id = $1 and target = $2',
      [directoryUserId, `account/${accountId}`],
    );
    return rows[0]?.verdict;
  }

  /** Only what is news: the same person is mapped over and over again. */
  async record(manager: EntityManager, directoryUserId: string, met: Met | undefined): Promise<void> {
    if (!met) return;
    await manager.query(
      `insert into mapping.directory_meeting (directory_user_id, account_id, met_by, outcome, code)
       select $1, $2, $3, $4, $5 where not exists (
         select 1 from (select * from mapping.directory_meeting where directory_user_id = $1 order by id desc limit 1) as last
         where (last.account_id, last.met_by, last.outcome, last.code) is not distinct from ($2, $3, $4, $5))`,
      [directoryUserId, met.accountId, met.by, met.outcome, met.code ?? null],
    );
  }
}
