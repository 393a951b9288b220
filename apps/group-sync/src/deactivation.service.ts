import { Injectable } from '@nestjs/common';
import type { ConfigDocument, Settings } from '@gatehouse/contracts';
import { DeferredError, TerminalError } from '@gatehouse/errors';
import type { JiraUser } from '@gatehouse/jira-client';
import {
  everyGroup,
  foldedSet,
  foldName,
  isOnTrial,
  matchAccount,
  noProperties,
  planDeactivation,
  removalsOnDeactivation,
  removedUsers,
  removesUsers,
} from '@gatehouse/mapping';
import type { Loss, Removal } from '@gatehouse/mapping';
import { Administrators } from './administrators.service.js';
import { DeactivationsStore } from './deactivations.store.js';
import { JiraAccountsStore } from './jira-accounts.store.js';
import { JiraChanges } from './jira-changes.service.js';
import { RemovalBrake } from './removal-brake.store.js';
import { changesOf, isRemovalUnderWay } from './run.js';
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
  async carryOut(run: Run, document: ConfigDocument): Promise<'done' | 'spared'> {
    if (run.account.desired.deactivated?.by !== 'inactivity') await this.deactivations.bar(run);
    try {
      return await this.inJira(run, document);
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

  private async inJira(run: Run, document: ConfigDocument): Promise<'done' | 'spared'> {
    const { settings } = document;
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
        return this.apply(run, document, false);
      case 'deactivate':
        return this.administrators.exceptLast(run, plan.administrates, () => this.apply(run, document, true));
    }
  }

  private async apply(run: Run, document: ConfigDocument, deactivates: boolean): Promise<'done'> {
    const isLetThrough = await this.plan(run, document, deactivates);
    const isAsBefore = changesOf(run.plan!).length === 0 && !deactivates && run.account.isApplied;
    if (!isLetThrough || isAsBefore) return this.end(run, isAsBefore);
    if (changesOf(run.plan!).length > 0) await this.deactivations.begin(run);
    const failures = await this.changes.apply(run);
    // Whether or not the user could be deactivated, and once more where it was inactive already.
    await run.jira.endSessions(run.seen!.user.name);
    if (failures.length > 0) throw failures[0];
    return this.end(run, await this.removeUser(run));
  }

  /** For good, so after everything that can be taken back. @returns false when something else is decided by now */
  private async removeUser(run: Run): Promise<boolean> {
    if (!run.plan!.removeUser) return true;
    if (!(await this.deactivations.isStillDecided(run))) return false;
    const failures = await this.changes.removeUser(run);
    if (failures.length > 0) throw failures[0];
    return true;
  }

  private async end(run: Run, isApplied: boolean): Promise<'done'> {
    await this.deactivations.done(run, { isApplied });
    return 'done';
  }

  /**
   * A deactivation is counted like a loss of groups, and holds what goes with it (P31, X51, X52); a removal for good by
   * itself. What an administrator ordered is deliberate. Groups go only where the mapping takes them from whoever is
   * deactivated, and no user while one of them waits for a decision.
   * @returns whether the deactivation may go on
   */
  private async plan(run: Run, document: ConfigDocument, deactivates: boolean): Promise<boolean> {
    const { settings } = document;
    const isBraked = deactivates && run.account.desired.deactivated?.by !== 'administrator';
    const losses = [
      ...(isBraked ? [{ group: everyGroup, because: 'deactivated' as const }] : []),
      ...(this.losesUser(run, document) ? [{ group: removedUsers, because: 'removed' as const }] : []),
      ...removalsOnDeactivation(run.account.desired, run.seen!.user, settings),
    ];
    const { admit, hold, dismissed } = await this.brake.decide(run, losses, settings.brake);
    const isAdmitted = (kind: 'deactivated' | 'removed') => admit.some(({ because }) => because === kind);
    const isLetThrough = !isBraked || isAdmitted('deactivated');
    const remove = admit.flatMap((loss) => (isOfGroup(loss) ? [loss] : []));
    const kept = dismissed.map(({ group }) => ({ group, because: 'dismissed' as const }));
    const removeUser = isAdmitted('removed') && hold.length + dismissed.length === 0;
    const more = isLetThrough ? { deactivate: deactivates, remove, removeUser } : {};
    run.plan = { ...nothing, ...more, held: hold, kept };
    return isLetThrough;
  }

  /**
   * Only whom Gatehouse made, nobody whom Jira needs, and only while the document of this moment says so: what was decided
   * by one that somebody has taken back since is not carried out. Whom Jira has kept is not asked for again and again.
   */
  private losesUser({ account, seen }: Run, document: ConfigDocument): boolean {
    const { provider, removesUser } = account.desired.deactivated!;
    if (!removesUser || provider === undefined) return false;
    if (!removesUsers(provider, document) || isOnTrial(provider, document)) return false;
    const isOurs = account.isCreatedByUs || account.jiraKey === undefined; // Found by what our own create left behind.
    const { key, name, groups, active } = seen!.user;
    if (!isOurs || (!active && account.keptKey === key)) return false;
    const { reservedUsernames, administratorGroups } = document.settings;
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

function isOfGroup(loss: Loss): loss is Loss & Removal {
  return loss.because !== 'deactivated' && loss.because !== 'removed';
}
