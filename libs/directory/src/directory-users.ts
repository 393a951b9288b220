import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { directoryUserChanged, directoryUserDeactivated } from '@gatehouse/contracts';
import { beside, besideNull } from '@gatehouse/database';
import { foldName } from '@gatehouse/mapping';
import { Outbox } from '@gatehouse/messaging';
import type { Commits } from '@gatehouse/messaging';
import type { EntityManager } from 'typeorm';
import { removalRoundsMax, removeFromGroups } from './remove-from-groups.js';
import { change, run } from './run.js';
import type { Commit } from './run.js';

/** Which user or group of which provider. A provider reaches nobody of another one. */
export interface DirectoryReference {
  readonly provider: string;
  readonly id: string;
  /** Given: nothing happens unless this is still the version. */
  readonly version?: number | undefined;
}

export interface DirectoryUserContent {
  readonly userName: string;
  readonly externalId: string | null;
  readonly active: boolean;
  /** Every other attribute, in the shape of SCIM's User (RFC 7643 4.1). */
  readonly resource: Readonly<Record<string, unknown>>;
}

/** Values to be set beside those that are there; nothing is taken away, and nobody is deactivated by it. */
export interface DirectoryUserValues {
  readonly userName?: string | undefined;
  readonly externalId?: string | undefined;
  readonly active?: true | undefined;
  /** Texts and booleans, and objects of such; none in a list. */
  readonly resource: Readonly<Record<string, unknown>>;
}

export interface UserWritten extends Written, DirectoryUserContent {
  /** Those that the user is in itself. */
  readonly groups: readonly { readonly id: string; readonly display: string }[];
}

/** What a row is after a write. */
export interface Written {
  readonly id: string;
  readonly version: number;
  readonly createdAt: Date;
  readonly changedAt: Date;
}

export interface WrittenRow {
  readonly id: string;
  readonly version: string;
  readonly created_at: Date;
  readonly changed_at: Date;
}

export function written(row: WrittenRow): Written {
  return { id: row.id, version: Number(row.version), createdAt: row.created_at, changedAt: row.changed_at };
}

/** Writes the people of a provider's directory: a row and what it means to the others, each time in one statement. */
@Injectable()
export class DirectoryUsers {
  constructor(private readonly outbox: Outbox) {}

  /** @throws QueryFailedError 23505 when the provider has somebody of this user name */
  async create(
    commit: Commit,
    provider: string,
    { userName, externalId, active, resource }: DirectoryUserContent,
    traceId: string,
  ): Promise<Written> {
    const id = randomUUID(); // Proposed here, because the event names it.
    const event = active ? directoryUserChanged : directoryUserDeactivated;
    const values = [
      ...[id, provider, userName, foldName(userName), externalId, active, JSON.stringify(resource)],
      this.outbox.rowsOf(event, { directoryUserId: id, traceId }),
    ];
    const [row] = await run(commit, createUser, values, { queues: this.outbox.queuesOf(event), isUrgent: !active });
    return written(row!);
  }

  /**
   * Sets what is given and leaves the rest. An equal value is no change: no version, no event.
   * @returns undefined when there is nobody of this id, or not of this version
   * @throws QueryFailedError 23505 when the provider has somebody else of this user name
   */
  async change(
    commit: Commit,
    { provider, id, version }: DirectoryReference,
    { userName, externalId, active, resource }: Partial<DirectoryUserContent>,
    traceId: string,
  ): Promise<Written | undefined> {
    const data = { directoryUserId: id, traceId };
    const values = [
      ...[id, provider, version ?? null],
      ...[userName ?? null, userName === undefined ? null : foldName(userName)],
      ...[externalId !== undefined, externalId ?? null],
      ...[active ?? null, resource === undefined ? null : JSON.stringify(resource)],
      this.outbox.rowsOf(directoryUserChanged, data),
      // Only who is set to inactive can have been deactivated.
      active === false ? this.outbox.rowsOf(directoryUserDeactivated, data) : null,
    ];
    const queues = this.outbox.queuesOf(directoryUserChanged);
    const [row] = await run(commit, changeUser, values, { queues, isUrgent: active === false });
    return row && written(row);
  }

