import { Injectable } from '@nestjs/common';
import type { ConfigDocument } from '@gatehouse/contracts';
import {
  deactivationOutsideTrials,
  decidePlacing,
  DesiredAccess,
  foldName,
  isTried,
  linkIdentity,
  mayMove,
} from '@gatehouse/mapping';
import type { LinkedIdentity } from '@gatehouse/mapping';
import type { EntityManager } from 'typeorm';
import { AccountFactsStore } from './account-facts.store.js';
import type { AccountFacts } from './account-facts.store.js';
import { AccountsStore } from './accounts.store.js';
import type { Account } from './accounts.store.js';
import { AcquaintancesStore } from './acquaintances.store.js';
import { usernameFolded } from './candidate.js';
import type { Candidate } from './candidate.js';
import { DirectoryLinksStore } from './directory-links.store.js';
import { DirectoryPlacement, linkKeys } from './directory-placement.service.js';
import { placed } from './placement.js';
import type { Placement } from './placement.js';

/** Finds the account that somebody belongs to, and locks it. Writes nothing but the row of the account itself. */
@Injectable()
export class AccountPlacement {
  constructor(
    private readonly accounts: AccountsStore,
    private readonly links: DirectoryLinksStore,
    private readonly facts: AccountFactsStore,
    private readonly acquaintances: AcquaintancesStore,
    private readonly directory: DirectoryPlacement,
  ) {}

  async decide(manager: EntityManager, candidate: Candidate, config: ConfigDocument): Promise<Placement> {
    const store = candidate.directory ? this.links : this.accounts;
    const linkedTo = await store.accountOf(manager, candidate.identityId);
    const current = linkedTo === undefined ? undefined : await this.accounts.lock(manager, linkedTo);
    if (isTried(candidate, config)) return current ? placed(current) : { kind: 'refused', code: 'directory.on_trial' };
    // The provider's own id is its word that this is one person, on whichever way it comes.
    const met = current ? undefined : await this.byProviderId(manager, candidate, config);
    if (met) return met;
    const entry = decidePlacing(candidate, config);
    if (entry.kind === 'refuse') return current ? placed(current) : { kind: 'refused', code: entry.code };
    const nameFolded = usernameFolded(candidate, config)!;
    const isDeactivated = current !== undefined && (await this.isDeactivated(manager, current, config));
    // Whoever left would leave behind what takes their access away. Whom a directory has deactivated brings its word along.
    if (isDeactivated && (candidate.directory?.standing ?? 'active') === 'active') return placed(current);
    const chosen =
      current && !mayMove({ ...current, isDeactivated }, nameFolded, candidate)
        ? placed(current)
        : await this.byAttributes(manager, candidate, nameFolded, config);
    const followed = await this.followKey(manager, candidate, chosen, nameFolded, config);
    return this.followName(manager, followed, nameFolded);
  }

  private async byProviderId(
    manager: EntityManager,
    candidate: Candidate,
    config: ConfigDocument,
  ): Promise<Placement | undefined> {
    if (!linkKeys(candidate, config).includes('externalId')) return undefined;
    if (candidate.directory) return this.directory.byProviderId({ manager, candidate, config });
    const met = await this.acquaintances.byProviderId(manager, candidate);
    return met === undefined ? undefined : placed(await this.accounts.lock(manager, met));
  }

  private async byAttributes(
    manager: EntityManager,
    candidate: Candidate,
    nameFolded: string,
    config: ConfigDocument,
  ): Promise<Placement> {
    if (candidate.directory) return this.directory.byAttributes({ manager, candidate, nameFolded, config });
    return (
      (await this.joinAcquaintance(manager, candidate, nameFolded, config)) ??
      (await this.joinByName(manager, candidate, nameFolded, config))
    );
  }

  /** Somebody of this provider has the name, in an account that was made by another one. */
  private async joinAcquaintance(
    manager: EntityManager,
    candidate: Candidate,
    nameFolded: string,
    config: ConfigDocument,
  ): Promise<Placement | undefined> {
    const met = await this.acquaintances.byName(manager, candidate, nameFolded);
    if (met === undefined) return undefined;
    const joined = await this.join(manager, candidate, await this.accounts.lock(manager, met), config);
    return joined.kind === 'placed' ? joined : undefined;
  }

