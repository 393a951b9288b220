import { Injectable } from '@nestjs/common';
import type { ConfigDocument, LinkKey } from '@gatehouse/contracts';
import { decideMeeting, profileOf, rulesOf } from '@gatehouse/mapping';
import type { LinkedIdentity, Meeting } from '@gatehouse/mapping';
import type { EntityManager } from 'typeorm';
import { AccountFactsStore } from './account-facts.store.js';
import { AccountsStore } from './accounts.store.js';
import type { Account } from './accounts.store.js';
import { AcquaintancesStore } from './acquaintances.store.js';
import type { Candidate } from './candidate.js';
import { DirectoryMeetings } from './directory-meetings.store.js';
import type { Placement } from './placement.js';

interface Search {
  readonly manager: EntityManager;
  readonly candidate: Candidate;
  readonly nameFolded: string;
  readonly config: ConfigDocument;
}

/**
 * Looks for the account of somebody in a directory by what `directory.linking` names, in its order, and decides each
 * meeting by the same function. Accounts are locked before they are looked at.
 */
@Injectable()
export class DirectoryPlacement {
  constructor(
    private readonly accounts: AccountsStore,
    private readonly facts: AccountFactsStore,
    private readonly acquaintances: AcquaintancesStore,
    private readonly meetings: DirectoryMeetings,
  ) {}

  /** Whom the provider itself calls by the same id. It leads to an account whether the person may enter or not. */
  async byProviderId(search: Omit<Search, 'nameFolded'>): Promise<Placement | undefined> {
    const met = await this.acquaintances.byProviderId(search.manager, search.candidate);
    return met === undefined ? undefined : this.meetIfTheirs(search, met, 'externalId');
  }

  async byAttributes(search: Search): Promise<Placement> {
    const { manager, candidate, nameFolded, config } = search;
    const keys = linkKeys(candidate, config);
    for (const key of keys) {
      const found = key === 'externalId' ? undefined : await this.byAttribute(search, key);
      if (found) return found;
    }
    const account = await this.accounts.lockByName(manager, nameFolded);
    const placed = await this.meet(search, account, 'userName', keys.includes('userName'));
    // Names of accounts are unique: one that is somebody else's leaves no place for this person.
    return placed ?? { kind: 'refused', code: 'match.link_refused' };
  }

  /** Another account holds the Jira user to which the one that was chosen leads. Undefined: they stay two. */
  async byJiraUser(search: Search, holder: Account): Promise<Placement | undefined> {
    return this.meet(search, holder, 'jiraUser', true);
  }

  private async byAttribute(search: Search, key: Exclude<LinkKey, 'externalId'>): Promise<Placement | undefined> {
    const { manager, candidate, nameFolded, config } = search;
    if (key === 'userName') {
      const acquaintance = await this.acquaintances.byName(manager, candidate, nameFolded);
      const joined = acquaintance === undefined ? undefined : await this.meetIfTheirs(search, acquaintance, key);
      if (joined) return joined;
      const named = await this.accounts.named(manager, nameFolded);
      return named === undefined ? undefined : this.meetIfTheirs(search, named, key);
    }
    const rules = rulesOf(candidate, config)!;
    const { email } = profileOf(candidate.claims, rules.mapping);
    const [found, another] = email === undefined ? [] : await this.acquaintances.byEmail(manager, email);
    if (another !== undefined) return { kind: 'refused', code: 'match.email_ambiguous' };
    return found === undefined ? undefined : this.meetIfTheirs(search, found, key);
  }

  /**
   * One that the rules do not join is passed over: the next key may lead to the right one. So is an account that is only
   * a name, for it is nobody's.
   */
  private async meetIfTheirs(
    search: Omit<Search, 'nameFolded'>,
    accountId: string,
    by: LinkKey,
  ): Promise<Placement | undefined> {
    const met = await this.meet(search, await this.accounts.lock(search.manager, accountId), by, true);
    return met?.met === undefined ? undefined : met;
  }

  /** @param mayLink false: whoever is met there is not theirs by the policy, unless an administrator says so */
  private async meet(
    search: Omit<Search, 'nameFolded'>,
    account: Account,
    by: Meeting['by'],
    mayLink: boolean,
  ): Promise<Placement | undefined> {
    const { manager, candidate, config } = search;
    const linked = await this.others(search, account.id);
    const isFree = linked.length === 0 && account.standing !== 'established';
    const verdict = isFree ? undefined : await this.meetings.verdict(manager, candidate.identityId, account.id);
    if (!mayLink && !isFree && verdict !== 'link') return undefined;
    const isProtected = !isFree && (await this.meetings.isProtected(manager, account.id, config.settings));
    const { standing } = account;
    const decision = decideMeeting({ candidate, by, account: { standing, isProtected, linked }, verdict, config });
    const met = { accountId: account.id, by };
    switch (decision.kind) {
      case 'join': {
        const displaced = linked.filter(({ identityId }) => decision.displaced.includes(identityId));
        const told = isFree ? {} : { met: { ...met, outcome: 'linked', code: undefined } as const };
        return { kind: 'placed', account, displaced, ...told };
      }
      case 'ask':
        return {
          ...{ kind: 'refused', code: 'match.link_undecided' },
          met: { ...met, outcome: 'asked', code: decision.caution },
        };
      case 'refuse': {
        const { code } = decision;
        const isPolicy = code === 'match.link_refused';
        return { kind: 'refused', code, ...(isPolicy ? { met: { ...met, outcome: 'refused', code } as const } : {}) };
      }
      case 'pass':
        return undefined;
    }
  }

  private async others(
    { manager, candidate }: Pick<Search, 'manager' | 'candidate'>,
    accountId: string,
  ): Promise<LinkedIdentity[]> {
    const { sources } = await this.facts.of(manager, accountId);
    return sources.filter(({ identityId }) => identityId !== candidate.identityId);
  }
}

/** Of the directory of the candidate's provider. */
export function linkKeys(candidate: Candidate, config: ConfigDocument): readonly LinkKey[] {
  return rulesOf(candidate, config)?.mapping.directory.linking.by ?? ['externalId', 'userName'];
}
