import { randomUUID } from 'node:crypto';
import type { ConfigApplied, PlanBegins, PlanPerson, PlanTotals } from '@gatehouse/contracts';
import type { PlanSums } from '@gatehouse/mapping';
import type { Compared } from './compared-people.service.js';
import type { Begun } from './plans.store.js';

const basis =
  'Compared with the memberships that Gatehouse gave or met, and with the claims of the last sign-in. Jira is asked for its licences alone. ' +
  'Not in it: what was given or changed by hand in Jira, groups that Jira does not have, and who would be the last administrator.';

export function beginsLine({ version, changes, warnings }: ConfigApplied, { accounts, unlinked }: Begun): PlanBegins {
  const people = accounts + unlinked;
  return { kind: 'begins', plan: randomUUID(), baseVersion: version, people, changes, warnings, basis };
}

export function personLine({ account, identity, username, identities, comparison }: Compared): PlanPerson {
  const { gains, loses, kept, profile, properties, refusal, creation, isRemoved } = comparison.difference;
  return {
    kind: 'person',
    account: account ?? null,
    identity: identity ?? null,
    username: username ?? null,
    providers: [...new Set(identities.map(({ provider }) => provider))],
    gains: gains.map(({ group, because }) => ({ group, because: [...because] })),
    loses: [...loses],
    kept: [...kept],
    profile,
    properties: [...properties],
    refusal: refusal ?? null,
    creation: creation ?? null,
    removed: isRemoved,
  };
}

export function totalsLine(sums: PlanSums, seatsAreKnown: boolean): Omit<PlanTotals, 'expiresAt'> {
  const { groups, newlyManaged, seats, brake } = sums;
  return {
    ...sums,
    kind: 'totals',
    complete: true,
    groups: [...groups],
    newlyManaged: [...newlyManaged],
    seats: seatsAreKnown ? [...seats] : null,
    brake: { holds: brake.holds, tripped: [...brake.tripped] },
  };
}
