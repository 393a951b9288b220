import { Injectable } from '@nestjs/common';
import { sqlStateOf, uniqueViolation } from '@gatehouse/database';
import { Commits } from '@gatehouse/messaging';
import { DirectoryUsers } from '@gatehouse/directory';
import type { Commit, DirectoryUserContent, UserWritten } from '@gatehouse/directory';
import {
  applyDeltas,
  assignmentsOf,
  columnsOf,
  compilePatch,
  readResource,
  resourceOf,
  userType,
} from '@gatehouse/scim';
import type { Dialects, Membership, Row } from '@gatehouse/scim';
import { DataSource } from 'typeorm';
import { PassedOver } from './passed-over.js';
import { assertConditions, isConditional, notFound } from './preconditions.js';
import { removeAsSeen } from './remove-as-seen.js';
import { idOf, Resources } from './resources.store.js';
import { Revivals } from './revivals.service.js';
import { userRow } from './user-row.js';
import type { WriteOrder } from './write-order.js';

/** Whoever met others so often takes turns with them. */
const unlockedTurns = 3;

/** People as their provider writes them. A row and its event are one commit, so that a 2xx is never forgotten. */
@Injectable()
export class Users {
  constructor(
    private readonly dataSource: DataSource,
    private readonly commits: Commits,
    private readonly resources: Resources,
    private readonly directory: DirectoryUsers,
    private readonly revivals: Revivals,
    private readonly passedOver: PassedOver,
  ) {}

  /** @throws QueryFailedError 23505 when the name is taken: the index says so, also of two at the same moment (C70) */
  async create(body: unknown, dialects: Dialects, order: WriteOrder): Promise<Row> {
    const { resource, ignored } = readResource(userType, body, dialects);
    this.passedOver.names(order.provider, ignored);
    const content = contentOf(columnsOf(userType, resource), true);
    try {
      const written = await this.directory.create(this.commits, order.provider, content, order.traceId);
      return userRow(content, written, []); // Nobody is in a group yet.
    } catch (error) {
      const revived = sqlStateOf(error) === uniqueViolation ? await this.revivals.of(content, order) : undefined;
      if (!revived) throw error;
      return revived;
    }
  }

  /** A PUT creates nothing and revives nobody: without `active` it stays as it was. */
  async replace(id: string, body: unknown, dialects: Dialects, order: WriteOrder): Promise<Row> {
    const { resource, ignored } = readResource(userType, body, dialects);
    this.passedOver.names(order.provider, ignored);
    return this.change(id, order, (row) => contentOf(columnsOf(userType, resource), row['active'] === true));
  }

  async patch(id: string, body: unknown, dialects: Dialects, order: WriteOrder): Promise<Row> {
    const { deltas, ignored } = compilePatch(userType, body, dialects);
    this.passedOver.names(order.provider, ignored);
    const assigned = await this.assign(id, assignmentsOf(deltas), order);
    if (assigned) return assigned;
    return this.change(id, order, (row) => {
      const { resource } = applyDeltas(userType, resourceOf(userType, row), deltas);
      return contentOf(columnsOf(userType, resource), row['active'] === true);
    });
  }

  async remove(named: string, order: WriteOrder): Promise<void> {
    const { provider, traceId } = order;
    const find = () => this.resources.find(userType, provider, named);
    await removeAsSeen(find, order, (id, version) =>
      this.dataSource.transaction((manager) => this.directory.remove(manager, { provider, id, version }, traceId)),
    );
  }

  /**
   * The usual PATCH, in one statement. A condition needs a look before, and so does whoever is deactivated by it.
   * @returns undefined when that is not all, or when there is nobody, or nothing to change: a look says which
   */
  private async assign(id: string, set: ReturnType<typeof assignmentsOf>, order: WriteOrder): Promise<Row | undefined> {
    const { provider, traceId } = order;
    const known = idOf(id);
    if (!set || known === undefined || isConditional(order) || set['active'] === false) return undefined;
    const { user_name: userName, external_id: externalId, active, resource } = columnsOf(userType, set);
    const values = { userName: textOf(userName), externalId: textOf(externalId), ...(active === true && { active }) };
    const at = { provider, id: known };
    const written = await this.directory.assign(
      this.commits,
      at,
      { ...values, resource: resource as DirectoryUserContent['resource'] },
      traceId,
    );
    return written && userRow(written, written, written.groups.map(asMembership));
  }

  /** Without a lock at first: seldom does anybody else change the same person between the look and the change. */
  private async change(id: string, order: WriteOrder, decide: (row: Row) => DirectoryUserContent): Promise<Row> {
    for (let turn = 0; turn < unlockedTurns; turn += 1) {
      const row = await this.resources.find(userType, order.provider, id);
      const changed = await this.changeRow(this.commits, row, order, decide);
      if (changed) return changed;
    }
    return this.dataSource.transaction(async (manager) => {
      const row = await this.resources.lock(manager, userType, order.provider, id);
      return (await this.changeRow(manager, row, order, decide))!;
    });
  }

  /** @returns undefined when the row is not what it was when it was looked at */
  private async changeRow(
    commit: Commit,
    row: Row | undefined,
    order: WriteOrder,
    decide: (row: Row) => DirectoryUserContent,
  ): Promise<Row | undefined> {
    const { provider, traceId } = order;
    if (!row) throw notFound();
    assertConditions(row, order);
    const content = decide(row);
    const reference = { provider, id: String(row['id']), version: Number(row['version']) };
    const written = await this.directory.change(commit, reference, content, traceId);
    return written && userRow(content, written, row['memberships']);
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function asMembership(group: UserWritten['groups'][number]): Membership {
  return { ...group, kind: 'group' };
}

function contentOf(columns: Readonly<Record<string, unknown>>, activeOtherwise: boolean): DirectoryUserContent {
  const { user_name: userName, external_id: externalId, active, resource } = columns;
  return {
    userName: String(userName),
    externalId: typeof externalId === 'string' ? externalId : null,
    active: typeof active === 'boolean' ? active : activeOtherwise,
    resource: resource as DirectoryUserContent['resource'],
  };
}
