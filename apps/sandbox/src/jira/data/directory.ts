import { internalDirectory } from '../switches.js';
import type { SwitchBoard, Switches } from '../switches.js';
import { foldName } from './fold-name.js';
import { administratorsGroup } from './initial-data.js';
import type { Change, GroupRow, PropertiesRow, UserRow } from './rows.js';
import type { Store } from './store.js';
import { userRowKey } from './tables.js';

export type DirectoryMode = Switches['directories'][number]['mode'];

/**
 * Users, groups and who is in what, over all directories. Where several hold a username, the first in their order
 * answers for it, with its own memberships: the copies below it are as if they were not there.
 */
export class Directory {
  constructor(
    private readonly store: Store,
    private readonly board: SwitchBoard,
    private readonly nested: Readonly<Record<string, readonly string[]>> = {},
  ) {}

  get users(): Iterable<UserRow> {
    const rows = this.store.tables.users.values();
    if (this.directories.length === 1) return [...rows].filter(({ directory }) => directory === undefined);
    return [...rows].filter((user) => this.byKey(user.key) === user);
  }

  get groupNames(): string[] {
    return [...this.store.tables.groups.values()].map(({ name }) => name);
  }

  byKey(key: string): UserRow | undefined {
    for (const { name } of this.directories) {
      const user = this.store.tables.users.get(userRowKey(key, stored(name)));
      if (user) return user;
    }
    return undefined;
  }

  byName(name: string): UserRow | undefined {
    const copies = this.store.tables.usersNamed(name);
    for (const directory of this.directories) {
      const user = copies.find((copy) => copy.directory === stored(directory.name));
      if (user) return user;
    }
    return undefined;
  }

  modeOf(user: UserRow): DirectoryMode {
    return this.directories.find(({ name }) => stored(name) === user.directory)?.mode ?? 'writable';
  }

  /** Where Jira puts somebody new. `none`: every directory is read-only. */
  get writable(): { name: string | undefined } | 'none' {
    const first = this.directories.find(({ mode }) => mode === 'writable');
    return first ? { name: stored(first.name) } : 'none';
  }

