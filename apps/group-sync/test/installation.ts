import { randomBytes, randomUUID } from 'node:crypto';
import { flow, reconcileAccount, releaseRemovals, renameAccount, sweepDrift } from '@gatehouse/contracts';
import type { ConfigDocumentInput, Lane } from '@gatehouse/contracts';
import { Encryption, JiraAccountRow, LiveConfigReader, Notifications, openDatabase } from '@gatehouse/database';
import type { DesiredAccess } from '@gatehouse/mapping';
import { Breakers, Commits, Leases, Outbox } from '@gatehouse/messaging';
import type { Lease } from '@gatehouse/messaging';
import { createLogger, newTraceId } from '@gatehouse/telemetry';
import { createTestDatabase } from '@gatehouse/testing';
import type { DataSource, EntityManager } from 'typeorm';
import { AccountLeases } from '../src/account-leases.service.js';
import { AccountFinder } from '../src/account-finder.service.js';
import { JiraAccountsStore } from '../src/jira-accounts.store.js';
import { AdoptionQuestions } from '../src/adoption-questions.store.js';
import { Administrators } from '../src/administrators.service.js';
import { Deactivation } from '../src/deactivation.service.js';
import { DeactivationsStore } from '../src/deactivations.store.js';
import { DriftSweeps } from '../src/drift-sweeps.store.js';
import type { Scope } from '../src/drift-sweeps.store.js';
import { HeldRemovals } from '../src/held-removals.store.js';
import { LedgerStore } from '../src/ledger.store.js';
import { ReleaseRemovalsHandler } from '../src/release-removals.handler.js';
import { RemovalBrake } from '../src/removal-brake.store.js';
import { RenameAccountHandler } from '../src/rename-account.handler.js';
import { RenameChecks } from '../src/rename-checks.service.js';
import { RenamesStore } from '../src/renames.store.js';
import { RunJournal } from '../src/run-journal.store.js';
import { RunPlanner } from '../src/run-planner.service.js';
import { Seats } from '../src/seats.service.js';
import { JiraChanges } from '../src/jira-changes.service.js';
import { JiraForRuns } from '../src/jira-for-runs.service.js';
import { SweepDriftHandler } from '../src/sweep-drift.handler.js';
import { ReconcileAccountHandler } from '../src/reconcile-account.handler.js';
import { RunsStore } from '../src/runs.store.js';
import { SignIns } from '../src/sign-ins.reader.js';
import { InMemoryJira } from './in-memory.jira-client.js';
import { InMemoryJiraDirectory } from './in-memory.jira-directory.js';
import { InMemoryJiraReader } from './in-memory.jira-reader.js';

const provider = { name: 'P', issuer: 'https://idp.example', clientId: 'c', clientSecret: 's' };

export interface RunRecord {
  outcome: string;
  code: string | null;
  jira_calls: number;
  version: number;
  plan: Record<string, unknown> | null;
}

export interface RenameRecord {
  from_name: string;
  to_name: string;
  state: string;
  code: string | null;
}

export interface Published {
  event: string;
  key: string;
  queue: string;
  /** Null: at once. */
  inSeconds: number | null;
}

export interface RunOptions {
  readonly attempt?: number;
  readonly lane?: Lane;
  readonly traceId?: string;
  readonly leases?: Leases;
  readonly breakers?: Breakers;
}

class DyingSweeps extends DriftSweeps {
  constructor(private pagesLeft: number) {
    super();
  }

  override nextPage(...given: Parameters<DriftSweeps['nextPage']>): ReturnType<DriftSweeps['nextPage']> {
    this.pagesLeft -= 1;
    return this.pagesLeft < 0 ? Promise.reject(new Error('killed')) : super.nextPage(...given);
  }
}

