import { JiraClient } from '@gatehouse/jira-client';
import type { JiraPerson, JiraProfileChange, JiraServerInfo, JiraUser, NewJiraUser } from '@gatehouse/jira-client';
import type { Breaker, Lease } from '@gatehouse/messaging';

/** A method's own deadline: what is sent now may still land so much later. */
export const callDeadlineMs = 5_000;

export interface Guards {
  readonly lease: Pick<Lease, 'assure' | 'assertHeld'>;
  readonly breaker: Pick<Breaker, 'assertClosed' | 'trip'>;
}

/**
 * Jira for one run: nothing is sent unless the account's lease outlasts it and the breaker is closed, and a lease that
 * passed on during a call is noticed after it. Jira checks no fencing token, so this is all the protection there is.
 */
export class GuardedJira extends JiraClient {
  constructor(
    private readonly jira: JiraClient & { readonly calls: number },
    private readonly guards: Guards,
  ) {
    super();
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
    return new GuardedJira(this.jira.counted(), this.guards);
  }

  /** For questions that are asked otherwise, of the same Jira. */
  async guard<Answer>(call: () => Promise<Answer>): Promise<Answer> {
    const { lease, breaker } = this.guards;
    await lease.assure(callDeadlineMs);
    breaker.assertClosed();
    try {
      return await call();
    } catch (error) {
      breaker.trip(error);
      throw error;
    } finally {
      lease.assertHeld();
    }
  }
}
