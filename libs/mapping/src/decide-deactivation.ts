import type { ConfigDocument } from '@gatehouse/contracts';
import type { Deactivation, DesiredAccess } from './desired-access.js';
import { removedBy } from './deactivation.js';
import { isHeeded } from './directory-user.js';
import type { DirectoryStanding } from './directory-user.js';
import type { LiftedBy } from './revival.js';

/** What the directory of a provider says of one of its users that is this person. */
export interface DirectoryWord {
  readonly directoryUserId: string;
  readonly provider: string;
  readonly standing: DirectoryStanding;
  /** Of `inactive`: the directory has removed the person since, which takes nothing back. */
  readonly isRemoved?: boolean;
  /** What it says deactivates nobody (`directory.deactivateUsers`, `directory.whenRemoved`). */
  readonly isUnheeded: boolean;
  /** Of `removed`: the Jira user goes as well (`directory.whenRemoved`). */
  readonly removesUser?: boolean;
  readonly version: number;
  readonly changedAt: Date;
}

/** The newest of an administrator. */
export interface AccountOrder {
  readonly kind: 'deactivate' | 'reactivate';
  readonly orderedAt: Date;
  /** Of a reactivation: what directories said when it was given, by the id of their user and its version. */
  readonly lifts: Readonly<Record<string, number>>;
}

export interface DeactivationFacts {
  readonly directory: readonly DirectoryWord[];
  readonly order?: AccountOrder | undefined;
  /** The last use that was known, a sign-in or an order, when the account was found unused for long. */
  readonly inactiveSince?: Date | undefined;
  readonly signIns: readonly { readonly provider: string; readonly at: Date }[];
  /** Providers through which signing in counts more than what a directory said before (D10). */
  readonly overruling: ReadonlySet<string>;
  /** When it was decided before, if it was. */
  readonly decidedAt?: Date | undefined;
}

/** Nobody has said anything. */
export const noWords: DeactivationFacts = { directory: [], signIns: [], overruling: new Set() };

/**
 * Whether an account may be used, of all that is known (S60, D10). An order to deactivate holds until a newer order. One
 * to reactivate lifts what stood then, and nothing that a directory says later: an offboarding must never meet a word of
 * last year. One directory that marks the person inactive is enough; a removal is taken back by any that has the person.
 */
export function decideDeactivation(facts: DeactivationFacts): Deactivation | undefined {
  if (facts.order?.kind === 'deactivate') return { by: 'administrator' };
  const word = deactivatingWord(facts);
  if (word) return removedBy(word.provider, isWhollyRemoved(facts));
  return isUnused(facts) ? { by: 'inactivity' } : undefined;
}

/** Nobody has the person any more, not even as somebody inactive, and everybody who had removes their users: it is for good. */
export function isWhollyRemoved({ directory }: DeactivationFacts): boolean {
  return directory.every((word) => (word.standing === 'removed' || word.isRemoved) && word.removesUser === true);
}

export type Lift = Pick<DesiredAccess, 'lifted' | 'awaitsSignIn'>;
type Previous = (Lift & Pick<DesiredAccess, 'deactivated'>) | undefined;

/**
 * Whose word ended the last deactivation; only asked when nothing deactivates the account now. That the configuration has
 * changed is nobody's word (`deactivateUsers`, `whenRemoved`): then the next sign-in has to come first.
 * @param previous as it was decided before
 */
export function decideLift(previous: Previous, facts: DeactivationFacts): Lift {
  const lifted = liftedBy(previous, facts);
  if (lifted !== 'sign-in-over-directory') return lifted ? { lifted } : {};
  const mustWait = previous?.deactivated !== undefined || previous?.awaitsSignIn === true;
  return mustWait && !isSignedIn(facts) ? { lifted, awaitsSignIn: true } : { lifted };
}

function liftedBy(previous: Previous, facts: DeactivationFacts): LiftedBy | undefined {
  if (isOrdered(facts)) return 'administrator';
  switch (previous?.deactivated?.by) {
    case undefined:
      // The directory may have the person again since.
      return (previous?.lifted === 'sign-in-over-directory' && liftOfDirectory(facts)) || previous?.lifted;
    case 'administrator':
      return facts.order?.kind === 'reactivate' ? 'administrator' : undefined;
    case 'inactivity':
      return isOrderedSinceUnused(facts) ? 'administrator' : 'sign-in';
    case 'directory':
      return liftOfDirectory(facts);
  }
}

