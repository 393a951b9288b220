import type { Settings } from '@gatehouse/contracts';
import type { ErrorCode } from '@gatehouse/errors';
import type { Deactivation, DesiredAccess } from './desired-access.js';
import type { JiraUserFacts } from './match-account.js';
import { foldedSet } from './ledger.js';
import { foldName } from './names.js';
import { planRemovals } from './plan-removals.js';
import type { Removal } from './plan-removals.js';

export type DeactivationPlan =
  /** It is inactive already, by whomever. */
  | { kind: 'done' }
  /** `administrates`: groups of administrators that must not lose their last member. */
  | { kind: 'deactivate'; administrates: readonly string[] }
  /** An unused account that is left as it is. */
  | { kind: 'spare'; because: 'administrator' | 'excepted-group' | 'used-in-jira' | 'switched-off' | 'reserved' }
  | { kind: 'refuse'; code: ErrorCode };

interface Question {
  readonly user: JiraUserFacts & { readonly lastLoginAt?: Date | undefined };
  readonly deactivated: Pick<Deactivation, 'by'>;
  readonly settings: Pick<Settings, 'reservedUsernames' | 'administratorGroups' | 'inactivity'>;
  readonly now: Date;
}

const dayMs = 86_400_000;

/** What a deactivation does to the Jira user that belongs to the account. */
export function planDeactivation({ user, deactivated, settings, now }: Question): DeactivationPlan {
  if (!user.active) return { kind: 'done' };
  const isReserved = foldedSet(settings.reservedUsernames).has(foldName(user.name));
  const protectedGroups = foldedSet(settings.administratorGroups);
  const administrates = user.groups.filter((group) => protectedGroups.has(foldName(group)));
  if (deactivated.by === 'inactivity') {
    if (isReserved) return { kind: 'spare', because: 'reserved' };
    if (administrates.length > 0) return { kind: 'spare', because: 'administrator' };
    const spared = whySpared(user, settings.inactivity, now);
    if (spared) return { kind: 'spare', because: spared };
  }
  return isReserved ? { kind: 'refuse', code: 'account.reserved' } : { kind: 'deactivate', administrates };
}

/**
 * What somebody leaves whose access is taken away: nothing, or where `directory.removeGroupsExcept` says so every group but
 * those, whoever gave it and whatever for. The ledger has no say: a reason that still holds is none for who is gone.
 */
export function removalsOnDeactivation(
  { deactivated, groups }: Pick<DesiredAccess, 'deactivated' | 'groups'>,
  actual: Pick<JiraUserFacts, 'groups'>,
  settings: Pick<Settings, 'administratorGroups'>,
): readonly Removal[] {
  const [sweep, ...others] = groups.sweeps;
  // As `closed` writes it: nothing but that sweep. What a mapping says of people with access is none for who is gone.
  const rest = [others, groups.wanted, groups.managed, groups.holds, groups.ifNew.wanted];
  const isClosed = sweep?.only.length === 0 && rest.every(({ length }) => length === 0);
  if (deactivated?.provider === undefined || sweep?.provider !== deactivated.provider || !isClosed) return [];
  return planRemovals({ desired: { groups }, actual, wanted: new Set(), ledger: [], providers: [], settings }).remove;
}

function whySpared(
  { groups, lastLoginAt }: Question['user'],
  inactivity: Settings['inactivity'],
  now: Date,
): 'excepted-group' | 'used-in-jira' | 'switched-off' | undefined {
  // Since it was decided.
  if (!inactivity) return 'switched-off';
  const excepted = foldedSet(inactivity.exceptGroups);
  if (groups.some((group) => excepted.has(foldName(group)))) return 'excepted-group';
  const isUsed = lastLoginAt !== undefined && now.getTime() - lastLoginAt.getTime() < inactivity.days * dayMs;
  return isUsed ? 'used-in-jira' : undefined;
}