  /**
   * Without a look at the row before, in a commit of its own: whatever others set at the same moment stays beside it.
   * @returns undefined when there is nobody of this id, or nothing to change
   * @throws QueryFailedError 23505 when the provider has somebody else of this user name
   */
  async assign(
    commits: Commits,
    { provider, id }: DirectoryReference,
    { userName, externalId, active, resource }: DirectoryUserValues,
    traceId: string,
  ): Promise<UserWritten | undefined> {
    const values = [
      ...[id, provider, userName ?? null, userName === undefined ? null : foldName(userName)],
      ...[externalId ?? null, active ?? null, JSON.stringify(resource)],
      this.outbox.rowsOf(directoryUserChanged, { directoryUserId: id, traceId }),
    ];
    const [row] = await run(commits, assignUser, values, { queues: this.outbox.queuesOf(directoryUserChanged) });
    if (!row) return undefined;
    const { user_name, external_id, groups } = row;
    const content = { userName: user_name, externalId: external_id, active: row.active, resource: row.resource };
    return { ...written(row), ...content, groups: groups ?? [] };
  }

  /**
   * Gone for the provider and out of all groups. The row stays, because an account may have to follow. The caller holds no
   * lock of the person yet: groups are locked before people, by whoever locks both.
   * @returns false when there is nobody of this id, or not of this version
   */
  async remove(manager: EntityManager, reference: DirectoryReference, traceId: string): Promise<boolean> {
    for (let round = 1; ; round += 1) {
      await manager.query('savepoint removal');
      const isRemoved = await removeFromGroups(manager, reference, round === removalRoundsMax);
      if (isRemoved === undefined) {
        await manager.query('rollback to savepoint removal');
        continue;
      }
      if (isRemoved) {
        const data = { directoryUserId: reference.id, traceId };
        await this.outbox.publish(manager, directoryUserDeactivated, data);
      }
      return isRemoved;
    }
  }
}

interface AssignedRow extends WrittenRow {
  readonly user_name: string;
  readonly external_id: string | null;
  readonly active: boolean;
  readonly resource: DirectoryUserContent['resource'];
  readonly groups: UserWritten['groups'] | null;
}

const createUser = change<WrittenRow>(
  (publish, announced) => `
with made as (
  insert into directory.directory_user (id, provider, user_name, user_name_folded, external_id, active, resource)
  values ($1, $2, $3, $4, $5, $6, $7) returning id, version, created_at, changed_at
), ${publish('$8')}
select id, version, created_at, changed_at${announced} from made`,
);

const changeUser = change<WrittenRow>(
  (publish, announced) => `
with known as (
  select id, active, created_at, changed_at, coalesce($4, user_name) as new_name, coalesce($5, user_name_folded) as new_folded,
    case when $6::boolean then $7 else external_id end as new_external,
    coalesce($8::boolean, active) as new_active, coalesce($9::jsonb, resource) as new_resource, version,
    (user_name, external_id, active, resource) is distinct from
      (coalesce($4, user_name), case when $6 then $7 else external_id end,
       coalesce($8, active), coalesce($9::jsonb, resource)) as changed
  from directory.directory_user
  where id = $1 and ${beside('provider', '$2')} and ${besideNull('deleted_at')} and ($3::bigint is null or version = $3) for update
), written as (
  update directory.directory_user as target set user_name = new_name, user_name_folded = new_folded,
    external_id = new_external, active = new_active, resource = new_resource,
    version = target.version + 1, changed_at = clock_timestamp()
  from known where target.id = known.id and known.changed returning target.version, target.changed_at
), ${publish('(select case when active and not new_active then $11::text else $10::text end from known where changed)')}
select id, coalesce((select version from written), version) as version, created_at,
  coalesce((select changed_at from written), changed_at) as changed_at${announced}
from known`,
);

/** The newest row is what is added to, also when another change is waited for: its expressions are evaluated anew then. */
const assignUser = change<AssignedRow>(
  (publish, announced) => `
with written as (
  update directory.directory_user as target set user_name = coalesce($3, user_name),
    user_name_folded = coalesce($4, user_name_folded), external_id = coalesce($5, external_id),
    active = coalesce($6::boolean, active), version = version + 1, changed_at = clock_timestamp(),
    resource = resource || coalesce((
      select jsonb_object_agg(key, case jsonb_typeof(value)
        when 'object' then coalesce(target.resource -> key, '{}') || value else value end)
      from jsonb_each($7::jsonb)), '{}')
  where id = $1 and ${beside('provider', '$2')} and ${besideNull('deleted_at')} and not (user_name = coalesce($3, user_name)
    and external_id is not distinct from coalesce($5, external_id) and active = coalesce($6, active)
    and resource @> $7::jsonb)
  returning id, user_name, external_id, active, resource, version, created_at, changed_at
), ${publish('(select $8::text from written)')}
select id, user_name, external_id, active, resource, version, created_at, changed_at, (
    select json_agg(json_build_object('id', known.id, 'display', known.display_name) order by known.id)
    from directory.directory_member as member cross join lateral (
      select id, display_name from directory.directory_group
      where id = member.group_id and ${besideNull('deleted_at')} offset 0) as known
    where member.member_id = written.id) as groups${announced}
from written`,
);
