import { Injectable } from '@nestjs/common';
import { directoryLinkDecided } from '@gatehouse/contracts';
import type {
  DirectoryLinkDecision,
  DirectoryLinkItem,
  DirectoryLinkPage,
  DirectoryLinksQuery,
} from '@gatehouse/contracts';
import { TerminalError } from '@gatehouse/errors';
import { Outbox } from '@gatehouse/messaging';
import { currentTraceId, newTraceId } from '@gatehouse/telemetry';
import { DataSource } from 'typeorm';
import type { EntityManager } from 'typeorm';
import { codeInWords } from '../api/code-in-words.js';
import { filteredPage } from '../audit/filtered-pages.js';
import { linkLists } from './link-lists.js';

interface Row {
  readonly person: string;
  readonly at: Date;
  readonly provider: string;
  readonly user_name: string;
  readonly account: string | null;
  readonly jira_key: string | null;
  readonly username: string | null;
  readonly met_by: DirectoryLinkItem['by'];
  readonly code: string | null;
  readonly outcome: DirectoryLinkItem['outcome'];
}

interface Person {
  readonly provider: string;
  readonly is_linked: boolean;
  /** Where it is about a Jira user: the account of the person has one. */
  readonly has_jira_user: boolean;
  readonly has_same_name: boolean;
  readonly target_exists: boolean;
}

/** Who met whom and who waits for a decision, read from what claim-mapping and group-sync wrote down; the decision, written. */
@Injectable()
export class DirectoryLinks {
  constructor(
    private readonly dataSource: DataSource,
    private readonly outbox: Outbox,
  ) {}

  async page({ provider, outcome, ...page }: DirectoryLinksQuery): Promise<DirectoryLinkPage> {
    const { rows, next } = await filteredPage<Row>(this.dataSource, linkLists[outcome], page, { provider, outcome });
    return { items: rows.map(shown), next };
  }

  /**
   * About exactly the account or the Jira user that is named: whoever is met later is another question.
   * @returns whose it is, and whether it is news
   * @throws TerminalError `api.not_found`, `link.not_waiting`, `link.name_taken`
   */
  async decide(
    manager: EntityManager,
    directoryUserId: string,
    { verdict, account, jiraKey, reason }: DirectoryLinkDecision,
    actor: string,
  ): Promise<{ provider: string; changed: boolean }> {
    const values = [directoryUserId, account ?? null, jiraKey ?? null];
    const [person] = await manager.query<(Person | undefined)[]>(personAndTarget, values);
    if (!person?.target_exists)
      throw new TerminalError('api.not_found', 'There is no such person, or no such account.');
    if (account === undefined ? person.has_jira_user : person.is_linked)
      throw new TerminalError('link.not_waiting', 'This person is linked already.');
    if (verdict === 'separate' && person.has_same_name)
      throw new TerminalError('link.name_taken', 'Both have the same username.');
    const target = account === undefined ? `jira/${jiraKey}` : `account/${account}`;
    const news = await manager.query<unknown[]>(writeDecision, [directoryUserId, target, verdict, actor, reason]);
    if (news.length > 0) {
      const traceId = currentTraceId() ?? newTraceId();
      await this.outbox.publish(manager, directoryLinkDecided, { directoryUserId, traceId });
    }
    return { provider: person.provider, changed: news.length > 0 };
  }
}

function shown(row: Row): DirectoryLinkItem {
  const { person, at, provider, user_name, outcome, account, jira_key, username, met_by, code } = row;
  const caution = code === 'match.link_undecided' ? null : code;
  return {
    ...{ person, provider, userName: user_name, outcome, account, jiraKey: jira_key, username, by: met_by },
    ...{ caution, reason: codeInWords(caution)?.meaning ?? null, askedAt: at.toISOString() },
  };
}

const personAndTarget = `
select person.provider, link.account_id is not null as is_linked, own.jira_key is not null as has_jira_user,
  person.user_name_folded = coalesce(target.name_folded, lower(asked.username)) as has_same_name,
  $2::uuid is null or target.id is not null as target_exists
from directory.directory_user as person
left join mapping.account_directory_user as link on link.directory_user_id = person.id
left join sync.jira_account as own on own.account_id = link.account_id
left join sync.adoption_question as asked on asked.account_id = link.account_id and asked.jira_key = $3
left join mapping.account as target on target.id = $2::uuid
where person.id = $1 and person.deleted_at is null`;

const writeDecision = `
insert into console.link_decision as known (directory_user_id, target, verdict, actor, reason) values ($1, $2, $3, $4, $5)
on conflict (directory_user_id, target) do update set verdict = excluded.verdict, actor = excluded.actor,
  reason = excluded.reason, decided_at = now()
where known.verdict <> excluded.verdict
returning 1`;
