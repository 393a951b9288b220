import { Injectable } from '@nestjs/common';
import type { Settings } from '@gatehouse/contracts';
import { DeferredError, TerminalError } from '@gatehouse/errors';
import type { JiraUser } from '@gatehouse/jira-client';
import {
  everyGroup,
  foldedSet,
  foldName,
  matchAccount,
  noProperties,
  planDeactivation,
  removalsOnDeactivation,
} from '@gatehouse/mapping';
import { Administrators } from './administrators.service.js';
import { DeactivationsStore } from './deactivations.store.js';
import { JiraAccountsStore } from './jira-accounts.store.js';
import { JiraChanges } from './jira-changes.service.js';
import { RemovalBrake } from './removal-brake.store.js';
import { changesOf, isRemovalUnderWay, isUserRemoved } from './run.js';
import type { Run, RunPlan } from './run.js';

const nothing: RunPlan = {
  activate: false,
  profile: {},
  properties: noProperties,
  add: [],
  remove: [],
  kept: [],
  withheld: [],
  paused: [],
  seatsUnknown: false,
  opening: undefined,
  held: [],
};

/** Takes the Jira user of a deactivated account away, and everything it is signed in with. What else changes, the mapping says. */
@Injectable()
export class Deactivation {
  constructor(
    private readonly accounts: JiraAccountsStore,
    private readonly deactivations: DeactivationsStore,
    private readonly administrators: Administrators,
    private readonly brake: RemovalBrake,
    private readonly changes: JiraChanges,
  ) {}

  /**
   * Whatever becomes of it in Jira: from the first commit on nobody is let in with this account.
   * @returns `spared`: an unused account that is left as it is, and reconciled like others
   */
  async carryOut(run: Run, settings: Settings): Promise<'done' | 'spared'> {
    if (run.account.desired.deactivated?.by !== 'inactivity') await this.deactivations.bar(run);
    try {
      return await this.inJira(run, settings);
    } catch (error) {
      if (!(error instanceof DeferredError)) await this.deactivations.failed(run, error);
      throw error;
    }
  }

  /**
   * A removal whose answer was lost with its worker, of somebody who may have come back since.
   * @returns true when it was done: what was read of the account is out of date
   */
  async concludesRemoval(run: Run, settings: Settings): Promise<boolean> {
    if (!isRemovalUnderWay(run.account) || (await this.find(run, settings)) !== undefined) return false;
    await this.deactivations.removed(run);
    return true;
  }

  private async inJira(run: Run, settings: Settings): Promise<'done' | 'spared'> {
    const user = await this.find(run, settings);
    if (!user) return this.end(run, true);
    run.seen = { user, how: 'pinned' };
    run.plan = nothing;
    const plan = planDeactivation({
      user,
      deactivated: run.account.desired.deactivated!,
      settings,
      now: run.account.readAt,
    });
    switch (plan.kind) {
      case 'spare':
        return 'spared';
      case 'refuse':
        await run.jira.endSessions(user.name);
        throw new TerminalError(plan.code, 'The Jira user of a deactivated account is one that is never deactivated');
      case 'done':
        return this.apply(run, settings, false);
      case 'deactivate':
        return this.administrators.exceptLast(run, plan.administrates, () => this.apply(run, settings, true));
    }
  }

  private async apply(run: Run, settings: Settings, deactivates: boolean): Promise<'done'> {
    const { name } = run.seen!.user;
    const isLetThrough = await this.plan(run, settings, deactivates);
    const isAsBefore = !deactivates && !run.plan!.removeUser && run.plan!.remove.length === 0 && run.account.isApplied;
    if (!isLetThrough || isAsBefore) return this.end(run, isAsBefore);
    if (changesOf(run.plan!).length > 0) await this.deactivations.begin(run);
    // Removed with its sessions, which then nobody can end any more.
    if (run.plan!.removeUser) await run.jira.endSessions(name);
    const failures = await this.changes.apply(run);
    // Whether or not the user could be deactivated, and once more where it was inactive already.
    if (!isUserRemoved(run)) await run.jira.endSessions(name);
    if (failures.length > 0) throw failures[0];
    const waits = this.removesUser(run, settings) && run.plan!.held.length > 0;
    return this.end(run, !waits);
  }

  private async end(run: Run, isApplied: boolean): Promise<'done'> {
    await this.deactivations.done(run, { isApplied });
    return 'done';
  }

  /**
   * A deactivation is counted like a loss of groups, and holds what goes with it (P31, X51, X52); so is the removal of
   * somebody who was deactivated before. What an administrator ordered is deliberate. Groups go only where the mapping
   * takes them from whoever is deactivated, and no user while one of them waits for a decision.
   * @returns whether the deactivation may go on
   */
  private async plan(run: Run, settings: Settings, deactivates: boolean): Promise<boolean> {
    const groups = removalsOnDeactivation(run.account.desired, run.seen!.user, settings);
    const removes = this.removesUser(run, settings);
    const isBraked = (deactivates || removes) && run.account.desired.deactivated?.by !== 'administrator';
    const user = isBraked ? [{ group: everyGroup, because: 'deactivated' as const }] : [];
    const { admit, hold, dismissed } = await this.brake.decide(run, [...user, ...groups], settings.brake);
    const isLetThrough = !isBraked || admit.some(({ because }) => because === 'deactivated');
    const remove = admit.flatMap(({ group, because }) => (because === 'deactivated' ? [] : [{ group, because }]));
    const kept = dismissed.map(({ group }) => ({ group, because: 'dismissed' as const }));
    const removeUser = removes && hold.length + dismissed.length === 0;
    const more = isLetThrough ? { deactivate: deactivates, remove, removeUser } : {};
    run.plan = { ...nothing, ...more, held: hold, kept };
    return isLetThrough;
  }

  /** Only whom Gatehouse made, and nobody whom Jira needs. One that Jira has kept is not asked for again and again. */
  private removesUser({ account, seen }: Run, { reservedUsernames, administratorGroups }: Settings): boolean {
    const { isCreatedByUs, isApplied, desired } = account;
    if (!desired.deactivated?.removesUser || !isCreatedByUs || isApplied) return false;
    const { name, groups } = seen!.user;
    const isProtected = foldedSet(administratorGroups);
    return (
      !foldedSet(reservedUsernames).has(foldName(name)) && !groups.some((group) => isProtected.has(foldName(group)))
    );
  }

  /** By its pinned key. Without one only what an unanswered create left behind is ours; nobody is created or linked. */
  private async find({ account, jira }: Run, settings: Settings): Promise<JiraUser | undefined> {
    const { jiraKey, unansweredIntent, desired } = account;
    if (jiraKey !== undefined) return (await jira.findUser({ key: jiraKey })) ?? jira.findUser({ key: jiraKey });
    if (!unansweredIntent) return undefined;
    const found = await jira.findUser({ username: unansweredIntent.username });
    const decision = matchAccount({ found, desired: { ...desired, mayCreate: false }, unansweredIntent, settings });
    if (!found || decision.kind !== 'adopt' || !decision.createdByUs) return undefined;
    const pinning = await this.accounts.pin(account.accountId, found, true);
    return pinning.kind === 'pinned' ? found : undefined;
  }
}
