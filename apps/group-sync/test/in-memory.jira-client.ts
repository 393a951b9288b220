import { TerminalError } from '@gatehouse/errors';
import { JiraClient } from '@gatehouse/jira-client';
import type { JiraPerson, JiraProfileChange, JiraServerInfo, JiraUser, NewJiraUser } from '@gatehouse/jira-client';

type Operation =
  | 'find'
  | 'create'
  | 'update'
  | 'add'
  | 'remove'
  | 'probe'
  | 'make-group'
  | 'properties'
  | 'set-property'
  | 'remove-property'
  | 'activate'
  | 'remove-user'
  | 'rename'
  | 'sessions';

interface Fault {
  readonly on: Operation;
  /** Only calls about this group or name. */
  readonly about?: string;
  readonly error: Error;
  /** `after`: Jira did it, and the answer was lost. */
  readonly when: 'before' | 'after';
  times: number;
}

/** Jira's rules on users and groups (jira-facts 2.2, 2.3), without HTTP. */
export class InMemoryJira extends JiraClient {
  readonly calls: string[] = [];
  readonly users = new Map<string, JiraUser>();
  readonly groups = new Set<string>();
  readonly properties = new Map<string, Record<string, string>>();
  /** Keys of whom Jira does not let go. */
  readonly withTraces = new Set<string>();
  parallelMax = 0;
  /** Awaited inside each call, to hold one up or to let others overtake it. */
  gate: (call: string) => Promise<void> = () => Promise.resolve();
  private parallel = 0;
  private nextId = 10_000;
  private faults: Fault[] = [];

  addGroups(...names: string[]): this {
    for (const name of names) this.groups.add(name);
    return this;
  }

  addUser(user: Partial<JiraUser> & { name: string }): JiraUser {
    const key = user.key ?? `JIRAUSER${this.nextId++}`;
    const whole = {
      emailAddress: `${user.name}@example.com`,
      displayName: user.name,
      active: true,
      groups: [],
      ...user,
      key,
    };
    this.users.set(key, whole);
    return whole;
  }

  change(key: string, change: Partial<JiraUser>): void {
    this.users.set(key, { ...this.users.get(key)!, ...change });
  }

  delete(key: string): void {
    this.users.delete(key);
  }

  named(name: string): JiraUser | undefined {
    return [...this.users.values()].find((user) => fold(user.name) === fold(name));
  }

  fail(on: Operation, error: Error, options: { when?: 'before' | 'after'; times?: number; about?: string } = {}): void {
    this.faults.push({ on, error, when: 'before', times: 1, ...options });
  }

  findUser(by: { key: string } | { username: string }): Promise<JiraUser | undefined> {
    const what = 'key' in by ? by.key : by.username;
    return this.call('find', what, () => ('key' in by ? this.users.get(by.key) : this.named(by.username)));
  }

  createUser({ username, email, displayName }: NewJiraUser) {
    return this.call('create', username, () => {
      if (email === '' || displayName === '' || /[<>&]/.test(username)) {
        throw new TerminalError('jira.request_refused', 'Jira refused the change as invalid.');
      }
      if (this.named(username)) return { kind: 'exists' as const };
      return { kind: 'created' as const, user: this.addUser({ name: username, emailAddress: email, displayName }) };
    });
  }

  updateUser(key: string, { email, displayName }: JiraProfileChange): Promise<void> {
    return this.call('update', key, () => {
      const user = this.existing(this.users.get(key));
      this.users.set(key, {
        ...user,
        ...(email === undefined ? {} : { emailAddress: email }),
        ...(displayName === undefined ? {} : { displayName }),
      });
    });
  }

  addToGroup(username: string, group: string): Promise<void> {
    return this.call('add', group, () => {
      const user = this.existing(this.named(username));
      const name = [...this.groups].find((known) => fold(known) === fold(group));
      if (name === undefined)
        throw new TerminalError('jira.group_missing', 'A group of the mapping does not exist in Jira.');
      if (user.groups.some((known) => fold(known) === fold(group))) return;
      this.users.set(user.key, { ...user, groups: [...user.groups, name] });
    });
  }

  removeFromGroup(username: string, group: string): Promise<void> {
    return this.call('remove', group, () => {
      const user = this.existing(this.named(username));
      this.users.set(user.key, { ...user, groups: user.groups.filter((known) => fold(known) !== fold(group)) });
    });
  }

  async *groupMembers(group: string): AsyncGenerator<readonly JiraPerson[]> {
    yield await this.call('find', group, () =>
      [...this.users.values()].filter(({ groups }) => groups.some((known) => fold(known) === fold(group))),
    );
  }

  findUsersByEmail(email: string) {
    return this.call('find', email, () =>
      [...this.users.values()].filter(({ emailAddress }) => fold(emailAddress) === fold(email)),
    );
  }

