import { Injectable } from '@nestjs/common';
import { DeferredError, GatehouseError, OutageError, RetryableError, TerminalError } from '@gatehouse/errors';
import type { JiraClient, JiraUser } from '@gatehouse/jira-client';
import { foldedSet, foldName } from '@gatehouse/mapping';
import type { Change } from './change.js';
import type { Progress } from './progress.js';
import { changesOf } from './run.js';
import type { Run, RunPlan } from './run.js';

const parallelCallsMax = 8;

interface Work {
  readonly user: JiraUser;
  readonly plan: RunPlan;
  readonly jira: JiraClient;
  readonly progress: Progress;
  readonly creatable: ReadonlySet<string>;
  /** Changes that the directory has refused to make of this very version. */
  readonly knownRefusals: ReadonlySet<string>;
}

/** Brings a plan to Jira. One refused change does not hold up the others; an outage or a lost lease stops all. */
@Injectable()
export class JiraChanges {
  /**
   * An activation comes first and alone, because the rest means an active user; then profile and properties, then groups.
   *
   * @returns what failed, in the order of the plan; nothing where an activation waits for a seat, and the rest with it
   * @throws OutageError once Jira as a whole is away; DeferredError once the account's lease is lost; what an activation failed with
   */
  async apply(run: Run): Promise<unknown[]> {
    const { plan, progress } = run;
    const work = workOf(run);
    const stages = stagesOf(changesOf(plan!));
    const failures: unknown[] = [];
    for (const stage of stages) {
      const failed = await this.run(stage, work);
      failures.push(...failed);
      // Without it nobody can work in the account, whatever else would succeed.
      if (failed.length > 0 && stage[0]?.kind === 'activate') throw failed[0];
      if (progress.isActivationPaused) return [];
    }
    return failures;
  }

  /** Not among the changes of `apply`: it waits for all of them. @returns what failed */
  removeUser(run: Run): Promise<unknown[]> {
    return this.run([{ kind: 'remove-user' }], workOf(run));
  }

  private async run(changes: readonly Change[], work: Work): Promise<unknown[]> {
    const failures: { at: number; error: unknown }[] = [];
    const stops: (OutageError | DeferredError)[] = [];
    let next = 0;
    const worker = async () => {
      while (next < changes.length && stops.length === 0) {
        const at = next++;
        const error = await failureOf(changes[at]!, work);
        if (error instanceof OutageError || error instanceof DeferredError) stops.push(error);
        else if (error !== undefined) failures.push({ at, error });
      }
    };
    // Every call under way is waited for: a run that ended must not write any more.
    await Promise.all(Array.from({ length: Math.min(parallelCallsMax, changes.length) }, worker));
    // Whatever else happened: once another worker may be at this account, that is what counts.
    const stop = stops.find((one) => one instanceof DeferredError) ?? stops[0];
    if (stop) throw stop;
    return failures.sort((one, other) => one.at - other.at).map(({ error }) => error);
  }
}

function workOf({ account, seen, plan, jira, progress, context }: Run): Work {
  return {
    user: seen!.user,
    plan: plan!,
    jira,
    progress,
    knownRefusals: knownRefusals(account, context.lane),
    creatable: foldedSet(account.desired.groups.creatable),
  };
}

function stagesOf(changes: readonly Change[]): Change[][] {
  const of = (...kinds: Change['kind'][]) => changes.filter(({ kind }) => kinds.includes(kind));
  return [of('activate', 'deactivate'), of('profile', 'property'), of('add', 'remove')].filter(
    (stage) => stage.length > 0,
  );
}

async function failureOf(change: Change, work: Work): Promise<unknown> {
  const { progress } = work;
  if (work.knownRefusals.has(JSON.stringify(change))) {
    progress.refused(change, { forGood: true });
    return new TerminalError('jira.directory_read_only', 'The directory has refused this very change before');
  }
  progress.start(change);
  try {
    const outcome = await make(change, work);
    if (outcome === 'skipped' && change.kind === 'add') progress.skip(change);
    else if (outcome === 'kept' && change.kind === 'remove-user') progress.keep(change);
    else progress.succeeded(change);
    return undefined;
  } catch (error) {
    if ((change.kind === 'add' || change.kind === 'activate') && isOf(error, 'jira.licence_full')) {
      progress.pause(change);
      return undefined;
    }
    if (error instanceof TerminalError) progress.refused(change, { forGood: isOf(error, 'jira.directory_read_only') });
    // The user was there a moment ago: a node that lags, or a deletion that the next read will show.
    if (isOf(error, 'jira.account_missing')) {
      return new RetryableError('jira.conflict', 'Jira does not show the user to a change', { cause: error });
    }
    return error ?? new Error('a change failed without an error');
  }
}

async function make(change: Change, work: Work): Promise<unknown> {
  const { user, plan, jira } = work;
  switch (change.kind) {
    case 'activate':
      return jira.setActive(user.name, true);
    case 'deactivate':
      return jira.setActive(user.name, false);
    case 'remove-user':
      return jira.removeUser(user.key);
    case 'profile':
      return jira.updateUser(user.key, plan.profile);
    case 'property':
      return change.removed
        ? jira.removeUserProperty(user.key, change.property)
        : jira.setUserProperty(user.key, change.property, plan.properties.set[change.property]!);
    case 'add':
      return join(change.group, work);
    case 'remove':
      return jira.removeFromGroup(user.name, change.group);
  }
}

/** A group is asked for first and made only when it is missing: nearly all of them are there. */
async function join(group: string, { user, jira, progress, creatable }: Work): Promise<'joined' | 'skipped'> {
  try {
    await jira.addToGroup(user.name, group);
    return 'joined';
  } catch (error) {
    if (!isOf(error, 'jira.group_missing')) throw error;
  }
  if (!creatable.has(foldName(group))) return 'skipped';
  // Of two that make it at once, one is told that it exists (S41).
  if ((await jira.createGroup(group)) === 'created') progress.createdGroups.push(group);
  try {
    await jira.addToGroup(user.name, group);
    return 'joined';
  } catch (error) {
    if (!isOf(error, 'jira.group_missing')) throw error;
    throw new RetryableError('jira.conflict', 'Jira does not show a group that was just made', { cause: error });
  }
}

/** A sign-in does not ask again what a person has to put right first; sweeps and whoever retries the job do. */
function knownRefusals({ refusedForGood }: Run['account'], lane: string): ReadonlySet<string> {
  return new Set(lane === 'interactive' ? refusedForGood.map((change) => JSON.stringify(change)) : []);
}

function isOf(error: unknown, code: GatehouseError['code']): boolean {
  return error instanceof GatehouseError && error.code === code;
}
