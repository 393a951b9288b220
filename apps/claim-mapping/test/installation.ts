import { randomBytes, randomUUID } from 'node:crypto';
import { flow, mapClaims, remapProvider } from '@gatehouse/contracts';
import type { ConfigDocumentInput, Lane } from '@gatehouse/contracts';
import { Encryption, LiveConfigReader, openDatabase } from '@gatehouse/database';
import { Outbox } from '@gatehouse/messaging';
import type { JobContext } from '@gatehouse/messaging';
import { createTestDatabase } from '@gatehouse/testing';
import type { DataSource, EntityManager } from 'typeorm';
import { AccountsStore } from '../src/accounts.store.js';
import { DesiredAccessStore } from '../src/desired-access.store.js';
import { IdentityPlacement } from '../src/identity-placement.service.js';
import { MapClaimsHandler } from '../src/map-claims.handler.js';
import { RemapProviderHandler } from '../src/remap-provider.handler.js';
import { RemapsStore } from '../src/remaps.store.js';

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

  static async open(): Promise<Installation> {
    const database = await createTestDatabase();
    const dataSource = await openDatabase(database.url, 8);
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
       mapping.remap,
       messaging.outbox, console.config_version cascade`,
    );
  }

  async configure(document: Omit<ConfigDocumentInput, 'version'>): Promise<void> {
    await this.dataSource.query(`insert into console.config_version (document, actor) values ($1, 'test')`, [
      JSON.stringify({ version: 1, ...document }),
    ]);
  }

  async identity(provider: string, claims: Record<string, unknown>): Promise<string> {
    const rows = await this.dataSource.query<{ id: string }[]>(
      `insert into gateway.identity (provider, issuer, subject, claims) values ($1, 'https://idp.example', $2, $3) returning id`,
      [provider, randomUUID(), JSON.stringify(claims)],
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
    const accounts = new AccountsStore();
    const placement = new IdentityPlacement(accounts);
    return new MapClaimsHandler(
      this.dataSource,
      liveConfig,
      accounts,
      placement,
      new DesiredAccessStore(),
      new Outbox(flow),
    );
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
    return { job, lane, attempt: 1, traceId, settle: (manager) => this.settle(manager) };
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

  override nextPage(manager: EntityManager, provider: string, size: number): Promise<readonly string[]> {
    this.pages -= 1;
    return this.pages < 0 ? Promise.reject(new Error('killed')) : super.nextPage(manager, provider, size);
  }
}
