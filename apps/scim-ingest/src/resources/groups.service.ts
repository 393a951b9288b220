import { Injectable } from '@nestjs/common';
import { Commits } from '@gatehouse/messaging';
import { DirectoryGroups } from '@gatehouse/directory';
import type { DirectoryGroupContent, Written } from '@gatehouse/directory';
import {
  applyDeltas,
  assertMembersMax,
  badRequest,
  columnsOf,
  compilePatch,
  evaluate,
  groupType,
  readResource,
  resourceOf,
  saysWhoIsIn,
} from '@gatehouse/scim';
import type { CompiledPatch, Dialects, MemberStep, Row } from '@gatehouse/scim';
import { DataSource } from 'typeorm';
import type { EntityManager } from 'typeorm';
import { PassedOver } from './passed-over.js';
import { assertConditions, isConditional, notFound } from './preconditions.js';
import { removeAsSeen } from './remove-as-seen.js';
import { idOf, Resources } from './resources.store.js';
import type { WriteOrder } from './write-order.js';

/**
 * Groups as their provider writes them. Members are rows, changed by statements that never load them: what a change
 * costs does not depend on the size of the group, and of changes at the same moment all last (E14).
 */
@Injectable()
export class Groups {
  constructor(
    private readonly dataSource: DataSource,
    private readonly commits: Commits,
    private readonly resources: Resources,
    private readonly directory: DirectoryGroups,
    private readonly passedOver: PassedOver,
  ) {}

  /** @throws QueryFailedError 23505 when the name is taken */
  async create(body: unknown, dialects: Dialects, { provider, traceId }: WriteOrder): Promise<Row> {
    const { resource, members, ignored } = readResource(groupType, body, dialects);
    const content = contentOf(columnsOf(groupType, resource));
    const { ids = [], unusable = [] } = members ?? {};
    this.passedOver.names(provider, ignored);
    this.passedOver.members(provider, unusable);
    if (ids.length === 0) return rowOf(content, await this.directory.create(this.commits, provider, content));
    return this.dataSource.transaction(async (manager) => {
      const created = await this.directory.create(manager, provider, content);
      const filled = await this.directory.addMembers(manager, { provider, id: created.id }, ids, traceId);
      return rowOf(content, filled!);
    });
  }

  /** Okta changes groups by PUT alone (O2). A PUT that names nobody, without the key for one, empties nothing. */
  async replace(id: string, body: unknown, dialects: Dialects, order: WriteOrder): Promise<Row> {
    const { resource, members, ignored } = readResource(groupType, body, dialects);
    const content = contentOf(columnsOf(groupType, resource));
    this.passedOver.names(order.provider, ignored);
    return this.changed(id, order, async (manager, _row, group) => {
      const written = (await this.directory.change(manager, group, content, order.traceId))!;
      this.passedOver.members(order.provider, members?.unusable ?? []);
      if (!members || !saysWhoIsIn(members)) return rowOf(content, written);
      return rowOf(content, (await this.directory.replaceMembers(manager, group, members.ids, order.traceId))!);
    });
  }

  async patch(id: string, body: unknown, dialects: Dialects, order: WriteOrder): Promise<Row> {
    const patch = compilePatch(groupType, body, dialects);
    this.passedOver.names(order.provider, patch.ignored);
    this.passedOver.members(order.provider, patch.unusableMembers);
    const single = singleStep(patch);
    if (single && !isConditional(order)) return this.move(id, single, order);
    return this.changed(id, order, async (manager, row, group) => {
      const renamed = await this.changeAttributes(manager, row, group, patch, order.traceId);
      let newest: Written | undefined;
      for (const step of patch.memberSteps) newest = await this.take(manager, group, step, order.traceId);
      return newest ? { ...renamed, version: newest.version, changed_at: newest.changedAt } : renamed;
    });
  }

  async remove(named: string, order: WriteOrder): Promise<void> {
    const { provider, traceId } = order;
    const find = () => this.resources.find(groupType, provider, named);
    await removeAsSeen(find, order, (id, version) =>
      this.directory.remove(this.commits, { provider, id, version }, traceId),
    );
  }

