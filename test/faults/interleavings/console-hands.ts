import { driftAuditDue, driftSweepDue, inactivitySweepDue, mappingChanged } from '@gatehouse/contracts';
import type { Outbox } from '@gatehouse/messaging';
import { newTraceId } from '@gatehouse/telemetry';
import type { DataSource } from 'typeorm';
import { AccountOrders } from '../../../apps/console/src/account-orders/account-orders.store.js';
import { HeldRemovals } from '../../../apps/console/src/held-removals/held-removals.store.js';
import { documentOf } from './configuration-document.js';
import { providers } from './facts.js';
import type { Configuration, OrderKind, Person, Verdict } from './facts.js';

/** What administrators and the schedules of the console commit. */
export class ConsoleHands {
  private readonly orders: AccountOrders;
  private readonly held: HeldRemovals;

  constructor(
    private readonly dataSource: DataSource,
    private readonly outbox: Outbox,
  ) {
    this.orders = new AccountOrders(outbox);
    this.held = new HeldRemovals(dataSource, outbox);
  }

  /** @returns the version that it became */
  async configure(to: Configuration): Promise<number> {
    return this.dataSource.transaction(async (manager) => {
      const [row] = await manager.query<[{ version: number }]>(
        `insert into console.config_version (document, actor) values ($1, 'test') returning version`,
        [JSON.stringify(documentOf(to))],
      );
      const remaps = providers.map((provider) => ({ provider, configVersion: row.version, traceId: newTraceId() }));
      await this.outbox.publishAll(manager, mappingChanged, remaps);
      return row.version;
    });
  }

  /** @returns whether there is an account to give it for */
  async order(person: Person, kind: OrderKind): Promise<boolean> {
    return this.dataSource.transaction(async (manager) => {
      const [account] = await manager.query<{ id: string }[]>('select id from mapping.account where name_folded = $1', [
        person,
      ]);
      if (account) await this.orders.give(manager, account.id, { kind, actor: 'test', reason: 'test' });
      return account !== undefined;
    });
  }

  /** About the newest version of which something waits. @returns that version; undefined: nothing waits */
  async decideHeld(verdict: Verdict, group: string | undefined): Promise<number | undefined> {
    const { versions } = await this.held.overview();
    const configVersion = versions[0]?.configVersion;
    if (configVersion === undefined) return undefined;
    await this.dataSource.transaction((manager) =>
      this.held.decide(manager, { configVersion, group, verdict, actor: 'test', reason: 'test' }),
    );
    return configVersion;
  }

  async sweep(scope: 'due' | 'all' | 'unused'): Promise<void> {
    const event = { due: driftSweepDue, all: driftAuditDue, unused: inactivitySweepDue }[scope];
    await this.dataSource.transaction((manager) => this.outbox.publish(manager, event, { traceId: newTraceId() }));
  }
}
