import type { Logger } from '@gatehouse/telemetry';
import {
  groupAnswer,
  permissionsAnswer,
  propertyAnswer,
  propertyKeysAnswer,
  serverInfoAnswer,
  userAnswer,
} from './jira-answers.js';
import { Deadline } from './deadline.js';
import { JiraClient } from './jira-client.js';
import type { JiraProfileChange, JiraServerInfo, JiraUser, NewJiraUser } from './jira-client.js';
import {
  accountMissing,
  conflict,
  credentialsRefused,
  groupMissing,
  notData,
  refused,
  tooLate,
} from './jira-errors.js';
import type { JiraBody, Outcome } from './jira-errors.js';
import { JiraRest } from './jira-rest.js';
import type { JiraCall } from './jira-rest.js';
import { hasProfile, isMember, parseBody, withAllGroups } from './parse-answer.js';
import { userCall, userIn } from './read-user.js';
import type { By } from './read-user.js';

export interface HttpJiraClientOptions {
  /** Where REST is called, with Jira's context path. */
  readonly url: URL;
  /** Personal access token of an administrator. */
  readonly token: string;
  readonly logger: Logger;
  /** Bounds each method as a whole, re-reads included: an account's lease is checked against it. */
  readonly deadlineMs?: number;
  /**
   * Asks a second time before a user counts as missing, for clusters whose nodes replicate slowly. Off by default:
   * it costs every first login a call, and a creation that was one read too early ends as `exists`, not as a duplicate.
   */
  readonly confirmMissing?: boolean;
}

/** Jira Data Center 9.12, 10.3 and 11 over `/rest/api/2`. */
export class HttpJiraClient extends JiraClient {
  private readonly rest: JiraRest;
  private made = 0;

  constructor(private readonly options: HttpJiraClientOptions) {
    super();
    this.rest = new JiraRest(options);
  }

  /** Requests sent so far, those that failed included. */
  get calls(): number {
    return this.made;
  }

  counted(): HttpJiraClient {
    return new HttpJiraClient(this.options);
  }

  async findUser(by: By): Promise<JiraUser | undefined> {
    const deadline = this.deadline();
    const found = await this.read(by, deadline);
    return found === undefined && this.options.confirmMissing ? this.read(by, deadline) : found;
  }

  async createUser({ username, email, displayName }: NewJiraUser) {
    const deadline = this.deadline();
    const outcome = await this.write(
      {
        method: 'POST',
        route: '/user',
        // No password: Jira makes a random one. No notification: Jira mails only when asked to. No applications: left
        // out, Jira would add its default ones and take a licence seat behind our back (decision 5).
        body: { name: username, emailAddress: email, displayName, applicationKeys: [] },
      },
      deadline,
    );
    switch (outcome.kind) {
      case 'done':
        return { kind: 'created' as const, user: await this.asCreated(outcome.body, deadline) };
      case 'refused':
        if (outcome.fields.includes('username')) return this.asExisting(username, outcome.said, deadline);
        throw refused(outcome.said);
      case 'missing':
        throw refused(outcome.said);
    }
  }

  async updateUser(key: string, { email, displayName }: JiraProfileChange): Promise<void> {
    const wanted = {
      ...(email === undefined ? {} : { emailAddress: email }),
      ...(displayName === undefined ? {} : { displayName }),
    };
    if (Object.keys(wanted).length === 0) return;
    const deadline = this.deadline();
    const outcome = await this.send({ method: 'PUT', route: '/user', query: { key }, body: wanted }, deadline);
    if (outcome.kind === 'done') {
      if (hasProfile(parseBody(outcome.body, userAnswer), wanted)) return;
      throw conflict('Jira answered the update with other values than asked for');
    }
    if (outcome.kind === 'forbidden') await this.assertAdministrator(deadline);
    const user = await this.read({ key }, deadline);
    if (user === undefined) throw accountMissing();
    if (hasProfile(user, wanted)) return;
    // A read-only directory is one cause among several, and only its localised text would tell it from the others.
    throw outcome.kind === 'missing' ? conflict(outcome.said) : refused(outcome.said);
  }

  async addToGroup(username: string, group: string): Promise<void> {
    const deadline = this.deadline();
    const query = { groupname: group };
    const outcome = await this.write(
      { method: 'POST', route: '/group/user', query, body: { name: username } },
      deadline,
    );
    if (outcome.kind === 'done') {
      parseBody(outcome.body, groupAnswer);
      return;
    }
    const user = await this.read({ username }, deadline);
    if (user === undefined) throw accountMissing();
    if (isMember(user, group)) return;
    if (outcome.kind === 'missing') throw groupMissing(group);
    throw conflict(outcome.said);
  }

  async removeFromGroup(username: string, group: string): Promise<void> {
    const deadline = this.deadline();
    const query = { groupname: group, username };
    const outcome = await this.write({ method: 'DELETE', route: '/group/user', query }, deadline);
    if (outcome.kind === 'done') return;
    const user = await this.read({ username }, deadline);
    if (user === undefined) throw accountMissing();
    if (isMember(user, group)) throw conflict(outcome.said);
  }

