import { Injectable } from '@nestjs/common';
import type { ErrorCode } from '@gatehouse/errors';
import type { JiraUser } from '@gatehouse/jira-client';
import type { EntityManager } from 'typeorm';
import type { KnownAccount } from './jira-accounts.store.js';

/** What an administrator may decide otherwise. A reserved name, or several who match, nobody can. */
const askable: readonly ErrorCode[] = ['match.link_undecided', 'match.administrator', 'match.email_differs'];

/** Jira users that somebody whom only directories know would be linked to, if an administrator says so. */
@Injectable()
export class AdoptionQuestions {
  /** In the commit that refuses the account. Nothing takes a question back: it counts while the account is refused for it. */
  async ask(
    manager: EntityManager,
    { accountId, identityIds, directoryUserIds }: KnownAccount,
    code: ErrorCode,
    user: JiraUser | undefined,
  ): Promise<void> {
    if (!user || !askable.includes(code) || identityIds.length > 0 || directoryUserIds.length === 0) return;
    await manager.query(
      `insert into sync.adoption_question as known (account_id, jira_key, username, code) values ($1, $2, $3, $4)
       on conflict (account_id) do update set jira_key = excluded.jira_key, username = excluded.username,
         code = excluded.code, asked_at = now()
       where (known.jira_key, known.username, known.code) is distinct from (excluded.jira_key, excluded.username, excluded.code)`,
      [accountId, user.key, user.name, code],
    );
  }
}
