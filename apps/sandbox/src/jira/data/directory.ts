import { foldName } from './fold-name.js';
import { administratorsGroup, softwareUsersGroup } from './initial-data.js';
import type { Change, GroupRow, UserRow } from './rows.js';
import type { Store } from './store.js';

/** Users, groups and who is in what: the internal directory, as one writable Crowd directory. */
export class Directory {
  constructor(
    private readonly store: Store,
    private readonly nested: Readonly<Record<string, readonly string[]>> = {},
    private readonly seats?: number,
  ) {}

  get users(): Iterable<UserRow> {
    return this.store.tables.users.values();
  }

  get groupNames(): string[] {
    return [...this.store.tables.groups.values()].map(({ name }) => name);
  }

  byKey(key: string): UserRow | undefined {
    return this.store.tables.users.get(key);
  }

  byName(name: string): UserRow | undefined {
    return this.byKey(this.store.tables.userKeys.get(foldName(name)) ?? '');
  }

  group(name: string): GroupRow | undefined {
    return this.store.tables.groups.get(foldName(name));
  }

  createUser(user: Omit<UserRow, 'key'>): UserRow {
    const last = (this.store.tables.sequences.get('user')?.last ?? 0) + 1;
    const row = { ...user, key: `JIRAUSER${last}` };
    this.store.commit({ table: 'sequences', key: 'user', value: { last } }, putUser(row));
    return row;
  }

  updateUser(user: UserRow, ...others: Change[]): UserRow {
    this.store.commit(putUser(user), ...others);
    return user;
  }

  removeUser(user: UserRow, ...others: Change[]): void {
    this.store.commit({ table: 'users', key: user.key, value: null }, ...others);
  }

  createGroup(name: string): GroupRow {
    this.store.commit({ table: 'groups', key: foldName(name), value: { name } });
    return { name };
  }

  removeGroup(group: GroupRow): void {
    const key = foldName(group.name);
    const members = this.directMembers(group).map((user) =>
      putUser({ ...user, groups: user.groups.filter((name) => name !== key) }),
    );
    this.store.commit({ table: 'groups', key, value: null }, ...members);
  }

  isMember(user: UserRow, group: string): boolean {
    return user.groups.includes(foldName(group));
  }

  addMember(user: UserRow, group: GroupRow): void {
    this.updateUser({ ...user, groups: [...user.groups, foldName(group.name)] });
  }

  removeMember(user: UserRow, group: GroupRow): void {
    this.updateUser({ ...user, groups: user.groups.filter((name) => name !== foldName(group.name)) });
  }

  /** As Jira spells them, ordered by name. */
  groupsOf(user: UserRow): GroupRow[] {
    return user.groups
      .flatMap((name) => this.store.tables.groups.get(name) ?? [])
      .sort((a, b) => compare(a.name, b.name));
  }

  /** With the members of nested groups, as `group/member` answers: it is not the list of direct memberships. */
  membersWithNested(group: GroupRow): UserRow[] {
    const names = this.withDescendants(foldName(group.name));
    return [...this.users]
      .filter((user) => user.groups.some((name) => names.has(name)))
      .sort((a, b) => compare(a.name, b.name));
  }

  directMembers(group: GroupRow): UserRow[] {
    return [...this.users].filter((user) => this.isMember(user, group.name));
  }

  isAdministrator(user: UserRow): boolean {
    return this.isMember(user, administratorsGroup);
  }

  isLastAdministrator(user: UserRow): boolean {
    return ![...this.users].some(
      (other) => other.key !== user.key && other.active && this.isMember(other, administratorsGroup),
    );
  }

  /** May use Jira Software at all. */
  hasApplicationAccess(user: UserRow): boolean {
    return user.active && this.isMember(user, softwareUsersGroup);
  }

  get seatsUsed(): number {
    return [...this.users].filter((user) => this.hasApplicationAccess(user)).length;
  }

  get seatsTotal(): number | undefined {
    return this.seats;
  }

  get isFull(): boolean {
    return this.seats !== undefined && this.seatsUsed >= this.seats;
  }

  private withDescendants(root: string): Set<string> {
    const found = new Set([root]);
    const children = new Map(Object.entries(this.nested).map(([parent, names]) => [foldName(parent), names]));
    for (const name of found) for (const child of children.get(name) ?? []) found.add(foldName(child));
    return found;
  }
}

function putUser(user: UserRow): Change {
  return { table: 'users', key: user.key, value: user };
}

function compare(a: string, b: string): number {
  const [left, right] = [foldName(a), foldName(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}