  async createGroup(name: string): Promise<'created' | 'exists'> {
    const deadline = this.deadline();
    const outcome = await this.write({ method: 'POST', route: '/group', body: { name } }, deadline);
    if (outcome.kind === 'done') return 'created';
    // Jira says 400 for a name that is taken and for one it does not accept.
    const query = { groupname: name, maxResults: '1' };
    const known = await this.send({ method: 'GET', route: '/group/member', query }, deadline);
    if (known.kind === 'done') return 'exists';
    throw refused(outcome.said);
  }

  async userProperties(key: string): Promise<Readonly<Record<string, unknown>>> {
    const deadline = this.deadline();
    const query = { userKey: key };
    const outcome = await this.send({ method: 'GET', route: '/user/properties', query }, deadline);
    if (outcome.kind !== 'done') throw outcome.kind === 'missing' ? accountMissing() : refused('user properties');
    const { keys } = parseBody(outcome.body, propertyKeysAnswer);
    const read = async (property: string) => {
      const one = await this.send({ method: 'GET', route: '/user/properties/{property}', property, query }, deadline);
      return one.kind === 'done' ? [[property, parseBody(one.body, propertyAnswer).value] as const] : [];
    };
    return Object.fromEntries((await Promise.all(keys.map(({ key: property }) => read(property)))).flat());
  }

  async setUserProperty(key: string, property: string, value: string): Promise<void> {
    const call = { method: 'PUT', route: '/user/properties/{property}', property, query: { userKey: key } } as const;
    const outcome = await this.write({ ...call, body: value }, this.deadline());
    if (outcome.kind !== 'done') throw outcome.kind === 'missing' ? accountMissing() : refused(outcome.said);
  }

  async removeUserProperty(key: string, property: string): Promise<void> {
    const call = { method: 'DELETE', route: '/user/properties/{property}', property, query: { userKey: key } } as const;
    const outcome = await this.write(call, this.deadline());
    if (outcome.kind === 'refused') throw refused(outcome.said);
  }

  async setActive(username: string, active: boolean): Promise<void> {
    const deadline = this.deadline();
    const outcome = await this.write(
      { method: 'PUT', route: '/user', query: { username }, body: { active } },
      deadline,
    );
    const user = await this.read({ username }, deadline);
    if (user === undefined) throw accountMissing();
    if (user.active !== active) throw refused(outcome.kind === 'done' ? 'the flag did not change' : outcome.said);
  }

  async serverInfo(): Promise<JiraServerInfo> {
    const outcome = await this.send({ method: 'GET', route: '/serverInfo' }, this.deadline());
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
    await this.assertAdministrator(this.deadline());
  }

  private deadline(): Deadline {
    return new Deadline(this.options.deadlineMs ?? 5_000);
  }

  private async send(call: JiraCall, deadline: Deadline): Promise<Outcome> {
    if (deadline.isOver) throw tooLate();
    this.made += 1;
    return this.rest.send(call, deadline.signal);
  }

  private async read(by: By, deadline: Deadline): Promise<JiraUser | undefined> {
    return userIn(await this.send(userCall(by), deadline), by);
  }

  /** A write of which "forbidden" is final: for us as a whole, or for this user. */
  private async write(call: JiraCall, deadline: Deadline): Promise<Exclude<Outcome, { kind: 'forbidden' }>> {
    const outcome = await this.send(call, deadline);
    if (outcome.kind !== 'forbidden') return outcome;
    await this.assertAdministrator(deadline);
    throw refused(outcome.said);
  }

  /**
   * A 403 in Jira's own envelope has two meanings that only a question tells apart: our account is no administrator
   * any more (an outage: nothing may be parked for it), or it is, and a rule of the directory or of system
   * administrators protects this one user. In doubt it is the first.
   */
  private async assertAdministrator(deadline: Deadline): Promise<void> {
    const outcome = await this.send({ method: 'GET', route: '/mypermissions' }, deadline);
    if (outcome.kind !== 'done') throw credentialsRefused('status 403, and no answer about our permissions');
    const { ADMINISTER, SYSTEM_ADMIN } = parseBody(outcome.body, permissionsAnswer).permissions;
    if (!ADMINISTER?.havePermission && !SYSTEM_ADMIN?.havePermission) {
      throw credentialsRefused('the account of JIRA_TOKEN lacks the permission Administer Jira');
    }
  }

  private async asCreated(body: JiraBody, deadline: Deadline): Promise<JiraUser> {
    const user = parseBody(body, userAnswer);
    // Unexpanded, Jira answers the number of groups without their names: only zero is the whole list.
    if (user.groups?.size === 0) return withAllGroups(user);
    const found = await this.read({ key: user.key }, deadline);
    if (found === undefined) throw conflict('the user just created is not found');
    return found;
  }

  /** Jira complains about the field `username` when the name is taken and also when it does not like the name. */
  private async asExisting(username: string, said: string, deadline: Deadline) {
    if ((await this.read({ username }, deadline)) === undefined) throw conflict(said);
    return { kind: 'exists' as const };
  }
}