  renameUser(key: string, newUsername: string) {
    return this.call('rename', key, () => {
      const user = this.existing(this.users.get(key));
      const holder = this.named(newUsername);
      if (holder && holder.key !== key) {
        throw new TerminalError('jira.username_taken', 'Another Jira user has this username.');
      }
      this.change(user.key, { name: newUsername });
    });
  }

  endSessions(username: string) {
    return this.call('sessions', username, () => {
      this.existing(this.named(username));
    });
  }

  createGroup(name: string): Promise<'created' | 'exists'> {
    return this.call('make-group', name, () => {
      if ([...this.groups].some((known) => fold(known) === fold(name))) return 'exists';
      this.groups.add(name);
      return 'created';
    });
  }

  userProperties(key: string): Promise<Record<string, string>> {
    return this.call('properties', key, () => ({ ...this.properties.get(key) }));
  }

  setUserProperty(key: string, property: string, value: string): Promise<void> {
    return this.call('set-property', property, () => {
      this.properties.set(key, { ...this.properties.get(key), [property]: value });
    });
  }

  removeUserProperty(key: string, property: string): Promise<void> {
    return this.call('remove-property', property, () => {
      const rest = Object.entries(this.properties.get(key) ?? {}).filter(([name]) => name !== property);
      this.properties.set(key, Object.fromEntries(rest));
    });
  }

  removeUser(key: string): Promise<'removed' | 'kept'> {
    return this.call('remove-user', key, () => {
      if (this.withTraces.has(key)) return 'kept';
      this.users.delete(key);
      return 'removed';
    });
  }

  setActive(username: string, active: boolean): Promise<void> {
    return this.call('activate', username, () => this.change(this.existing(this.named(username)).key, { active }));
  }

  serverInfo(): Promise<JiraServerInfo> {
    return Promise.resolve({ baseUrl: 'http://jira.example', version: '10.3.0' });
  }

  probe(): Promise<void> {
    return this.call('probe', '', () => undefined);
  }

  counted(): JiraClient & { readonly calls: number } {
    return new Counted(this);
  }

  private existing(user: JiraUser | undefined): JiraUser {
    if (user) return user;
    throw new TerminalError('jira.account_missing', 'The Jira user no longer exists.');
  }

  private async call<T>(on: Operation, about: string, work: () => T): Promise<T> {
    this.calls.push(`${on} ${about}`);
    this.parallel += 1;
    this.parallelMax = Math.max(this.parallelMax, this.parallel);
    try {
      // As over HTTP, nothing happens before the caller has had its turn.
      await Promise.resolve();
      await this.gate(`${on} ${about}`);
      const fault = this.faults.find((one) => one.on === on && one.times > 0 && (one.about ?? about) === about);
      if (fault) fault.times -= 1;
      if (fault?.when === 'before') throw fault.error;
      const answer = work();
      if (fault) throw fault.error;
      return answer;
    } finally {
      this.parallel -= 1;
    }
  }
}

class Counted extends JiraClient {
  calls = 0;

  constructor(private readonly jira: InMemoryJira) {
    super();
  }

  findUser(by: { key: string } | { username: string }) {
    return this.count(() => this.jira.findUser(by));
  }

  createUser(user: NewJiraUser) {
    return this.count(() => this.jira.createUser(user));
  }

  updateUser(key: string, change: JiraProfileChange) {
    return this.count(() => this.jira.updateUser(key, change));
  }

  addToGroup(username: string, group: string) {
    return this.count(() => this.jira.addToGroup(username, group));
  }

  removeFromGroup(username: string, group: string) {
    return this.count(() => this.jira.removeFromGroup(username, group));
  }

  createGroup(name: string) {
    return this.count(() => this.jira.createGroup(name));
  }

  groupMembers(group: string) {
    this.calls += 1;
    return this.jira.groupMembers(group);
  }

  findUsersByEmail(email: string) {
    return this.count(() => this.jira.findUsersByEmail(email));
  }

  userProperties(key: string) {
    return this.count(() => this.jira.userProperties(key));
  }

  setUserProperty(key: string, property: string, value: string) {
    return this.count(() => this.jira.setUserProperty(key, property, value));
  }

  removeUserProperty(key: string, property: string) {
    return this.count(() => this.jira.removeUserProperty(key, property));
  }

  removeUser(key: string) {
    return this.count(() => this.jira.removeUser(key));
  }

  setActive(username: string, active: boolean) {
    return this.count(() => this.jira.setActive(username, active));
  }

  renameUser(key: string, newUsername: string) {
    return this.count(() => this.jira.renameUser(key, newUsername));
  }

  endSessions(username: string) {
    return this.count(() => this.jira.endSessions(username));
  }

  serverInfo() {
    return this.count(() => this.jira.serverInfo());
  }

  probe() {
    return this.count(() => this.jira.probe());
  }

  counted(): JiraClient & { readonly calls: number } {
    return new Counted(this.jira);
  }

  private count<T>(call: () => Promise<T>): Promise<T> {
    this.calls += 1;
    return call();
  }
}

function fold(name: string): string {
  return name.normalize('NFC').toLowerCase();
}
