import { randomBytes, randomUUID } from 'node:crypto';
import {
  decideAccount,
  fanOutGroup,
  flow,
  mapClaims,
  mapDirectoryUser,
  remapProvider,
  sweepInactivity,
} from '@gatehouse/contracts';
import type { ConfigDocumentInput, Lane } from '@gatehouse/contracts';
import { Encryption, LiveConfigReader, openDatabase } from '@gatehouse/database';
import { DirectoryGroups, DirectoryPeople, DirectoryUsers, MembershipChanges } from '@gatehouse/directory';
import { Commits, Outbox, settlesNothing } from '@gatehouse/messaging';
import type { JobContext } from '@gatehouse/messaging';
import { createTestDatabase } from '@gatehouse/testing';
import type { DataSource, EntityManager } from 'typeorm';
import { AccountDecision } from '../src/account-decision.service.js';
import { AccountFactsStore } from '../src/account-facts.store.js';
import { AccountsStore } from '../src/accounts.store.js';
import { AcquaintancesStore } from '../src/acquaintances.store.js';
import { DecideAccountHandler } from '../src/decide-account.handler.js';
import { InactiveAccountsStore } from '../src/inactive-accounts.store.js';
import { SweepInactivityHandler } from '../src/sweep-inactivity.handler.js';
import { DesiredAccessStore } from '../src/desired-access.store.js';
import { DirectoryLinksStore } from '../src/directory-links.store.js';
import { DirectoryMeetings } from '../src/directory-meetings.store.js';
import { DirectoryPlacement } from '../src/directory-placement.service.js';
import { FanOutGroupHandler } from '../src/fan-out-group.handler.js';
import { Linking } from '../src/linking.service.js';
import { MapClaimsHandler } from '../src/map-claims.handler.js';
import { MapDirectoryUserHandler } from '../src/map-directory-user.handler.js';
import { PlacedPeopleStore } from '../src/placed-people.store.js';
import { AccountPlacement } from '../src/placement.service.js';
import { RemapProviderHandler } from '../src/remap-provider.handler.js';
import { RemapsStore } from '../src/remaps.store.js';
import type { DueForMapping } from '../src/remaps.store.js';

export interface Link {
  account: string | undefined;
  code: string | undefined;
}

/** claim-mapping on a database of its own, with the hands of the services around it. */
export class Installation {
  settled = 0;

  private constructor(
    readonly dataSource: DataSource,
    readonly databaseUrl: string,
    private readonly closeDatabase: () => Promise<void>,
  ) {}

  /** @param poolSize of both pools */
  static async open(poolSize = 8): Promise<Installation> {
    const database = await createTestDatabase();
    const dataSource = await openDatabase(database.url, poolSize);
    return new Installation(dataSource, database.url, async () => {
      await dataSource.destroy();
      await database.drop();
    });
  }

  close(): Promise<void> {
    return this.closeDatabase();
  }

  async empty(): Promise<void> {
    this.settled = 0;
    await this.dataSource.query(
      `truncate gateway.identity, mapping.account, mapping.account_identity, mapping.desired_access, sync.jira_account,
       mapping.remap, mapping.account_directory_user, directory.directory_user, directory.directory_group,
       directory.directory_member, directory.membership_change, mapping.inactive_account, mapping.directory_meeting, console.link_decision, console.account_order, gateway.session,
       messaging.outbox, console.config_version cascade`,
    );
  }

  async configure(document: Omit<ConfigDocumentInput, 'version'>): Promise<void> {
    await this.dataSource.query(`insert into console.config_version (document, actor) values ($1, 'test')`, [
      JSON.stringify({ version: 1, ...document }),
    ]);
  }

  async identity(provider: string, claims: Record<string, unknown>, subject: string = randomUUID()): Promise<string> {
    const rows = await this.dataSource.query<{ id: string }[]>(
      `insert into gateway.identity (provider, issuer, subject, claims) values ($1, 'https://idp.example', $2, $3) returning id`,
      [provider, subject, JSON.stringify(claims)],
    );
    return rows[0]!.id;
  }

