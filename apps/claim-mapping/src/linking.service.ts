import { Injectable } from '@nestjs/common';
import type { ConfigDocument } from '@gatehouse/contracts';
import type { ErrorCode } from '@gatehouse/errors';
import type { LinkedIdentity } from '@gatehouse/mapping';
import type { EntityManager } from 'typeorm';
import { AccountsStore } from './accounts.store.js';
import type { Account } from './accounts.store.js';
import { usernameFolded } from './candidate.js';
import type { Candidate } from './candidate.js';
import { DirectoryLinksStore } from './directory-links.store.js';
import { DirectoryMeetings } from './directory-meetings.store.js';
import { AccountPlacement } from './placement.service.js';

/** Places people and writes it down. Every method runs in the caller's transaction. */
@Injectable()
export class Linking {
  constructor(
    private readonly accounts: AccountsStore,
    private readonly links: DirectoryLinksStore,
    private readonly meetings: DirectoryMeetings,
    private readonly placement: AccountPlacement,
  ) {}

  /** @returns the account, locked; undefined when the person was refused */
  async place(manager: EntityManager, candidate: Candidate, config: ConfigDocument): Promise<Account | undefined> {
    const decided = await this.placement.decide(manager, candidate, config);
    await this.meetings.record(manager, candidate.identityId, decided.met);
    if (decided.kind === 'refused') {
      await this.refuse(manager, candidate, decided.code);
      return undefined;
    }
    await this.link(manager, candidate, decided.account, config);
    await this.displace(manager, decided.displaced);
    return decided.account;
  }

  /**
   * Locks whom the provider's directory may mean by somebody who signs in: a decision about them, and an offboarding with
   * it, may be committed and still be on its way. Before any account is locked.
   */
  async lockUnplaced(manager: EntityManager, identity: Candidate, config: ConfigDocument): Promise<readonly string[]> {
    const ids = await this.links.unplaced(manager, identity, usernameFolded(identity, config));
    for (const id of ids) await this.links.lock(manager, id);
    return ids;
  }

  /** Of these people those who belong to this account. The others are left to the jobs of their own. */
  async placeBeside(
    manager: EntityManager,
    ids: readonly string[],
    account: Account,
    config: ConfigDocument,
  ): Promise<void> {
    for (const id of ids) {
      const person = await this.links.person(manager, id);
      const decided = person && (await this.placement.decide(manager, person, config));
      if (!person || decided?.kind !== 'placed' || decided.account.id !== account.id) continue;
      await this.meetings.record(manager, id, decided.met);
      await this.link(manager, person, account, config);
      await this.displace(manager, decided.displaced);
    }
  }

  private link(manager: EntityManager, candidate: Candidate, account: Account, config: ConfigDocument): Promise<void> {
    return candidate.directory
      ? this.links.link(manager, candidate.identityId, account.id)
      : this.accounts.link(manager, candidate.identityId, account.id, usernameFolded(candidate, config));
  }

  private async displace(manager: EntityManager, displaced: readonly LinkedIdentity[]): Promise<void> {
    for (const one of displaced) await this.refuse(manager, one, 'match.identity_not_linked');
  }

  private refuse(manager: EntityManager, { identityId, directory }: LinkedIdentity, code: ErrorCode): Promise<void> {
    return (directory ? this.links : this.accounts).refuse(manager, identityId, code);
  }
}
