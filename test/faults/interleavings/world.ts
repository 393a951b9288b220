import { flow } from '@gatehouse/contracts';
import { openDatabase } from '@gatehouse/database';
import { Outbox } from '@gatehouse/messaging';
import { createTestDatabase } from '@gatehouse/testing';
import type { DataSource } from 'typeorm';
import { retryParked } from '../../../libs/messaging/src/parked-jobs.js';
import { ConsoleHands } from './console-hands.js';
import { DirectoryHands } from './directory-hands.js';
import type { Person, Provider } from './facts.js';
import { GatewayHand } from './gateway-hand.js';
import { JiraHands } from './jira-hands.js';
import type { Delivery } from './product.js';

/** The stores and the Jira of the interleavings, with the hands of everybody who is not a worker. */
export class World {
  private readonly outbox = new Outbox(flow);
  readonly gateway: GatewayHand;
  readonly console: ConsoleHands;
  /** Anew for each schedule. */
  directory: DirectoryHands;

  private constructor(
    readonly dataSource: DataSource,
    readonly jira: JiraHands,
    private readonly dropDatabase: () => Promise<void>,
  ) {
    this.gateway = new GatewayHand(dataSource, this.outbox);
    this.console = new ConsoleHands(dataSource, this.outbox);
    this.directory = new DirectoryHands(dataSource, this.outbox);
  }

  static async open(): Promise<World> {
    const database = await createTestDatabase();
    // A crash of the machine is not among the faults, and a commit without a wait for the disk takes a tenth of the time.
    const dataSource = await openDatabase(`${database.url}?options=-c%20synchronous_commit%3Doff`, 8);
    return new World(dataSource, await JiraHands.open(), () => database.drop());
  }

  async close(): Promise<void> {
    await this.jira.close();
    await this.dataSource.destroy();
    await this.dropDatabase();
  }

  async empty(): Promise<void> {
    this.directory = new DirectoryHands(this.dataSource, this.outbox);
    await Promise.all([this.dataSource.query(emptyTables), this.jira.empty()]);
  }

  /** Which people of directories and which sign-ins belong to the account of a person; undefined: there is none. */
  async linkedTo(person: Person): Promise<Linked | undefined> {
    const [row] = await this.dataSource.query<{ people: string[]; providers: Provider[] }[]>(linked, [person]);
    return row && { entries: this.directory.placesOf(person, row.people), signedIn: new Set(row.providers) };
  }

  /** What an operator does with everything that was parked. @returns how much that was */
  async retryParked(): Promise<number> {
    const rows = await this.dataSource.query<{ id: string }[]>(
      'select id from messaging.parked_job where resolved_at is null',
    );
    if (rows.length > 0) await this.dataSource.query(retryParked, [rows.map(({ id }) => id), 'an operator', null]);
    return rows.length;
  }

  /** Rows whose time has come and that are not settled: what the store would hold, had it forgotten nothing. */
  async due(): Promise<readonly Delivery[]> {
    return this.dataSource.query<Delivery[]>(
      `select queue, job, key, (array_agg(payload order by id desc))[1] as payload from messaging.outbox
       where state <> 'settled' and (not_before is null or not_before <= now())
       group by queue, job, key order by min(id)`,
    );
  }

  /** Everything that was written down of time moves into the past. */
  async pass(ms: number): Promise<void> {
    const by = `interval '${ms} milliseconds'`;
    await this.dataSource.query(
      `update messaging.lease set expires_at = expires_at - ${by};
       update messaging.outbox set not_before = not_before - ${by} where not_before is not null and state <> 'settled';
       update sync.removal set admitted_at = admitted_at - ${by};
       update sync.jira_account set verified_at = verified_at - ${by}, verify_from = verify_from - ${by},
         seats_due_at = seats_due_at - ${by};
       update gateway.identity set verified_at = verified_at - ${by};
       update gateway.session set created_at = created_at - ${by}, last_seen_at = last_seen_at - ${by};
       update directory.directory_user set changed_at = changed_at - ${by};
       update console.account_order set ordered_at = ordered_at - ${by};
       update mapping.account set created_at = created_at - ${by};
       update mapping.desired_access set decided_at = decided_at - ${by};
       update mapping.inactive_account set since = since - ${by}, decided_at = decided_at - ${by}`,
    );
  }
}

export interface Linked {
  readonly entries: ReadonlySet<number>;
  readonly signedIn: ReadonlySet<Provider>;
}

export function laneOf({ queue }: Pick<Delivery, 'queue'>): string {
  return queue.slice(queue.indexOf('.') + 1);
}

const linked = `
select array(select directory_user_id from mapping.account_directory_user as link where link.account_id = account.id) as people,
  array(select who.provider from mapping.account_identity as link join gateway.identity as who on who.id = link.identity_id
        where link.account_id = account.id) as providers
from mapping.account where name_folded = $1`;

const emptyTables = `
delete from messaging.outbox; delete from messaging.parked_job; delete from messaging.lease;
delete from sync.reconcile_run; delete from sync.granted_membership; delete from sync.set_property;
delete from sync.removal; delete from sync.held_removal; delete from sync.drift_sweep; delete from sync.jira_account;
delete from sync.rename; delete from mapping.remap; delete from mapping.account_directory_user; delete from mapping.desired_access;
delete from mapping.inactive_account; delete from mapping.account_identity; delete from mapping.account;
delete from directory.membership_change; delete from directory.directory_member; delete from directory.directory_group;
delete from directory.directory_user; delete from console.account_order; delete from console.removal_decision;
delete from console.config_version; delete from gateway.session; delete from gateway.identity`;