  private async joinByName(
    manager: EntityManager,
    candidate: Candidate,
    nameFolded: string,
    config: ConfigDocument,
  ): Promise<Placement> {
    return this.join(manager, candidate, await this.accounts.lockByName(manager, nameFolded), config);
  }

  private async join(
    manager: EntityManager,
    candidate: Candidate,
    account: Account,
    config: ConfigDocument,
  ): Promise<Placement> {
    const linked = await this.others(manager, account.id, candidate);
    const decision = linkIdentity({ candidate, linked, standing: account.standing, sharing: 'name', config });
    if (decision.kind === 'refuse') return { kind: 'refused', code: decision.code };
    const displaced = linked.filter(({ identityId }) => decision.displaced.includes(identityId));
    return { kind: 'placed', account, displaced };
  }

  /**
   * Two accounts lead to one Jira user: the one without the key gives its identity to the one that holds it, if the
   * linking policy allows. Otherwise the identity stays, and its account stays refused.
   */
  private async followKey(
    manager: EntityManager,
    candidate: Candidate,
    chosen: Placement,
    nameFolded: string,
    config: ConfigDocument,
  ): Promise<Placement> {
    if (chosen.kind === 'refused' || chosen.account.takenBy === undefined) return chosen;
    const holder = await this.accounts.lock(manager, chosen.account.takenBy);
    if (candidate.directory)
      return (await this.directory.byJiraUser({ manager, candidate, nameFolded, config }, holder)) ?? chosen;
    const linked = await this.others(manager, holder.id, candidate);
    const decision = linkIdentity({ candidate, linked, standing: 'established', sharing: 'key', config });
    return decision.kind === 'join' ? placed(holder) : chosen;
  }

  /** Provider and Jira agree on another name than the one that this account went by: one of the two was renamed after the other. */
  private async followName(manager: EntityManager, chosen: Placement, nameFolded: string): Promise<Placement> {
    if (chosen.kind === 'refused') return chosen;
    const { account } = chosen;
    if (!isRenamed(account, nameFolded)) return chosen;
    const followed = await this.accounts.follow(manager, account, nameFolded);
    return followed ? { ...chosen, account: { ...account, nameFolded } } : chosen;
  }

  private async isDeactivated(manager: EntityManager, account: Account, config: ConfigDocument): Promise<boolean> {
    return account.standing === 'refused' && isDeactivatedBy(await this.facts.of(manager, account.id), config);
  }

  private async others(manager: EntityManager, accountId: string, self: LinkedIdentity): Promise<LinkedIdentity[]> {
    const { sources } = await this.facts.of(manager, accountId);
    return sources.filter(({ identityId }) => identityId !== self.identityId);
  }
}

/** Whether somebody who belongs to this account is placed there again, and nothing else comes of it. */
export function stays(
  candidate: LinkedIdentity,
  account: Account,
  facts: AccountFacts,
  config: ConfigDocument,
): boolean {
  if (decidePlacing(candidate, config).kind === 'refuse') return true;
  const nameFolded = usernameFolded(candidate, config)!;
  if (account.takenBy !== undefined || isRenamed(account, nameFolded)) return false;
  const isDeactivated = account.standing === 'refused' && isDeactivatedBy(facts, config);
  return !mayMove({ ...account, isDeactivated }, nameFolded, candidate);
}

/** By what is said now: whether Jira's side has heard of it yet does not matter. */
function isDeactivatedBy(facts: AccountFacts, config: ConfigDocument): boolean {
  const decided = facts.last ? DesiredAccess.parse(facts.last.content) : undefined;
  return deactivationOutsideTrials(decided, facts.words(config), config) !== undefined;
}

function isRenamed({ standing, username, nameFolded }: Account, name: string): boolean {
  return standing === 'established' && foldName(username ?? '') === name && nameFolded !== name;
}
