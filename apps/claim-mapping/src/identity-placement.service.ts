import { Injectable } from '@nestjs/common';
import type { ConfigDocument } from '@gatehouse/contracts';
import type { ErrorCode } from '@gatehouse/errors';
import { decideIdentity, foldName, linkIdentity, mayMove, profileOf, rulesOf } from '@gatehouse/mapping';
import type { LinkedIdentity } from '@gatehouse/mapping';
import type { EntityManager } from 'typeorm';
import { AccountsStore } from './accounts.store.js';
import type { Account } from './accounts.store.js';

export type Placement =
  { kind: 'placed'; account: Account; displaced: readonly string[] } | { kind: 'refused'; code: ErrorCode };

/** Finds the account an identity belongs to, and locks it. Writes nothing but a new account's row. */
@Injectable()
export class IdentityPlacement {
  constructor(private readonly accounts: AccountsStore) {}

  async decide(manager: EntityManager, identity: LinkedIdentity, config: ConfigDocument): Promise<Placement> {
    const linkedTo = await this.accounts.accountOf(manager, identity.identityId);
    const current = linkedTo === undefined ? undefined : await this.accounts.lock(manager, linkedTo);
    const entry = decideIdentity(identity, config);
    if (entry.kind === 'refuse') {
      return current ? placed(current) : { kind: 'refused', code: entry.code };
    }
    const nameFolded = foldName(usernameOf(identity, config));
    const chosen =
      current && !mayMove(current, nameFolded)
        ? placed(current)
        : await this.joinByName(manager, identity, nameFolded, config);
    return this.followKey(manager, identity, chosen, config);
  }

  private async joinByName(
    manager: EntityManager,
    candidate: LinkedIdentity,
    nameFolded: string,
    config: ConfigDocument,
  ): Promise<Placement> {
    const account = await this.accounts.lockByName(manager, nameFolded);
    const linked = await this.others(manager, account.id, candidate);
    const decision = linkIdentity({ candidate, linked, standing: account.standing, sharing: 'name', config });
    if (decision.kind === 'refuse') return { kind: 'refused', code: decision.code };
    return { kind: 'placed', account, displaced: decision.displaced };
  }

  /**
   * Two accounts lead to one Jira user: the one without the key gives its identity to the one that holds it, if the
   * linking policy allows. Otherwise the identity stays, and its account stays refused.
   */
  private async followKey(
    manager: EntityManager,
    candidate: LinkedIdentity,
    chosen: Placement,
    config: ConfigDocument,
  ): Promise<Placement> {
    if (chosen.kind === 'refused' || chosen.account.takenBy === undefined) return chosen;
    const holder = await this.accounts.lock(manager, chosen.account.takenBy);
    const linked = await this.others(manager, holder.id, candidate);
    const decision = linkIdentity({ candidate, linked, standing: 'established', sharing: 'key', config });
    return decision.kind === 'join' ? placed(holder) : chosen;
  }

  private async others(manager: EntityManager, accountId: string, self: LinkedIdentity): Promise<LinkedIdentity[]> {
    const linked = await this.accounts.identitiesOf(manager, accountId);
    return linked.filter(({ identityId }) => identityId !== self.identityId);
  }
}

function usernameOf(identity: LinkedIdentity, config: ConfigDocument): string {
  return profileOf(identity.claims, rulesOf(identity, config)!.mapping).username!;
}

function placed(account: Account): Placement {
  return { kind: 'placed', account, displaced: [] };
}
