import { reconcileAccount } from '@gatehouse/contracts';
import type { ConfigDocument, PayloadOf } from '@gatehouse/contracts';
import { LiveConfigReader } from '@gatehouse/database';
import { DeferredError, GatehouseError, OutageError, TerminalError } from '@gatehouse/errors';
import type { ErrorCode } from '@gatehouse/errors';
import { Handles } from '@gatehouse/messaging';
import type { JobContext } from '@gatehouse/messaging';
import { AccountFinder } from './account-finder.service.js';
import { AccountLeases } from './account-leases.service.js';
import { Administrators } from './administrators.service.js';
import { Deactivation } from './deactivation.service.js';
import { JiraAccountsStore } from './jira-accounts.store.js';
import { JiraChanges } from './jira-changes.service.js';
import { JiraForRuns } from './jira-for-runs.service.js';
import { Progress } from './progress.js';
import { RunPlanner } from './run-planner.service.js';
import type { Run } from './run.js';
import { RunsStore } from './runs.store.js';
import { windowMinutesOf } from './verification-window.js';

/** Reads what is desired, reads Jira once, applies the difference. One configuration from beginning to end. */
@Handles(reconcileAccount)
export class ReconcileAccountHandler {
  constructor(
    private readonly liveConfig: LiveConfigReader,
    private readonly accounts: JiraAccountsStore,
    private readonly finder: AccountFinder,
    private readonly planner: RunPlanner,
    private readonly administrators: Administrators,
    private readonly deactivation: Deactivation,
    private readonly changes: JiraChanges,
    private readonly runs: RunsStore,
    private readonly leases: AccountLeases,
    private readonly jira: JiraForRuns,
  ) {}

  async handle({ accountId, traceId }: PayloadOf<typeof reconcileAccount>, context: JobContext): Promise<void> {
    await this.leases.during({ accountId, traceId, context }, async (lease) => {
      const { document } = await this.liveConfig.current();
      const read = () => this.accounts.read(accountId, windowMinutesOf(document.settings));
      let known = await read();
      const settle = () => this.accounts.transaction((manager) => context.settle(manager));
      if (!known || known.account.isFresh) return settle();
      const work = { traceId, context, lease, jira: this.jira.of(lease, context), progress: new Progress() };
      if (await this.wasRemoved({ ...known, ...work }, document)) known = await read();
      if (!known) return settle();
      const run = { ...known, ...work };
      const { deactivated } = known.account.desired;
      // Not the cached document: whoever has just taken a removal back must not see one afterwards.
      const latest = deactivated?.removesUser ? (await this.liveConfig.newest()).document : document;
      if (deactivated && (await this.deactivation.carryOut(run, latest)) === 'done') return;
      return this.bring(run, document);
    });
  }

  private async wasRemoved(run: Run, { settings }: ConfigDocument): Promise<boolean> {
    try {
      return await this.deactivation.concludesRemoval(run, settings);
    } catch (error) {
      if (!(error instanceof DeferredError) && !run.account.desired.deactivated) await this.interrupt(run, error);
      throw error;
    }
  }

  private async bring(run: Run, document: ConfigDocument): Promise<void> {
    let remaining: unknown[];
    try {
      remaining = await this.reconcile(run, document);
    } catch (error) {
      // Whoever took over writes what becomes of the account.
      if (!(error instanceof DeferredError)) await this.interrupt(run, error);
      throw error;
    }
    if (remaining.length === 0) return;
    await this.endWith(run, remaining);
  }

  /** @returns the changes that Jira refused; with any, the run is not committed yet. */
  private async reconcile(run: Run, document: ConfigDocument): Promise<unknown[]> {
    const finding = await this.finder.find(run, document.settings);
    if (finding.kind === 'refused') {
      await this.runs.refused(run, finding);
      return [];
    }
    run.seen = finding;
    run.plan = await this.planner.plan(run, document);
    const failures = await this.administrators.sparing(run, document.settings, async () => {
      await this.runs.begin(run);
      return this.changes.apply(run);
    });
    if (failures.length === 0) await this.runs.ready(run, document.settings);
    return failures;
  }

  /**
   * One broken rule must not lock people out: what Jira refused for good leaves the account usable, and the job is
   * parked where an operator sees it. What may succeed later is tried first: a person is not let in without their
   * groups while that is a matter of seconds.
   */
  private async endWith(run: Run, failures: readonly unknown[]): Promise<never> {
    const error = failures.find((failure) => !(failure instanceof TerminalError)) ?? failures[0];
    const comesBack = !(error instanceof TerminalError) && run.context.attempt < reconcileAccount.attempts;
    if (comesBack) await this.runs.interrupted(run, 'failed', 'pending', codeOf(error));
    else await this.runs.usable(run, codeOf(error));
    throw error;
  }

  private async interrupt(run: Run, error: unknown): Promise<void> {
    const outcome = error instanceof OutageError ? 'outage' : 'failed';
    const state = error instanceof TerminalError ? 'failed' : 'pending';
    await this.runs.interrupted(run, outcome, state, codeOf(error));
  }
}

function codeOf(error: unknown): ErrorCode {
  return error instanceof GatehouseError ? error.code : 'job.failed';
}
