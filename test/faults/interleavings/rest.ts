import type { Person } from './facts.js';
import { letInWithoutSeat } from './judge-seats.js';
import type { Play } from './play.js';
import type { World } from './world.js';

/** Of jobs that follow one another; more is a loop. */
const drainMax = 400;
/** Longer than a lease and the deadline of a call together. */
const afterAnyLeaseMs = 60_000;
/** Longer than anything waits by itself. */
const longWaitMs = 15 * 60_000;
const longEnoughToLookAgainMs = 25 * 3_600_000;

/** Jira is well, nobody is killed any more, and what is there is worked off; then somebody looks after what is left. */
export class Rest {
  constructor(
    private readonly play: Play,
    private readonly world: World,
  ) {}

  async come(): Promise<void> {
    const { play, world } = this;
    await play.crew.finishAll();
    await play.crew.pass(afterAnyLeaseMs);
    play.crew.startAgain();
    await this.workOff('due');
    play.wrong.push(...(await letInWithoutSeat(play.history, world)));
    await play.setSeats(undefined);
    await this.workOff('all');
    await this.noteForgotten();
    await this.lookAgain();
    const isRepaired = await this.repair();
    const isLetIn = await this.letIn();
    if (isRepaired || isLetIn) await this.lookAgain();
    if (!play.history.deactivation.hasAnybodyGoneUnused()) return;
    await world.console.sweep('unused');
    await this.workOff('all');
  }

  /** Everybody is read in Jira once more. */
  async lookAgain(): Promise<void> {
    await this.world.pass(longEnoughToLookAgainMs);
    await this.world.console.sweep('all');
    await this.workOff('all');
  }

  /** @param what `all`: with what waits for a time to come */
  private async workOff(what: 'due' | 'all'): Promise<void> {
    for (let jobs = 0; jobs < drainMax; jobs += 1) {
      const due = await this.world.due();
      if (due.length === 0) {
        if (what === 'due' || (await this.later()) === 0) return;
        await this.world.pass(longWaitMs);
        continue;
      }
      // Round and round, so that one that never ends keeps nobody else from it.
      await this.play.crew.do(due[jobs % due.length]!);
    }
    throw new Error(`still at work after ${drainMax} jobs`);
  }

  private async later(): Promise<number> {
    const [row] = await this.world.dataSource.query<[{ count: number }]>(
      `select count(*)::integer as count from messaging.outbox where state <> 'settled'`,
    );
    return row.count;
  }

  /** I1: nothing waits any more, and yet what was desired last was not applied. The next sweep would hide it. */
  private async noteForgotten(): Promise<void> {
    const rows = await this.world.dataSource.query<{ name: Person; letIn: boolean; isOld: boolean }[]>(standings);
    const { deactivation, configuration } = this.play.history;
    for (const { name, letIn, isOld } of rows) {
      if (isOld) this.play.wrong.push(`I1 ${name} was forgotten in an older version`);
      if (letIn && deactivation.isDeactivated(name, configuration) === 'yes')
        this.play.wrong.push(`I7 ${name} is let in until somebody looks again`);
    }
  }

  /** What an operator does with what was parked. @returns whether there was anything */
  private async repair(): Promise<boolean> {
    let rounds = 0;
    for (; rounds < 3 && (await this.world.retryParked()) > 0; rounds += 1) await this.workOff('all');
    return rounds > 0;
  }

  /** Who was refused while Jira's user was inactive waits for the next sign-in. @returns whether there was anybody */
  private async letIn(): Promise<boolean> {
    const { history } = this.play;
    if (history.deactivated.size === 0) return false;
    for (const person of history.deactivated) {
      const last = new Map(history.signIns.filter((one) => one.person === person).map((one) => [one.provider, one]));
      for (const signIn of last.values()) await this.play.signIn(signIn);
    }
    await this.workOff('all');
    return true;
  }
}

const standings = `
select account.name_folded as name, known.state = 'ready' as "letIn",
  known.applied_version < desired.version and not exists (
    select 1 from messaging.parked_job as parked where parked.key = known.account_id::text and parked.resolved_at is null
  ) as "isOld"
from sync.jira_account as known
join mapping.desired_access as desired using (account_id) join mapping.account as account on account.id = known.account_id
where known.state = 'ready' or known.code = 'account.deactivated'`;
