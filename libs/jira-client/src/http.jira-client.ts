import type { Logger } from '@gatehouse/telemetry';
import { GroupsRest } from './groups.rest.js';
import { serverInfoAnswer } from './jira-answers.js';
import { JiraCalls } from './jira-calls.js';
import { JiraClient } from './jira-client.js';
import type { JiraPerson, JiraProfileChange, JiraServerInfo, JiraUser, NewJiraUser } from './jira-client.js';
import { credentialsRefused, notData } from './jira-errors.js';
import type { Ask } from './jira-http.js';
import { JiraRest } from './jira-rest.js';
import { parseBody } from './parse-answer.js';
import { PropertiesRest } from './properties.rest.js';
import type { By } from './read-user.js';
import { SearchRest } from './search.rest.js';
import { JiraTraffic } from './traffic/jira-traffic.js';
import { UsersRest } from './users.rest.js';

export interface HttpJiraClientOptions {
  /** Where REST is called, with Jira's context path. */
  readonly url: URL;
  /** Personal access token of an administrator. */
  readonly token: string;
  readonly logger: Logger;
  /** Bounds each method as a whole, re-reads included: an account's lease is checked against it. */
  readonly deadlineMs?: number;
  /** Bounds each page of a group's members: the first was seen to take two and a half minutes in a large directory. */
  readonly pageDeadlineMs?: number;
  /**
   * Asks a second time before a user counts as missing, for clusters whose nodes replicate slowly. Off by default:
   * it costs every first login a call, and a creation that was one read too early ends as `exists`, not as a duplicate.
   */
  readonly confirmMissing?: boolean;
  /** Default: one of its own. */
  readonly traffic?: JiraTraffic;
  /** Default: over HTTP. */
  readonly ask?: Ask;
  /** See `counted`. */
  readonly assertSendable?: () => void;
}

/** Jira Data Center 9.12, 10.3 and 11 over `/rest/api/2`. */
export class HttpJiraClient extends JiraClient {
  private readonly traffic: JiraTraffic;
  private readonly all: JiraCalls;
  private readonly users: UsersRest;
  private readonly groups: GroupsRest;
  private readonly properties: PropertiesRest;
  private readonly search: SearchRest;

  constructor(private readonly options: HttpJiraClientOptions) {
    super();
    this.traffic = options.traffic ?? new JiraTraffic();
    this.all = new JiraCalls(new JiraRest({ ...options, traffic: this.traffic }), options.deadlineMs ?? 5_000);
    this.users = new UsersRest(this.all);
    this.groups = new GroupsRest(this.all, options.pageDeadlineMs ?? 180_000);
    this.properties = new PropertiesRest(this.all);
    this.search = new SearchRest(this.all);
  }

  /** Requests sent so far, those that failed included. */
  get calls(): number {
    return this.all.made;
  }

  counted(assertSendable = this.options.assertSendable): HttpJiraClient {
    return new HttpJiraClient({ ...this.options, traffic: this.traffic, assertSendable });
  }

  async findUser(by: By): Promise<JiraUser | undefined> {
    const deadline = this.all.deadline();
    const found = await this.all.read(by, deadline);
    return found === undefined && this.options.confirmMissing ? this.all.read(by, deadline) : found;
  }

  findUsersByEmail(email: string): Promise<readonly JiraUser[]> {
    return this.search.byEmail(email);
  }

  createUser(user: NewJiraUser) {
    return this.users.create(user);
  }

  updateUser(key: string, change: JiraProfileChange): Promise<void> {
    return this.users.update(key, change);
  }

  removeUser(key: string): Promise<'removed' | 'kept'> {
    return this.users.remove(key);
  }

  setActive(username: string, active: boolean): Promise<void> {
    return this.users.setActive(username, active);
  }

  renameUser(key: string, newUsername: string): Promise<void> {
    return this.users.rename(key, newUsername);
  }

  endSessions(username: string): Promise<void> {
    return this.users.endSessions(username);
  }

  createGroup(name: string): Promise<'created' | 'exists'> {
    return this.groups.create(name);
  }

  addToGroup(username: string, group: string): Promise<void> {
    return this.groups.add(username, group);
  }

  removeFromGroup(username: string, group: string): Promise<void> {
    return this.groups.remove(username, group);
  }

  groupMembers(group: string): AsyncIterable<readonly JiraPerson[]> {
    return this.groups.members(group);
  }

  userProperties(key: string): Promise<Record<string, string>> {
    return this.properties.all(key);
  }

  setUserProperty(key: string, property: string, value: string): Promise<void> {
    return this.properties.set(key, property, value);
  }

  removeUserProperty(key: string, property: string): Promise<void> {
    return this.properties.remove(key, property);
  }

  async serverInfo(): Promise<JiraServerInfo> {
    const outcome = await this.all.send({ method: 'GET', route: '/serverInfo' }, this.all.deadline());
    switch (outcome.kind) {
      case 'done':
        return parseBody(outcome.body, serverInfoAnswer);
      case 'forbidden':
        throw credentialsRefused('status 403 on a read');
      case 'missing':
      case 'refused':
        throw notData('serverInfo is not there');
    }
  }

  /** What we are allowed to do is asked for, because `serverInfo` is answered to everybody. */
  async probe(): Promise<void> {
    await this.all.assertAdministrator(this.all.deadline());
  }
}