  async claim(identityId: string, claims: Record<string, unknown>): Promise<void> {
    await this.dataSource.query('update gateway.identity set claims = claims || $2 where id = $1', [
      identityId,
      JSON.stringify(claims),
    ]);
  }

  /** A fresh reader each time: what was configured is used at once. */
  handler(liveConfig = this.reader()): MapClaimsHandler {
    const { accounts, facts, linking, decision } = this.services();
    const placed = new PlacedPeopleStore(this.dataSource, facts, liveConfig);
    return new MapClaimsHandler(this.dataSource, liveConfig, accounts, linking, decision, placed);
  }

  private services() {
    const people = new DirectoryPeople();
    const [accounts, links] = [new AccountsStore(), new DirectoryLinksStore(people)];
    const facts = new AccountFactsStore(people);
    const [acquaintances, meetings] = [new AcquaintancesStore(), new DirectoryMeetings()];
    const directory = new DirectoryPlacement(accounts, facts, acquaintances, meetings);
    const placement = new AccountPlacement(accounts, links, facts, acquaintances, directory);
    const desired = new DesiredAccessStore(new Commits(this.dataSource));
    const decision = new AccountDecision(facts, desired, new Outbox(flow));
    return { accounts, links, facts, linking: new Linking(accounts, links, meetings, placement), decision };
  }

  /** What speaks for the directory of a provider. */
  get users(): DirectoryUsers {
    return new DirectoryUsers(new Outbox(flow));
  }

  get groups(): DirectoryGroups {
    return new DirectoryGroups(new Outbox(flow));
  }