/** An order of last year lifts nothing that was said since, even where that counts no more for another reason. */
function isOrdered(facts: DeactivationFacts): boolean {
  const { directory, order } = facts;
  return (
    isOrderedSinceUnused(facts) &&
    directory.every((word) => word.standing === 'active' || isLiftedByOrder(word, order!))
  );
}

function isOrderedSinceUnused({ order, inactiveSince }: DeactivationFacts): boolean {
  return order?.kind === 'reactivate' && (!inactiveSince || order.orderedAt > inactiveSince);
}

function liftOfDirectory({ directory, order }: DeactivationFacts): LiftedBy | undefined {
  if (directory.length === 0) return undefined;
  const isSaid = directory.some(({ standing }) => standing === 'active');
  const isInactive = directory.some((word) => word.standing === 'inactive' && !(order && isLiftedByOrder(word, order)));
  return isSaid && !isInactive ? 'directory' : 'sign-in-over-directory';
}

/** While a word of a directory counts, nobody's sign-in is kept but one that counts more. */
function isSignedIn(facts: DeactivationFacts): boolean {
  const { directory, signIns, decidedAt } = facts;
  const counting = directory.filter((word) => word.standing !== 'active' && !word.isUnheeded);
  return (
    counting.some((word) => isOverruled(word, facts)) ||
    (decidedAt !== undefined && signIns.some(({ at }) => at > decidedAt))
  );
}

function deactivatingWord(facts: DeactivationFacts): DirectoryWord | undefined {
  // In one order, so that two that say the same never take turns.
  const words = facts.directory.toSorted((one, other) => (one.provider < other.provider ? -1 : 1));
  const deactivates = (word: DirectoryWord) => !word.isUnheeded && !isLifted(word, facts);
  const inactive = words.find((word) => word.standing === 'inactive' && deactivates(word));
  if (inactive || words.some(({ standing }) => standing === 'active')) return inactive;
  return words.find((word) => word.standing === 'removed' && deactivates(word));
}

function isLifted(word: DirectoryWord, facts: DeactivationFacts): boolean {
  return (facts.order !== undefined && isLiftedByOrder(word, facts.order)) || isOverruled(word, facts);
}

function isOverruled({ changedAt }: DirectoryWord, { signIns, overruling }: DeactivationFacts): boolean {
  return signIns.some(({ provider, at }) => overruling.has(provider) && at > changedAt);
}

/** With a removal, what was said before it. */
function isLiftedByOrder({ directoryUserId, version }: DirectoryWord, { kind, lifts }: AccountOrder): boolean {
  const lifted = lifts[directoryUserId];
  return kind === 'reactivate' && lifted !== undefined && lifted >= version;
}

function isUnused({ order, inactiveSince, signIns }: DeactivationFacts): boolean {
  if (!inactiveSince || (order && order.orderedAt > inactiveSince)) return false;
  return signIns.every(({ at }) => at <= inactiveSince);
}

/** Providers through which signing in counts more than what a directory said before (D10: "unless explicitly set otherwise"). */
export function overrulingProviders({ mappings }: Pick<ConfigDocument, 'mappings'>): string[] {
  return Object.entries(mappings)
    .filter(([, { autoActivate, signInOverrulesDirectory }]) => autoActivate && signInOverrulesDirectory)
    .map(([key]) => key);
}

/** Words of directories that deactivate nobody, as `wordOf` names them: a text for each, because PostgreSQL is asked by them too. */
export function unheededWords({ mappings }: Pick<ConfigDocument, 'mappings'>): string[] {
  return Object.keys(mappings).flatMap((provider) =>
    deactivatingStandings
      .filter((standing) => !isHeeded(standing, provider, { mappings }))
      .map((standing) => wordOf({ provider, standing })),
  );
}

const deactivatingStandings = ['inactive', 'removed'] as const;

/** No key of a provider has a slash. */
export function wordOf({ provider, standing }: Pick<DirectoryWord, 'provider' | 'standing'>): string {
  return `${provider}/${standing}`;
}
