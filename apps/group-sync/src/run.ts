import type { JiraClient, JiraUser } from '@gatehouse/jira-client';
import { foldedSet, foldName } from '@gatehouse/mapping';
import type { AccountPlan, HeldRemoval, Kept, LedgerEntry, PropertyPlan, Removal } from '@gatehouse/mapping';
import type { JobContext, Lease } from '@gatehouse/messaging';
import type { How } from './account-finder.service.js';
import { evidentIn, groupsAdded } from './change.js';
import type { Change } from './change.js';
import type { KnownAccount } from './jira-accounts.store.js';
import type { Books } from './ledger.store.js';
import type { Progress } from './progress.js';

/** What a run is going to do, and what it leaves undone on purpose. */
export interface RunPlan extends Pick<AccountPlan, 'profile' | 'add' | 'withheld'> {
  readonly activate: boolean;
  readonly deactivate?: boolean;
  /** After everything else, and only if all of it succeeded. */
  readonly removeUser?: boolean;
  readonly properties: PropertyPlan;
  readonly remove: readonly Removal[];
  readonly kept: readonly Kept[];
  /** Would take a seat of a full licence. */
  readonly paused: readonly string[];
  /** Seats could not be looked up; Jira itself decides then. */
  readonly seatsUnknown: boolean;
  /** Groups that open an application; undefined while nobody could say. */
  readonly opening: readonly string[] | undefined;
  readonly held: readonly HeldRemoval[];
}

export type HeldLease = Pick<Lease, 'assure' | 'assertHeld'>;

/** Nothing is asked of Jira while the breaker is open, and what it answers may open it (F13). */
export interface Guard {
  /** @param options.isForAll a question of which the answer serves all lanes: it waits for no place of the bulk lane */
  guard<Answer>(call: () => Promise<Answer>, options?: { readonly isForAll: boolean }): Promise<Answer>;
  /** Does the work while each call is under this lease as well. */
  under<Result>(lease: HeldLease, work: () => Promise<Result>): Promise<Result>;
}

/** One run from its first read to its commit. */
export interface Run {
  readonly account: KnownAccount;
  readonly books: Books;
  readonly traceId: string;
  readonly context: JobContext;
  readonly lease: Pick<Lease, 'fence' | 'claim' | 'confirm'>;
  readonly jira: JiraClient & { readonly calls: number } & Guard;
  readonly progress: Progress;
  /** Jira has shown that the user whom an earlier run was to remove is gone. */
  isGone?: boolean;
  /** Set as soon as Jira has shown the user. */
  seen?: { readonly user: JiraUser; readonly how: How };
  plan?: RunPlan;
  /** The history names what an earlier run left untold. */
  earlierIsTold?: boolean;
}

/** We created the user, in this run or an earlier one, and it has not got its groups for newcomers yet (S30). */
export function isNewcomer({ account, seen }: Pick<Run, 'account' | 'seen'>): boolean {
  return account.isNewcomer || seen?.how === 'created';
}

/** Groups that wait for a seat: by the plan, or by what Jira said to it. With an activation everything waits. */
export function pausedIn({ plan, progress }: Pick<Run, 'plan' | 'progress'>): readonly string[] {
  const behindActivation = progress.isActivationPaused ? (plan?.add ?? []) : [];
  return [...(plan?.paused ?? []), ...progress.paused, ...behindActivation];
}

/** Something waits for a seat, an activation included. */
export function isPaused(run: Pick<Run, 'plan' | 'progress'>): boolean {
  return run.progress.isActivationPaused || pausedIn(run).length > 0;
}

/** In no group that opens an application, because a licence is full: Jira would let such a user in and show nothing (P02). */
export function isWithoutAccess(run: Pick<Run, 'plan' | 'progress'>, present: readonly string[]): boolean {
  if (run.progress.isActivationPaused) return true;
  const { opening } = run.plan ?? {};
  if (!isPaused(run) || opening === undefined) return false;
  const opens = foldedSet(opening);
  return !present.some((group) => opens.has(foldName(group)));
}

export function changesOf({ activate, deactivate, removeUser, profile, properties, add, remove }: RunPlan): Change[] {
  const fields = (['email', 'displayName'] as const).filter((field) => profile[field] !== undefined);
  return [
    ...(activate ? [{ kind: 'activate' as const }] : []),
    ...(deactivate ? [{ kind: 'deactivate' as const }] : []),
    ...(fields.length > 0 ? [{ kind: 'profile' as const, fields }] : []),
    ...Object.keys(properties.set).map((property) => ({ kind: 'property' as const, property, removed: false })),
    ...properties.remove.map((property) => ({ kind: 'property' as const, property, removed: true })),
    ...add.map((group) => ({ kind: 'add' as const, group })),
    ...remove.map(({ group, because }) => ({ kind: 'remove' as const, group, because })),
    ...(removeUser ? [{ kind: 'remove-user' as const }] : []),
  ];
}

/** Changes of an earlier run that nobody has told of, and that Jira shows: what was planned again did not happen. */
export function earlierChanges({
  account,
  seen,
  plan,
  isGone,
}: Pick<Run, 'account' | 'seen' | 'plan' | 'isGone'>): Change[] {
  if (account.underWay && isGone) return account.underWay.changes;
  if (!account.underWay || !seen || !plan) return [];
  const evident = evidentIn(account.underWay.changes, { user: seen.user, desired: account.desired });
  const again = new Set([...Object.keys(plan.properties.set), ...plan.properties.remove]);
  return evident.filter((change) => change.kind !== 'property' || !again.has(change.property));
}

/** Groups that earlier runs put the user into without a word in the ledger. */
export function earlierAdditions(run: Pick<Run, 'account' | 'seen' | 'plan'>): string[] {
  const present = new Set(run.seen?.user.groups.map(foldName));
  const ours = (run.account.underWay?.ours ?? []).filter((group) => present.has(foldName(group)));
  return [...ours, ...groupsAdded(earlierChanges(run))];
}

export function isUserRemoved({ progress }: Pick<Run, 'progress'>): boolean {
  return progress.done.some(({ kind }) => kind === 'remove-user');
}

/** An earlier run has asked Jira to remove the user, and no commit tells what became of it. */
export function isRemovalUnderWay({ underWay }: Run['account']): boolean {
  return underWay?.changes.some(({ kind }) => kind === 'remove-user') ?? false;
}

export function isActive({ seen, progress }: Pick<Run, 'seen' | 'progress'>): boolean {
  if (progress.done.some(({ kind }) => kind === 'deactivate')) return false;
  return seen!.user.active || progress.done.some(({ kind }) => kind === 'activate');
}

/** Why they did: what the ledger would say had they come to write it. */
export function unwrittenEntries({ account, books, seen }: Pick<Run, 'account' | 'books' | 'seen'>): LedgerEntry[] {
  const present = new Set(seen?.user.groups.map(foldName));
  const isWritten = (one: Omit<LedgerEntry, 'how'>) =>
    books.ledger.some(
      ({ group, provider, reason }) =>
        foldName(group) === foldName(one.group) && provider === one.provider && reason === one.reason,
    );
  const given = (account.underWay?.given ?? []).filter((one) => present.has(foldName(one.group)) && !isWritten(one));
  return given.map((one) => ({ ...one, how: 'added' }));
}
