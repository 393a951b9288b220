import { Injectable } from '@nestjs/common';
import type { Settings } from '@gatehouse/contracts';
import { RetryableError, TerminalError } from '@gatehouse/errors';
import type { ErrorCode } from '@gatehouse/errors';
import type { JiraClient, JiraUser } from '@gatehouse/jira-client';
import { decideAccount, decideUse, lookForUser, matchAccount } from '@gatehouse/mapping';
import type { CreateIntent } from '@gatehouse/mapping';
import type { JobContext } from '@gatehouse/messaging';
import { JiraAccountsStore } from './jira-accounts.store.js';
import type { KnownAccount } from './jira-accounts.store.js';

export type How = 'pinned' | 'adopted' | 'created';

export type Finding =
  | { kind: 'found'; user: JiraUser; how: How }
  /** `inTheWay`: it was found and is not linked. */
  | { kind: 'refused'; code: ErrorCode; user?: JiraUser; inTheWay?: JiraUser; takenBy?: string };

interface Search {
  readonly account: KnownAccount;
  readonly jira: JiraClient;
  readonly context: Pick<JobContext, 'lane'>;
}

/**
 * The one Jira user of an account: by its pinned key; without one it is matched or created, and pinned. One that is found
 * inactive may be activated; that is a change like others.
 */
@Injectable()
export class AccountFinder {
  constructor(private readonly accounts: JiraAccountsStore) {}

  async find({ account, jira, context }: Search, settings: Settings): Promise<Finding> {
    const finding = await this.decided(account, jira, settings);
    if (finding.kind === 'refused') return finding;
    // Somebody signs in, or a directory speaks. A sweep or a remap revives nobody whom an administrator deactivated.
    // Whom we deactivated ourselves comes back by the word that lifts it, whichever job carries it.
    const { desired, deactivatedBy } = account;
    const mayActivate = desired.mayActivate && (context.lane !== 'bulk' || deactivatedBy !== undefined);
    const use = decideUse({ user: finding.user, desired: { ...desired, mayActivate }, deactivatedBy });
    return use.kind === 'refuse' ? { ...use, kind: 'refused', user: finding.user } : finding;
  }

  private async decided(account: KnownAccount, jira: JiraClient, settings: Settings): Promise<Finding> {
    const { jiraKey, desired, unansweredIntent } = account;
    const found = await this.look(account, jira);
    const isPinned = jiraKey !== undefined;
    const decision = decideAccount({ isPinned, found, desired, unansweredIntent, settings });
    switch (decision.kind) {
      case 'refuse':
        return { kind: 'refused', code: decision.code, ...(isUser(found) ? { inTheWay: found } : {}) };
      case 'pinned':
        return { kind: 'found', user: theOne(found), how: 'pinned' };
      case 'adopt':
        return this.pin(account, theOne(found), decision.createdByUs);
      case 'create':
        return this.create(account, decision.user, jira, settings);
    }
  }

  private async look(account: KnownAccount, jira: JiraClient): Promise<JiraUser | 'several' | undefined> {
    const { jiraKey, desired, unansweredIntent } = account;
    // Nodes of a cluster lag behind each other, and this answer locks a person out: it is asked for twice.
    if (jiraKey !== undefined) return (await jira.findUser({ key: jiraKey })) ?? jira.findUser({ key: jiraKey });
    const found = await lookForUser(desired, {
      byName: (username) => jira.findUser({ username }),
      byEmail: (email) => jira.findUsersByEmail(email),
    });
    // After a create whose answer was lost the address may be another one since.
    const isNameAsked = desired.matchBy !== 'email' || desired.adoption !== undefined;
    return (
      found ?? (unansweredIntent && !isNameAsked ? jira.findUser({ username: unansweredIntent.username }) : undefined)
    );
  }

  private async create(
    account: KnownAccount,
    intent: CreateIntent,
    jira: JiraClient,
    settings: Settings,
  ): Promise<Finding> {
    await this.accounts.intendToCreate(account.accountId, intent);
    const answer = await this.askToCreate(account.accountId, intent, jira);
    if (answer.kind === 'created') return this.pin(account, answer.user, true);

    const found = await jira.findUser({ username: intent.username });
    if (!found)
      throw new RetryableError('jira.conflict', 'Jira says that the username is taken, but shows no such user');
    const decision = matchAccount({ ...account, found, settings });
    if (decision.kind === 'adopt') return this.pin(account, found, decision.createdByUs);
    return { kind: 'refused', code: decision.kind === 'refuse' ? decision.code : 'jira.conflict', inTheWay: found };
  }

  private async askToCreate(accountId: string, intent: CreateIntent, jira: JiraClient) {
    try {
      return await jira.createUser(intent);
    } catch (error) {
      if (error instanceof TerminalError) await this.accounts.forgetIntent(accountId);
      throw error;
    }
  }

  private async pin(account: KnownAccount, user: JiraUser, createdByUs: boolean): Promise<Finding> {
    const pinning = await this.accounts.pin(account.accountId, user, createdByUs);
    switch (pinning.kind) {
      case 'pinned':
        return { kind: 'found', user, how: createdByUs ? 'created' : 'adopted' };
      case 'taken':
        return { kind: 'refused', code: 'match.key_taken', takenBy: pinning.by };
      case 'raced':
        throw new RetryableError('jira.conflict', 'Another run linked this account to a Jira user at the same time');
    }
  }
}

function isUser(found: JiraUser | 'several' | undefined): found is JiraUser {
  return found !== undefined && found !== 'several';
}

function theOne(found: JiraUser | 'several' | undefined): JiraUser {
  if (!isUser(found)) throw new Error('a decision for a user that was not found');
  return found;
}
