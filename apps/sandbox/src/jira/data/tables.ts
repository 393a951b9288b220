import { foldName } from './fold-name.js';
import type {
  Change,
  DeskRow,
  GroupRow,
  IdpRow,
  OrganizationRow,
  PropertiesRow,
  SequenceRow,
  SsoRow,
  TicketRow,
  UserRow,
} from './rows.js';

/** Everything this Jira knows, in memory. Only `apply` changes it. */
export class Tables {
  /** By `userRowKey`. */
  readonly users = new Map<string, UserRow>();
  /** By folded username: Jira ties issues to it for ever. */
  readonly deleted = new Map<string, UserRow>();
  readonly groups = new Map<string, GroupRow>();
  readonly properties = new Map<string, PropertiesRow>();
  readonly organizations = new Map<string, OrganizationRow>();
  readonly desks = new Map<string, DeskRow>();
  readonly sessions = new Map<string, TicketRow>();
  readonly remembered = new Map<string, TicketRow>();
  readonly idps = new Map<string, IdpRow>();
  readonly sso = new Map<string, SsoRow>();
  readonly sequences = new Map<string, SequenceRow>();
  /** Row keys by folded username: one for each directory that holds it. */
  private readonly named = new Map<string, readonly string[]>();
  /** Row keys by group and directory: a group of everybody is asked for at each of its changes. */
  private readonly members = new Map<string, Set<string>>();

  apply(change: Change): void {
    if (change.table === 'users') this.indexUser(change.key, change.value);
    const table: Map<string, unknown> = this[change.table];
    if (change.value === null) table.delete(change.key);
    else table.set(change.key, change.value);
  }

  usersNamed(name: string): UserRow[] {
    return (this.named.get(foldName(name)) ?? []).map((rowKey) => this.users.get(rowKey)!);
  }

  /** @param group its folded name */
  membersOf(group: string, directory: string | undefined): ReadonlySet<string> {
    return this.members.get(membersKey(group, directory)) ?? nobody;
  }

  clear(): void {
    this.named.clear();
    this.members.clear();
    for (const name of tableNames) this[name].clear();
  }

  /** The shortest list of changes that makes the same tables. */
  snapshot(): Change[] {
    return tableNames.flatMap((table) => [...this[table]].map(([key, value]) => ({ table, key, value }) as Change));
  }

  private indexUser(rowKey: string, next: UserRow | null): void {
    const previous = this.users.get(rowKey);
    if (previous) this.point(previous.name, (keys) => keys.filter((key) => key !== rowKey));
    if (next) this.point(next.name, (keys) => [...keys, rowKey]);
    for (const group of previous?.groups ?? [])
      this.members.get(membersKey(group, previous!.directory))?.delete(rowKey);
    for (const group of next?.groups ?? []) {
      const key = membersKey(group, next!.directory);
      const rows = this.members.get(key) ?? new Set();
      this.members.set(key, rows.add(rowKey));
    }
  }

  private point(name: string, to: (keys: readonly string[]) => readonly string[]): void {
    const keys = to(this.named.get(foldName(name)) ?? []);
    if (keys.length === 0) this.named.delete(foldName(name));
    else this.named.set(foldName(name), keys);
  }
}

const tableNames = [
  'users',
  'deleted',
  'groups',
  'properties',
  'organizations',
  'desks',
  'sessions',
  'remembered',
  'idps',
  'sso',
  'sequences',
] as const satisfies readonly Change['table'][];

const nobody: ReadonlySet<string> = new Set();

function membersKey(group: string, directory: string | undefined): string {
  return JSON.stringify([group, directory]);
}

/** A user of the internal directory by its key alone, a copy elsewhere by its directory too. */
export function userRowKey(key: string, directory: string | undefined): string {
  return directory === undefined ? key : `${key} @ ${directory}`;
}