  inTransaction<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    return this.dataSource.transaction(work);
  }

  async mapDirectoryUser(directoryUserId: string, lane: Lane = 'provisioning'): Promise<Link> {
    const context = this.context(mapDirectoryUser.name, lane);
    const { links, facts, linking, decision } = this.services();
    const reader = this.reader();
    const placed = new PlacedPeopleStore(this.dataSource, facts, reader);
    const handler = new MapDirectoryUserHandler(this.dataSource, reader, links, linking, decision, placed);
    await handler.handle({ directoryUserId, traceId: context.traceId }, context);
    return this.directoryLinkOf(directoryUserId);
  }

  async decide(accountId: string, lane: Lane = 'offboarding'): Promise<void> {
    const context = this.context(decideAccount.name, lane);
    const { accounts, decision } = this.services();
    const handler = new DecideAccountHandler(this.dataSource, this.reader(), accounts, decision);
    await handler.handle({ accountId, traceId: context.traceId }, context);
  }

  /** @param facts the rows of the outbox that it answers for */
  async sweepInactivity(facts: readonly string[] = []): Promise<void> {
    const [, ...others] = settlesNothing;
    const settlement = { values: [facts, ...others] as const, done: () => undefined };
    const context = { ...this.context(sweepInactivity.name, 'bulk'), settlement };
    const { accounts, decision } = this.services();
    const [inactive, config] = [new InactiveAccountsStore(), this.reader()];
    const handler = new SweepInactivityHandler(this.dataSource, config, inactive, accounts, decision);
    await handler.handle({ traceId: context.traceId }, context);
  }

  /** @param options.killedAfterPages the process dies before it can begin the next page */
  async fanOut(groupId: string, { killedAfterPages = Infinity } = {}): Promise<void> {
    const context = this.context(fanOutGroup.name, 'provisioning');
    const handler = new FanOutGroupHandler(this.dataSource, new DyingChanges(killedAfterPages), new Outbox(flow));
    await handler.handle({ groupId, traceId: context.traceId }, context);
  }

  async directoryLinkOf(directoryUserId: string): Promise<Link> {
    const rows = await this.dataSource.query<{ account_id: string | null; refused_code: string | null }[]>(
      'select account_id, refused_code from mapping.account_directory_user where directory_user_id = $1',
      [directoryUserId],
    );
    return { account: rows[0]?.account_id ?? undefined, code: rows[0]?.refused_code ?? undefined };
  }

  reader(): LiveConfigReader {
    return new LiveConfigReader(this.dataSource, new Encryption(randomBytes(32)));
  }

  async map(identityId: string, lane: Lane = 'interactive', liveConfig?: LiveConfigReader): Promise<Link> {
    const context = this.context(mapClaims.name, lane);
    await this.handler(liveConfig).handle({ identityId, traceId: context.traceId }, context);
    return this.linkOf(identityId);
  }

  /** @param options.killedAfterPages the process dies before it can begin the next page */
  async remap(provider: string, { killedAfterPages = Infinity } = {}): Promise<void> {
    const context = this.context(remapProvider.name, 'bulk');
    const handler = new RemapProviderHandler(this.dataSource, new DyingRemaps(killedAfterPages), new Outbox(flow));
    await handler.handle({ provider, traceId: context.traceId }, context);
  }

  private context(job: string, lane: Lane): JobContext {
    const traceId = randomBytes(16).toString('hex');
    const settlement = { values: settlesNothing, done: () => void (this.settled += 1) };
    return { job, lane, attempt: 1, traceId, settle: (manager) => this.settle(manager), settlement };
  }

  private settle(manager: EntityManager): Promise<void> {
    this.settled += 1;
    return manager.queryRunner?.isTransactionActive ? Promise.resolve() : Promise.reject(new Error('no transaction'));
  }

  async linkOf(identityId: string): Promise<Link> {
    const rows = await this.dataSource.query<{ account_id: string | null; refused_code: string | null }[]>(
      'select account_id, refused_code from mapping.account_identity where identity_id = $1',
      [identityId],
    );
    return { account: rows[0]?.account_id ?? undefined, code: rows[0]?.refused_code ?? undefined };
  }

  async desiredOf(accountId: string) {
    const rows = await this.dataSource.query<
      { version: number; content: Record<string, unknown>; config_version: number }[]
    >('select version, content, config_version from mapping.desired_access where account_id = $1', [accountId]);
    return rows[0];
  }

  /** What group-sync would have found out. */
  async jiraSays(
    accountId: string,
    row: { key?: string; state: string; code?: string; takenBy?: string },
  ): Promise<void> {
    await this.dataSource.query(
      `insert into sync.jira_account (account_id, jira_key, state, code, taken_by) values ($1, $2, $3, $4, $5)
       on conflict (account_id) do update
       set jira_key = excluded.jira_key, state = excluded.state, code = excluded.code, taken_by = excluded.taken_by`,
      [accountId, row.key, row.state, row.code, row.takenBy],
    );
  }

  /** Holds a lock until the work waits for it, then lets `change` happen before the work goes on. */
  async overtake(lock: string, id: string, work: () => Promise<unknown>, change: () => Promise<void>): Promise<void> {
    let working: Promise<unknown> = Promise.resolve();
    let done = false;
    await this.dataSource.transaction(async (manager) => {
      await manager.query(lock, [id]);
      working = work().finally(() => (done = true));
      while (!done && !(await this.somebodyWaits())) await new Promise((resolve) => setImmediate(resolve));
      await change();
    });
    await working;
  }

  private async somebodyWaits(): Promise<boolean> {
    const rows = await this.dataSource.query<unknown[]>(
      `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    );
    return rows.length > 0;
  }

  async published(): Promise<{ event: string; key: string; queue: string }[]> {
    return this.dataSource.query('select event, key, queue from messaging.outbox order by id');
  }

  async count(table: string): Promise<number> {
    const rows = await this.dataSource.query<{ n: number }[]>(`select count(*)::int as n from ${table}`);
    return rows[0]!.n;
  }
}

class DyingRemaps extends RemapsStore {
  constructor(private pages: number) {
    super();
  }

  override nextPage(manager: EntityManager, provider: string, size: number): Promise<readonly DueForMapping[]> {
    this.pages -= 1;
    return this.pages < 0 ? Promise.reject(new Error('killed')) : super.nextPage(manager, provider, size);
  }
}

class DyingChanges extends MembershipChanges {
  constructor(private pages: number) {
    super();
  }

  override take(...page: Parameters<MembershipChanges['take']>): ReturnType<MembershipChanges['take']> {
    this.pages -= 1;
    return this.pages < 0 ? Promise.reject(new Error('killed')) : super.take(...page);
  }
}
