import { Injectable } from '@nestjs/common';
import { DeferredError, GatehouseError, OutageError, RetryableError } from '@gatehouse/errors';
import type { JiraClient, JiraUser } from '@gatehouse/jira-client';
import type { AccountPlan } from '@gatehouse/mapping';

const parallelCallsMax = 4;

type Change = () => Promise<void>;

/** Brings a plan to Jira. One refused change does not hold up the others; an outage or a lost lease stops all. */
@Injectable()
export class JiraChanges {
  /**
   * @returns what failed, in the order of the plan
   * @throws OutageError once Jira as a whole is away; DeferredError once the account's lease is lost
   */
  async apply(plan: AccountPlan, user: JiraUser, jira: JiraClient): Promise<unknown[]> {
    const profile = Object.keys(plan.profile).length === 0 ? [] : [() => jira.updateUser(user.key, plan.profile)];
    const groups = [
      ...plan.add.map((group) => () => jira.addToGroup(user.name, group)),
      ...plan.remove.map((group) => () => jira.removeFromGroup(user.name, group)),
    ];
    return [...(await this.run(profile)), ...(await this.run(groups))];
  }

  private async run(changes: readonly Change[]): Promise<unknown[]> {
    const failures: { at: number; error: unknown }[] = [];
    const stops: (OutageError | DeferredError)[] = [];
    let next = 0;
    const worker = async () => {
      while (next < changes.length && stops.length === 0) {
        const at = next++;
        const error = await failureOf(changes[at]!);
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

async function failureOf(change: Change): Promise<unknown> {
  try {
    await change();
    return undefined;
  } catch (error) {
    // The user was there a moment ago: a node that lags, or a deletion that the next read will show.
    if (error instanceof GatehouseError && error.code === 'jira.account_missing') {
      return new RetryableError('jira.conflict', 'Jira does not show the user to a change', { cause: error });
    }
    return error ?? new Error('a change failed without an error');
  }
}