  /** What providers send most: one statement that is a commit of its own. */
  private async move(id: string, step: SingleStep, { provider, traceId }: WriteOrder): Promise<Row> {
    const known = idOf(id);
    if (known === undefined) throw notFound();
    const moved = await this.directory[step.kind === 'add' ? 'addMembers' : 'removeMembers'](
      this.commits,
      { provider, id: known },
      step.ids,
      traceId,
    );
    if (!moved) throw notFound();
    return rowOf(moved, moved);
  }

  private async changeAttributes(
    manager: EntityManager,
    row: Row,
    group: { provider: string; id: string },
    { deltas }: CompiledPatch,
    traceId: string,
  ): Promise<Row> {
    if (deltas.length === 0) return row;
    const { resource, isChanged } = applyDeltas(groupType, resourceOf(groupType, row), deltas);
    if (!isChanged) return row;
    const content = contentOf(columnsOf(groupType, resource));
    return rowOf(content, (await this.directory.change(manager, group, content, traceId))!);
  }

  private async take(
    manager: EntityManager,
    group: { provider: string; id: string },
    step: MemberStep,
    traceId: string,
  ): Promise<Written | undefined> {
    switch (step.kind) {
      case 'add':
        return this.directory.addMembers(manager, group, step.ids, traceId);
      case 'remove':
        return this.directory.removeMembers(manager, group, step.ids, traceId);
      case 'removeOne': {
        const removed = await this.directory.removeMembers(manager, group, step.ids, traceId);
        if (removed?.changed === 0) throw badRequest('noTarget', 'members: the path selects nobody');
        return removed;
      }
      case 'replace':
        return this.directory.replaceMembers(manager, group, step.ids, traceId);
      case 'removeMatching': {
        // Nobody is known to send this; it is the one change that has to look at the members.
        const members = (await this.resources.memberships(groupType, [group.id], manager)).get(group.id) ?? [];
        const matching = members.filter(({ id, kind }) =>
          evaluate(step.where, { value: id, type: kind === 'user' ? 'User' : 'Group' }),
        );
        const ids = matching.map((member) => member.id);
        assertMembersMax(ids.length);
        return this.directory.removeMembers(manager, group, ids, traceId);
      }
    }
  }

  private async changed(
    id: string,
    order: WriteOrder,
    change: (manager: EntityManager, row: Row, group: { provider: string; id: string }) => Promise<Row>,
  ): Promise<Row> {
    const { provider } = order;
    return this.dataSource.transaction(async (manager) => {
      const row = await this.resources.lock(manager, groupType, provider, id);
      if (!row) throw notFound();
      assertConditions(row, order);
      return change(manager, row, { provider, id: String(row['id']) });
    });
  }
}

interface SingleStep {
  readonly kind: 'add' | 'remove';
  readonly ids: readonly string[];
}

/**
 * Two at the same moment come out as if one had come after the other. Not so `replace`, of which each would leave what
 * the other has just added: it takes the lock before it looks.
 */
function singleStep({ deltas, memberSteps }: CompiledPatch): SingleStep | undefined {
  const [step, ...more] = memberSteps;
  if (!step || deltas.length > 0 || more.length > 0) return undefined;
  return step.kind === 'add' || step.kind === 'remove' ? { kind: step.kind, ids: step.ids } : undefined;
}

function contentOf(columns: Readonly<Record<string, unknown>>): DirectoryGroupContent {
  const { display_name: displayName, external_id: externalId, resource } = columns;
  return {
    displayName: String(displayName),
    externalId: typeof externalId === 'string' ? externalId : null,
    resource: resource as DirectoryGroupContent['resource'],
  };
}

function rowOf({ displayName, externalId, resource }: DirectoryGroupContent, written: Written): Row {
  const { id, version, createdAt, changedAt } = written;
  return {
    id,
    version,
    created_at: createdAt,
    changed_at: changedAt,
    display_name: displayName,
    external_id: externalId,
    resource,
  };
}