/** group-sync on a database of its own, with a Jira of its own. */
export class Installation {
  jira = new InMemoryJira();
  reader = new InMemoryJiraReader(() => this.jira);
  seats = new Seats(this.reader);
  directory = new InMemoryJiraDirectory(() => this.jira);
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
    this.jira = new InMemoryJira();
    this.reader = new InMemoryJiraReader(() => this.jira);
    this.seats = new Seats(this.reader);
    this.directory = new InMemoryJiraDirectory(() => this.jira);
    await this.dataSource.query(
      `truncate gateway.identity, gateway.login_transaction, gateway.session, gateway.op_model, mapping.account, mapping.account_identity, mapping.desired_access, sync.jira_account, sync.reconcile_run,
       sync.granted_membership, sync.set_property, sync.removal, sync.removal_tally, sync.held_removal, sync.drift_sweep, sync.adoption_question, mapping.account_directory_user, sync.rename, console.rename_order, console.removal_decision,
       messaging.outbox, messaging.parked_job, messaging.lease, messaging.breaker, console.config_version cascade`,
    );
  }

  async configure(
    settings: NonNullable<ConfigDocumentInput['settings']>,
    mappings: NonNullable<ConfigDocumentInput['mappings']> = {},
  ): Promise<void> {
    const providers = { p: provider, q: provider };
    const document: ConfigDocumentInput = { version: 1, providers, settings, mappings };
    await this.dataSource.query(`insert into console.config_version (document, actor) values ($1, 'test')`, [
      JSON.stringify(document),
    ]);
  }

  /** What claim-mapping would have decided. */
  async account(username: string, change: Partial<DesiredAccess> = {}, identities = 1): Promise<string> {
    const accountId = randomUUID();
    await this.dataSource.query('insert into mapping.account (id, name_folded) values ($1, $2)', [accountId, username]);
    for (let n = 0; n < identities; n += 1) {
      await this.dataSource.query('insert into mapping.account_identity (identity_id, account_id) values ($1, $2)', [
        randomUUID(),
        accountId,
      ]);
    }
    await this.desire(accountId, { username, email: `${username}@example.com`, displayName: username, ...change });
    return accountId;
  }

  async desire(accountId: string, change: Partial<DesiredAccess>, configVersion = 1): Promise<void> {
    const rows = await this.dataSource.query<{ content: DesiredAccess }[]>(
      'select content from mapping.desired_access where account_id = $1',
      [accountId],
    );
    const nothing = { groups: desiredGroups([]), mayCreate: true, authoritative: false };
    await this.dataSource.query(
      `insert into mapping.desired_access as known (account_id, version, content, config_version) values ($1, 1, $2, $3)
       on conflict (account_id) do update set version = known.version + 1, content = excluded.content,
         config_version = excluded.config_version`,
      [accountId, JSON.stringify({ ...nothing, ...rows[0]?.content, ...change }), configVersion],
    );
  }

  /** As a process of its own would. */
  async reconcile(
    accountId: string,
    { attempt = 1, lane = 'interactive', traceId = newTraceId(), ...own }: RunOptions = {},
  ): Promise<void> {
    const accounts = new JiraAccountsStore(this.dataSource);
    const liveConfig = new LiveConfigReader(this.dataSource, new Encryption(randomBytes(32)));
    const outbox = new Outbox(flow);
    const { leases = new Leases(this.dataSource), breakers = this.breakers() } = own;
    const ledger = new LedgerStore();
    const administrators = new Administrators(this.reader, leases);
    const brake = new RemovalBrake(this.dataSource);
    const journal = new RunJournal(ledger);
    const deactivations = new DeactivationsStore(accounts, journal);
    const handler = new ReconcileAccountHandler(
      liveConfig,
      accounts,
      new AccountFinder(accounts),
      new RunPlanner(this.seats, brake),
      administrators,
      new Deactivation(accounts, deactivations, administrators, brake, new JiraChanges()),
      new JiraChanges(),
      new RunsStore(
        accounts,
        outbox,
        journal,
        ledger,
        new RenamesStore(this.dataSource, accounts, outbox),
        new Commits(this.dataSource),
        new AdoptionQuestions(),
        this.dataSource,
      ),
      new AccountLeases(leases, accounts, outbox),
      new JiraForRuns(this.jira, breakers),
    );
    await holding(leases, accountId, (lease) =>
      handler.handle(
        { accountId, traceId },
        {
          job: reconcileAccount.name,
          lane,
          attempt,
          traceId,
          lease,
          settle: (manager) => this.settle(manager),
          settlement: { values: [[], undefined, '', '', 'epoch'], done: () => void (this.settled += 1) },
        },
      ),
    );
  }

  /** As a process of its own would. */
  async rename(accountId: string, { attempt = 1, traceId = newTraceId(), ...own }: RunOptions = {}): Promise<void> {
    const accounts = new JiraAccountsStore(this.dataSource);
    const outbox = new Outbox(flow);
    const { leases = new Leases(this.dataSource), breakers = this.breakers() } = own;
    const renames = new RenamesStore(this.dataSource, accounts, outbox);
    const signIns = new SignIns(this.dataSource);
    const handler = new RenameAccountHandler(
      new LiveConfigReader(this.dataSource, new Encryption(randomBytes(32))),
      accounts,
      renames,
      new RenameChecks(this.directory, renames, signIns),
      signIns,
      new AccountLeases(leases, accounts, outbox),
      new JiraForRuns(this.jira, breakers),
    );
    const { name: job } = renameAccount;
    await holding(leases, accountId, (lease) =>
      handler.handle(
        { accountId, traceId },
        { job, lane: 'bulk', attempt, traceId, lease, settle: (manager) => this.settle(manager) },
      ),
    );
  }

  async renameOf(accountId: string): Promise<RenameRecord | undefined> {
    const rows = await this.dataSource.query<RenameRecord[]>(
      'select from_name, to_name, state, code from sync.rename where account_id = $1',
      [accountId],
    );
    return rows[0];
  }

  /** As the job's server does with what a run ended with for good. */
  async park(accountId: string, code: string): Promise<void> {
    await this.dataSource.query(
      `insert into messaging.parked_job (job, queue, key, payload, trace_id, code, message, attempts, outbox_ids)
       values ($1, 'group-sync.interactive', $2, '{}', 'trace', $3, 'no', 1, '{}')`,
      [reconcileAccount.name, accountId, code],
    );
  }

  /** As if the figures of the licence were older than a minute. */
  renewSeats(): void {
    this.seats = new Seats(this.reader);
  }

  async release(configVersion: number): Promise<void> {
    const traceId = randomBytes(16).toString('hex');
    const handler = new ReleaseRemovalsHandler(this.dataSource, new HeldRemovals(), new Outbox(flow));
    await handler.handle(
      { configVersion, traceId },
      { job: releaseRemovals.name, lane: 'bulk', attempt: 1, traceId, settle: (manager) => this.settle(manager) },
    );
  }

  /** @param options.killedAfterPages the process dies before it can begin the next page */
  async sweep(scope: Scope, { traceId = newTraceId(), killedAfterPages = Infinity } = {}): Promise<void> {
    const liveConfig = new LiveConfigReader(this.dataSource, new Encryption(randomBytes(32)));
    const sweeps = new DyingSweeps(killedAfterPages);
    const handler = new SweepDriftHandler(liveConfig, this.dataSource, sweeps, new Outbox(flow));
    await handler.handle(
      { scope, traceId },
      { job: sweepDrift.name, lane: 'bulk', attempt: 1, traceId, settle: (manager) => this.settle(manager) },
    );
  }

  async ledgerOf(accountId: string): Promise<{ group: string; provider: string; reason: string; how: string }[]> {
    return this.dataSource.query(
      `select group_name as "group", provider, reason, how from sync.granted_membership
       where account_id = $1 order by 1, 2, 3`,
      [accountId],
    );
  }

  /** A process's own view, not following any other's. */
  breakers(): Breakers {
    return new Breakers(this.dataSource, new Notifications(this.databaseUrl), createLogger('silent'));
  }

  /** As if every holder had been frozen for longer than its lease lasts. */
  async expireLeases(): Promise<void> {
    await this.dataSource.query(`update messaging.lease set expires_at = clock_timestamp() - interval '50 seconds'`);
  }

  private settle(manager: EntityManager): Promise<void> {
    this.settled += 1;
    return manager.queryRunner?.isTransactionActive ? Promise.resolve() : Promise.reject(new Error('no transaction'));
  }

  stateOf(accountId: string): Promise<JiraAccountRow | null> {
    return this.dataSource.getRepository(JiraAccountRow).findOneBy({ accountId });
  }

  /** As if the last verification were longer ago than any window. */
  async grow(accountId: string): Promise<void> {
    await this.dataSource.query(
      `update sync.jira_account set verified_at = verified_at - interval '2 days' where account_id = $1`,
      [accountId],
    );
  }

  async runsOf(accountId: string): Promise<RunRecord[]> {
    return this.dataSource.query(
      'select outcome, code, jira_calls, version, plan from sync.reconcile_run where account_id = $1 order by id',
      [accountId],
    );
  }

  async attemptsOf(accountId: string): Promise<{ outcome: string; attempt: number; lane: string }[]> {
    return this.dataSource.query(
      'select outcome, attempt, lane from sync.reconcile_run where account_id = $1 order by id',
      [accountId],
    );
  }

  async lastRunOf(accountId: string): Promise<RunRecord | undefined> {
    return (await this.runsOf(accountId)).at(-1);
  }

  async published(): Promise<Published[]> {
    return this.dataSource.query(
      `select event, key, queue, extract(epoch from not_before - created_at)::float8 as "inSeconds"
       from messaging.outbox order by id`,
    );
  }
}

/** As the runner does for a job that is defined with the lease of its account. */
function holding(leases: Leases, accountId: string, handle: (lease: Lease) => Promise<void>): Promise<void> {
  return leases.hold(`account/${accountId}`, handle, { isFlushed: false });
}

export function desiredGroups(wanted: string[], managed: string[] = []): DesiredAccess['groups'] {
  const reasons = wanted.map((group) => ({ group, source: 'rule' as const, provider: 'p', claimed: group }));
  return { wanted, managed, sweeps: [], creatable: [], ifNew: { wanted: [], reasons: [] }, reasons, holds: [] };
}
