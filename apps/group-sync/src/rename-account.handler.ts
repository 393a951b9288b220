import { renameAccount } from '@gatehouse/contracts';
import type { PayloadOf, Settings } from '@gatehouse/contracts';
import { LiveConfigReader } from '@gatehouse/database';
import { RetryableError, TerminalError } from '@gatehouse/errors';
import type { ErrorCode } from '@gatehouse/errors';
import type { JiraUser } from '@gatehouse/jira-client';
import { isSameName, trustedName } from '@gatehouse/mapping';
import { Handles } from '@gatehouse/messaging';
import type { JobContext, Lease } from '@gatehouse/messaging';
import type { EntityManager } from 'typeorm';
import { AccountLeases } from './account-leases.service.js';
import type { GuardedJira } from './guarded.jira-client.js';
import { JiraAccountsStore } from './jira-accounts.store.js';
import type { KnownAccount } from './jira-accounts.store.js';
import { JiraForRuns } from './jira-for-runs.service.js';
import { RenameChecks } from './rename-checks.service.js';
import { RenamesStore } from './renames.store.js';
import type { KnownRename, Rename } from './renames.store.js';
import { SignIns } from './sign-ins.reader.js';

const signInRetryMs = 60_000;

/** One run, under the lease of its account. */
interface Step {
  readonly account: KnownAccount;
  readonly known: KnownRename;
  readonly settings: Settings;
  readonly traceId: string;
  readonly context: JobContext;
  readonly lease: Lease;
  readonly jira: GuardedJira;
}

/** Renames one Jira user, or says why not. Never a side effect of a sign-in, and never while one is under way (P06, X35). */
@Handles(renameAccount)
export class RenameAccountHandler {
  constructor(
    private readonly liveConfig: LiveConfigReader,
    private readonly accounts: JiraAccountsStore,
    private readonly renames: RenamesStore,
    private readonly checks: RenameChecks,
    private readonly signIns: SignIns,
    private readonly leases: AccountLeases,
    private readonly jira: JiraForRuns,
  ) {}

  async handle({ accountId, traceId }: PayloadOf<typeof renameAccount>, context: JobContext): Promise<void> {
    await this.leases.during({ accountId, traceId, context }, async (lease) => {
      // Not the cached one: whoever has just switched renames off must not see one afterwards.
      const { settings } = (await this.liveConfig.newest()).document;
      const read = await this.accounts.read(accountId, 0);
      const account = read?.account;
      const known = await this.renames.read(accountId);
      if (!account || !known || !isAsked(known, account, settings)) {
        return this.accounts.transaction((manager) => context.settle(manager));
      }
      const jira = this.jira.of(lease, context);
      return this.step({ account, known, settings, traceId, context, lease, jira });
    });
  }

  private async step(step: Step): Promise<void> {
    const { account, known, settings, jira } = step;
    const { accountId, jiraKey } = account;
    const user = await jira.findUser({ key: jiraKey! });
    // An earlier run was killed, or lost the answer, after Jira had done it.
    if (user && known.state === 'under-way' && isSameName(user.name, known.to)) return this.done(step, user, user.name);
    const decision = await this.checks.decide({ accountId, jiraKey: jiraKey!, user, to: known.to, jira }, settings);
    if (decision.kind === 'blocked') return this.blocked(step, user, decision.code);
    if (decision.kind === 'not-needed') return this.notNeeded(step, user!);
    if (decision.kind === 'wait' || !(await this.begin(step, user!))) return this.postponed(step, user!);
    return this.rename(step, user!);
  }

  /**
   * Sign-ins are looked for once more after the name was taken from them: whoever came in between has it from before, and
   * whoever comes later waits for the lease.
   *
   * @returns false when somebody is signing in after all
   */
  private async begin(step: Step, user: JiraUser): Promise<boolean> {
    await this.commit(step, (manager) => this.renames.begin(manager, renameOf(step, user)));
    return !(await this.signIns.areUnderWay(step.account.accountId));
  }

  private async rename(step: Step, user: JiraUser): Promise<void> {
    const { jira, known } = step;
    try {
      await jira.renameUser(user.key, known.to);
    } catch (error) {
      // Anything else leaves open what Jira did: the next try looks, and until then no name is handed out.
      if (error instanceof TerminalError) return this.blocked(step, user, error.code);
      throw error;
    }
    const now = await jira.findUser({ key: user.key });
    if (!now || !isSameName(now.name, known.to))
      throw new RetryableError('jira.conflict', 'Jira does not show the name that it has just taken');
    return this.done(step, user, now.name);
  }

  private async done(step: Step, user: JiraUser, now: string): Promise<void> {
    const { context, jira } = step;
    await this.commit(step, async (manager) => {
      await this.renames.done(manager, renameOf(step, user), { now, jiraCalls: jira.calls, context });
      await context.settle(manager);
    });
  }

  private async blocked(step: Step, user: JiraUser | undefined, code: ErrorCode): Promise<void> {
    await this.commit(step, async (manager) => {
      if (user) await this.renames.endWithout(manager, renameOf(step, user), 'blocked', code);
      else await this.renames.gone(manager, step.account.accountId, code);
      await step.context.settle(manager);
    });
  }

  /** Somebody has renamed the user by hand: it is nobody's deed here. */
  private async notNeeded(step: Step, user: JiraUser): Promise<void> {
    await this.commit(step, async (manager) => {
      await this.renames.followed(manager, renameOf(step, user), step.context);
      await step.context.settle(manager);
    });
  }

  /** @throws RetryableError as long as there is another try; then it is shown, and tried again within a day */
  private async postponed(step: Step, user: JiraUser): Promise<void> {
    const code = 'rename.sign_in_under_way';
    if (step.context.attempt >= renameAccount.attempts) return this.blocked(step, user, code);
    await this.commit(step, (manager) => this.renames.endWithout(manager, renameOf(step, user), 'pending', code));
    throw new RetryableError(code, 'The person is signing in.', { retryAfterMs: signInRetryMs });
  }

  private commit({ lease }: Step, work: (manager: EntityManager) => Promise<void>): Promise<void> {
    return this.accounts.transaction(async (manager) => {
      await lease.fence(manager);
      await work(manager);
    });
  }
}

/** The name is still the one that is wanted, and policy or an administrator lets it go; what was begun is looked at anyway. */
function isAsked({ state, to, isOrdered }: KnownRename, { jiraKey, desired }: KnownAccount, settings: Settings) {
  if (jiraKey === undefined || state === 'done') return false;
  if (state === 'under-way') return true;
  if (trustedName(desired) !== to || settings.renames === 'off') return false;
  return isOrdered || settings.renames === 'apply';
}

function renameOf({ account, known, traceId }: Step, user: JiraUser): Rename {
  return { account, traceId, user, from: known.from, to: known.to };
}
