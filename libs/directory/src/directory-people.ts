import { Injectable } from '@nestjs/common';
import type { Asking } from '@gatehouse/database';
import { identityOfDirectoryUser } from '@gatehouse/mapping';
import type { LinkedIdentity } from '@gatehouse/mapping';
import { groupsOf } from './groups-of.js';
import type { EffectiveGroup } from './groups-of.js';

interface UserRow {
  readonly id: string;
  readonly provider: string;
  readonly user_name: string;
  readonly external_id: string | null;
  readonly active: boolean;
  readonly resource: Readonly<Record<string, unknown>>;
  readonly changed_at: Date;
  readonly deleted_at: Date | null;
}

export interface DirectoryPerson extends LinkedIdentity {
  readonly externalId: string | null;
  readonly changedAt: Date;
  /** The direct ones and those that they are in, by id. */
  readonly effectiveGroups: readonly EffectiveGroup[];
}

/** People as their provider's directory knows them, with all groups that count for them. For whoever decides or explains. */
@Injectable()
export class DirectoryPeople {
  /** In the order of ids; whoever is not there is left out. */
  async read(manager: Asking, ids: readonly string[]): Promise<DirectoryPerson[]> {
    const rows = await manager.query<UserRow[]>(
      `select id, provider, user_name, external_id, active, resource, changed_at, deleted_at
       from directory.directory_user where id = any($1::uuid[]) order by id`,
      [ids],
    );
    const people: DirectoryPerson[] = [];
    for (const row of rows) people.push(personOf(row, await groupsOf(manager, row.id)));
    return people;
  }
}

function personOf(row: UserRow, { groups, isWhole }: Awaited<ReturnType<typeof groupsOf>>): DirectoryPerson {
  const identity = identityOfDirectoryUser({
    provider: row.provider,
    userName: row.user_name,
    externalId: row.external_id,
    resource: row.resource,
    standing: row.deleted_at ? 'removed' : row.active ? 'active' : 'inactive',
    groups,
    groupsAreWhole: isWhole,
  });
  return {
    ...identity,
    identityId: row.id,
    externalId: row.external_id,
    changedAt: row.deleted_at ?? row.changed_at,
    effectiveGroups: groups,
  };
}
