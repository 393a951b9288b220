import { Injectable } from '@nestjs/common';
import type { CleanupState } from '@gatehouse/contracts';
import { TerminalError } from '@gatehouse/errors';
import { DataSource } from 'typeorm';
import type { EntityManager } from 'typeorm';
import { DirectoryUsers } from '../directory-users.js';
import { countUnchanged, finish, takePeople } from './cleanup-sql.js';
import { Cleanups, missing } from './cleanups.store.js';
import type { CleanupReference, CleanupRow } from './cleanups.store.js';

/** Bounds one commit. Who is removed leaves groups, and whoever locks groups holds no other person meanwhile. */
const pageSizes = { deactivate: 100, remove: 1 } as const;

interface Order extends CleanupReference {
  /** The configuration that holds now. */
  readonly configVersion: number;
  /** Of a plan that the brake holds: the number of people that somebody has looked at. */
  readonly acceptPeople?: number | undefined;
  readonly traceId: string;
}

/** Makes the directory what a complete list says. A kill leaves the rest to whoever applies the same plan again. */
@Injectable()
export class CleanupRunner {
  constructor(
    private readonly dataSource: DataSource,
    private readonly cleanups: Cleanups,
    private readonly users: DirectoryUsers,
  ) {}

  /**
   * From here on the plan is carried out, by `run`, which the caller has to call after the commit.
   * @throws TerminalError `cleanup.missing`, `cleanup.stale`, `cleanup.held` or `cleanup.list_unusable`
   */
  async begin(manager: EntityManager, order: Order): Promise<void> {
    const row = await this.cleanups.lock(manager, order);
    if (row.planned_at === null || row.done_at !== null || !row.is_valid) throw missing();
    assertLetThrough(row, order.acceptPeople);
    const [{ planned, unchanged }] = await manager.query<[{ planned: number; unchanged: number }]>(countUnchanged, [
      order.id,
    ]);
    if (row.config_version !== order.configVersion) throw stale('The configuration was changed since.');
    if (planned !== unchanged) throw stale(`Of ${planned} people ${planned - unchanged} were changed since.`);
    await manager.query('update directory.cleanup set begun_at = coalesce(begun_at, now()) where id = $1', [order.id]);
  }

  async run(order: Order): Promise<CleanupState> {
    const { manager } = this.dataSource;
    const { action } = await this.cleanups.state(manager, order);
    if (action !== null && action !== 'keep')
      for (let isLast = false; !isLast;) isLast = await this.page(order, action);
    await manager.query(finish, [order.id]);
    return this.cleanups.state(manager, order);
  }

  /** @returns true when nobody is left */
  private page({ id, provider, traceId }: Order, action: 'deactivate' | 'remove'): Promise<boolean> {
    const size = pageSizes[action];
    return this.dataSource.transaction(async (manager) => {
      const people = await manager.query<{ id: string; version: string }[]>(takePeople, [id, size]);
      let changed = 0;
      for (const person of people) {
        const reference = { provider, id: person.id, version: Number(person.version) };
        const isChanged =
          action === 'remove'
            ? await this.users.remove(manager, reference, traceId)
            : await this.users.change(manager, reference, { active: false }, traceId);
        if (isChanged) changed += 1;
      }
      await manager.query('update directory.cleanup set changed = changed + $2, skipped = skipped + $3 where id = $1', [
        ...[id, changed, people.length - changed],
      ]);
      return people.length < size;
    });
  }
}

function assertLetThrough({ held, counts }: CleanupRow, acceptPeople: number | undefined): void {
  if (held === null) return;
  if (held === 'unusable') throw new TerminalError('cleanup.list_unusable', 'The list names nobody of this directory.');
  const { people } = counts as { people: number };
  if (acceptPeople !== people)
    throw new TerminalError('cleanup.held', `The brake holds a clean-up of ${people} people.`);
}

function stale(message: string): TerminalError {
  return new TerminalError('cleanup.stale', message);
}