  get takesGroups(): boolean {
    return this.directories.some(({ mode }) => mode !== 'readOnly');
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

  /** References such as properties stay while another directory still holds the user. */
  removeUser(user: UserRow, ...others: Change[]): void {
    const isLast = this.store.tables.usersNamed(user.name).length === 1;
    const properties: Change = { table: 'properties', key: user.key, value: null };
    const row: Change = { table: 'users', key: userRowKey(user.key, user.directory), value: null };
    const remembered: Change = { table: 'deleted', key: foldName(user.name), value: user };
    this.store.commit(row, ...(isLast ? [properties, remembered] : []), ...others);
  }

  /** Who had this name last, while nobody has it. */
  deletedByName(name: string): UserRow | undefined {
    return this.store.tables.deleted.get(foldName(name));
  }

  /**
   * The key goes with the new name. Copies in other directories keep the old one, and with it become somebody else: a key
   * belongs to one name.
   */
  renameUser(user: UserRow, next: UserRow, ...others: Change[]): UserRow {
    const copies = this.store.tables.usersNamed(user.name).filter(({ directory }) => directory !== user.directory);
    const last = (this.store.tables.sequences.get('user')?.last ?? 0) + 1;
    const left = copies.flatMap((copy): Change[] => [
      { table: 'users', key: userRowKey(copy.key, copy.directory), value: null },
      putUser({ ...copy, key: `JIRAUSER${last}` }),
    ]);
    const sequence: Change = { table: 'sequences', key: 'user', value: { last } };
    this.store.commit(...(copies.length > 0 ? [sequence, ...left] : []), putUser(next), ...others);
    return next;
  }

  /** By name, where several directories hold it and more than the first of them would let the person in. */
  get duplicated(): Record<string, { directoryId: number; directoryName: string; userActive: boolean }[]> {
    const names = new Set([...this.store.tables.users.values()].map(({ name }) => foldName(name)));
    const listed = [...names].flatMap((name) => {
      const copies = this.directories.flatMap(({ name: directoryName }, index) => {
        const copy = this.store.tables.usersNamed(name).find((one) => one.directory === stored(directoryName));
        return copy ? [{ directoryId: index + 1, directoryName, userActive: copy.active }] : [];
      });
      const counts =
        copies.filter(({ userActive }) => userActive).length > 1 || copies.slice(1).some((c) => c.userActive);
      return copies.length > 1 && counts ? [[this.byName(name)!.name, copies] as const] : [];
    });
    return Object.fromEntries(listed);
  }

  propertiesOf(user: UserRow): PropertiesRow {
    return this.store.tables.properties.get(user.key) ?? {};
  }

  putProperties(user: UserRow, value: PropertiesRow): void {
    this.store.commit({ table: 'properties', key: user.key, value });
  }

  createGroup(name: string): GroupRow {
    this.store.commit({ table: 'groups', key: foldName(name), value: { name } });
    return { name };
  }

  removeGroup(group: GroupRow): void {
    this.store.commit({ table: 'groups', key: foldName(group.name), value: null }, ...this.rehomed(group, []));
  }

  /** Not over REST, which has no such thing: an administrator does it in an external directory. */
  renameGroup(group: GroupRow, name: string): void {
    const next = foldName(name);
    this.store.commit(
      { table: 'groups', key: foldName(group.name), value: null },
      { table: 'groups', key: next, value: { name } },
      ...this.rehomed(group, [next]),
    );
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
      .map((user) => ({ user, folded: foldName(user.name) }))
      .sort((a, b) => (a.folded < b.folded ? -1 : a.folded > b.folded ? 1 : 0))
      .map(({ user }) => user);
  }

  directMemberCount(group: GroupRow): number {
    const [only, ...others] = this.directories;
    if (only && others.length === 0) return this.store.tables.membersOf(foldName(group.name), stored(only.name)).size;
    return this.memberRows(group.name).length;
  }

  activeMemberCount(group: string): number {
    return this.memberRows(group).filter((rowKey) => this.store.tables.users.get(rowKey)!.active).length;
  }

  isAdministrator(user: UserRow): boolean {
    return this.isMember(user, administratorsGroup);
  }

  isLastAdministrator(user: UserRow): boolean {
    return ![...this.users].some(
      (other) => other.key !== user.key && other.active && this.isMember(other, administratorsGroup),
    );
  }

  private get directories(): Switches['directories'] {
    return this.board.now.directories;
  }

  /** Without the copies of somebody for whom a directory further up answers. */
  private memberRows(group: string): readonly string[] {
    const { tables } = this.store;
    const rows = this.directories.flatMap(({ name }) => [...tables.membersOf(foldName(group), stored(name))]);
    if (this.directories.length === 1) return rows;
    return rows.filter((rowKey) => {
      const user = tables.users.get(rowKey)!;
      return this.byKey(user.key) === user;
    });
  }

  /** Every copy that is in the group, with other memberships instead of that one. */
  private rehomed(group: GroupRow, instead: readonly string[]): Change[] {
    const key = foldName(group.name);
    return [...this.store.tables.users.values()]
      .filter((user) => user.groups.includes(key))
      .map((user) => putUser({ ...user, groups: [...user.groups.filter((name) => name !== key), ...instead] }));
  }

  private withDescendants(root: string): Set<string> {
    const found = new Set([root]);
    const children = new Map(Object.entries(this.nested).map(([parent, names]) => [foldName(parent), names]));
    for (const name of found) for (const child of children.get(name) ?? []) found.add(foldName(child));
    return found;
  }
}

function stored(directory: string): string | undefined {
  return directory === internalDirectory ? undefined : directory;
}

function putUser(user: UserRow): Change {
  return { table: 'users', key: userRowKey(user.key, user.directory), value: user };
}

function compare(a: string, b: string): number {
  const [left, right] = [foldName(a), foldName(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}
