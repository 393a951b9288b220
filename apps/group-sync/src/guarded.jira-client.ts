import { JiraClient } from '@gatehouse/jira-client';
import type { JiraPerson, JiraProfileChange, JiraServerInfo, JiraUser, NewJiraUser } from '@gatehouse/jira-client';
import type { Breaker, JobContext } from '@gatehouse/messaging';
import type { BulkPlaces } from './bulk-places.js';
import type { HeldLease } from './run.js';

/** A method's own deadline: what is sent now may still land so much later. */
export const callDeadlineMs = 5_000;

export interface Guards {
  readonly context: Pick<JobContext, 'lane' | 'giveWay'>;
  readonly places: BulkPlaces;
  readonly lease: HeldLease;
  readonly breaker: Pick<Breaker, 'assertClosed' | 'trip'>;
}

/**
 * Jira for one run: nothing is sent unless the account's lease outlasts it and the breaker is closed, and a lease that
 * passed on during a call is noticed after it. Jira checks no fencing token, so this is all the protection there is.
 *
 * However many calls a run, or all runs of a process, have begun when the process is frozen: each asks for its lease once
 * more in the turn in which it leaves, and one process is in one turn only. So at most one call of it can land late (F28).
 */
export class GuardedJira extends JiraClient {
  private readonly jira: JiraClient & { readonly calls: number };
  /** The account's, and what else a call must not outlive. */
  private readonly leases: HeldLease[];

  constructor(
    jira: JiraClient,
    private readonly guards: Guards,
  ) {
    super();
    this.leases = [guards.lease];
    this.jira = jira.counted(() => this.assertHeld());
  }

  get calls(): number {
    return this.jira.calls;
  }

  findUser(by: { key: string } | { username: string }): Promise<JiraUser | undefined> {
    return this.guard(() => this.jira.findUser(by));
  }

  createUser(user: NewJiraUser) {
    return this.guard(() => this.jira.createUser(user));
  }

  updateUser(key: string, change: JiraProfileChange): Promise<void> {
    return this.guard(() => this.jira.updateUser(key, change));
  }

  addToGroup(username: string, group: string): Promise<void> {
    return this.guard(() => this.jira.addToGroup(username, group));
  }

  removeFromGroup(username: string, group: string): Promise<void> {
    return this.guard(() => this.jira.removeFromGroup(username, group));
  }

  createGroup(name: string): Promise<'created' | 'exists'> {
    return this.guard(() => this.jira.createGroup(name));
  }

  /** A read that may take minutes and concerns no single account: no lease could outlast it. */
  async *groupMembers(group: string): AsyncGenerator<readonly JiraPerson[]> {
    this.guards.breaker.assertClosed();
    try {
      yield* this.jira.groupMembers(group);
    } catch (error) {
      this.guards.breaker.trip(error);
      throw error;
    }
  }

  findUsersByEmail(email: string): Promise<readonly JiraUser[]> {
    return this.guard(() => this.jira.findUsersByEmail(email));
  }

  userProperties(key: string): Promise<Record<string, string>> {
    return this.guard(() => this.jira.userProperties(key));
  }

  setUserProperty(key: string, property: string, value: string): Promise<void> {
    return this.guard(() => this.jira.setUserProperty(key, property, value));
  }

  removeUserProperty(key: string, property: string): Promise<void> {
    return this.guard(() => this.jira.removeUserProperty(key, property));
  }

  removeUser(key: string): Promise<'removed' | 'kept'> {
    return this.guard(() => this.jira.removeUser(key));
  }

  setActive(username: string, active: boolean): Promise<void> {
    return this.guard(() => this.jira.setActive(username, active));
  }

  renameUser(key: string, newUsername: string): Promise<void> {
    return this.guard(() => this.jira.renameUser(key, newUsername));
  }

  endSessions(username: string): Promise<void> {
    return this.guard(() => this.jira.endSessions(username));
  }

  serverInfo(): Promise<JiraServerInfo> {
    return this.guard(() => this.jira.serverInfo());
  }

  probe(): Promise<void> {
    return this.guard(() => this.jira.probe());
  }

  counted(): GuardedJira {
    return new GuardedJira(this.jira, this.guards);
  }

  /** For questions that are asked otherwise, of the same Jira. */
  async guard<Answer>(call: () => Promise<Answer>, { isForAll } = { isForAll: false }): Promise<Answer> {
    const { context, places } = this.guards;
    if (isForAll) return this.guarded(call);
    if (this.leases.length === 1) await context.giveWay?.(); // Others wait for what else it may hold.
    return places.take(context.lane, () => this.guarded(call));
  }

  async under<Result>(lease: HeldLease, work: () => Promise<Result>): Promise<Result> {
    this.leases.push(lease);
    try {
      return await work();
    } finally {
      this.leases.splice(this.leases.indexOf(lease), 1);
    }
  }

  /** What the lease has left is asked for once the call has its place. */
  private async guarded<Answer>(call: () => Promise<Answer>): Promise<Answer> {
    const { breaker } = this.guards;
    for (const lease of this.leases) await lease.assure(callDeadlineMs);
    breaker.assertClosed();
    try {
      return await call();
    } catch (error) {
      breaker.trip(error);
      throw error;
    } finally {
      this.assertHeld();
    }
  }

  private assertHeld(): void {
    for (const lease of this.leases) lease.assertHeld();
  }
}
