import { foldName } from './fold-name.js';
import type { Change, GroupRow, IdpRow, SequenceRow, SsoRow, TicketRow, UserRow } from './rows.js';

/** Everything this Jira knows, in memory. Only `apply` changes it. */
export class Tables {
  /** By key. */
  readonly users = new Map<string, UserRow>();
  /** Key by folded username. */
  readonly userKeys = new Map<string, string>();
  readonly groups = new Map<string, GroupRow>();
  readonly sessions = new Map<string, TicketRow>();
  readonly remembered = new Map<string, TicketRow>();
  readonly idps = new Map<string, IdpRow>();
  readonly sso = new Map<string, SsoRow>();
  readonly sequences = new Map<string, SequenceRow>();

  apply(change: Change): void {
    switch (change.table) {
      case 'users':
        this.indexUser(change.key, change.value);
        put(this.users, change.key, change.value);
        return;
      case 'groups':
        put(this.groups, change.key, change.value);
        return;
      case 'sessions':
        put(this.sessions, change.key, change.value);
        return;
      case 'remembered':
        put(this.remembered, change.key, change.value);
        return;
      case 'idps':
        put(this.idps, change.key, change.value);
        return;
      case 'sso':
        put(this.sso, change.key, change.value);
        return;
      case 'sequences':
        put(this.sequences, change.key, change.value);
        return;
    }
  }

  clear(): void {
    for (const table of [this.users, this.userKeys, this.groups, this.sessions, this.remembered]) table.clear();
    for (const table of [this.idps, this.sso, this.sequences]) table.clear();
  }

  /** The shortest list of changes that makes the same tables. */
  snapshot(): Change[] {
    return [
      ...rows('users', this.users),
      ...rows('groups', this.groups),
      ...rows('sessions', this.sessions),
      ...rows('remembered', this.remembered),
      ...rows('idps', this.idps),
      ...rows('sso', this.sso),
      ...rows('sequences', this.sequences),
    ];
  }

  private indexUser(key: string, next: UserRow | null): void {
    const previous = this.users.get(key);
    if (previous) this.userKeys.delete(foldName(previous.name));
    if (next) this.userKeys.set(foldName(next.name), key);
  }
}

function put<Row>(table: Map<string, Row>, key: string, value: Row | null): void {
  if (value === null) table.delete(key);
  else table.set(key, value);
}

function rows<Table extends string, Row>(table: Table, map: Map<string, Row>) {
  return [...map].map(([key, value]) => ({ table, key, value }));
}
