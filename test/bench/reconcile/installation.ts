import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigDocument } from '@gatehouse/contracts';
import { migrate, openDatabase, startEmbeddedPostgres } from '@gatehouse/database';
import type { EmbeddedPostgres } from '@gatehouse/database';
import { canStartRedis, freePort, RedisServer, waitFor } from '@gatehouse/testing';
import type { DataSource } from 'typeorm';
import { isReady, Measured } from '../login/processes.js';
import { JiraControl } from './jira-control.js';
import { issuer, provider, sweptGroups } from './people.js';

type Worker = 'claim-mapping' | 'group-sync';

/** What every person's mapping is: the groups of the same name, and what is not claimed is taken away. */
export const config = ConfigDocument.parse({
  version: 1,
  providers: { [provider]: { name: 'Company', issuer, clientId: 'bench' } },
  mappings: {
    [provider]: {
      groups: { mode: 'onTheFly', onTheFly: { keepExisting: false, only: [sweptGroups] } },
    },
  },
  // What one in a hundred loses twice within an hour is more than the brake lets pass by default.
  settings: { brake: { perRunMax: 100_000 } },
});

/** The two workers in processes of their own, on a durable PostgreSQL and a Redis with its append-only file. */
export class ReconcileInstallation {
  private readonly workers = new Map<Worker, Measured>();

  private constructor(
    readonly jira: JiraControl,
    readonly dataSource: DataSource,
    readonly redis: RedisServer,
    readonly token: string,
    private readonly jiraProcess: Measured,
    private readonly postgres: EmbeddedPostgres,
    private readonly variables: Readonly<Record<string, string>>,
    private readonly folder: string,
  ) {}

  static async start(): Promise<ReconcileInstallation> {
    if (!canStartRedis('The benchmark of reconciliation')) throw new Error('the benchmark needs Redis');
    const folder = await mkdtemp(join(tmpdir(), 'gatehouse-bench-'));
    const [postgres, redis] = await Promise.all([
      startEmbeddedPostgres({ dataDir: join(folder, 'postgres') }),
      RedisServer.start({ appendonly: true }),
    ]);
    const token = randomUUID();
    const jiraProcess = Measured.start('Jira', '../reconcile/stand-in.jira.js', { JIRA_TOKEN: token });
    const jiraUrl = `http://127.0.0.1:${await jiraProcess.listening()}`;
    const dataSource = await openDatabase(postgres.url, 4);
    await migrate(dataSource);
    const variables = {
      SANDBOX: 'off',
      JIRA_URL: jiraUrl,
      JIRA_PUBLIC_URL: 'http://jira.bench.test',
      JIRA_TOKEN: token,
      DATABASE_URL: postgres.url,
      REDIS_URL: redis.url,
      DATA_DIR: join(folder, 'data'),
      ENCRYPTION_KEY: randomBytes(32).toString('base64'),
      ADMIN_TOKEN: randomUUID(),
      LOG_LEVEL: 'info',
    };
    const jira = new JiraControl(jiraUrl);
    return new ReconcileInstallation(jira, dataSource, redis, token, jiraProcess, postgres, variables, folder);
  }

  worker(name: Worker): Measured {
    return this.workers.get(name)!;
  }

  async startWorker(name: Worker): Promise<Measured> {
    const port = await freePort();
    const variable = `${name.toUpperCase().replace('-', '_')}_PORT`;
    const script = `../../../apps/${name}/src/main.js`;
    const flags = (process.env['BENCH_WORKER_FLAGS'] ?? '').split(' ').filter(Boolean);
    const worker = Measured.start(name, script, { ...this.variables, [variable]: String(port) }, flags);
    this.workers.set(name, worker);
    await waitFor(() => isReady(`http://127.0.0.1:${port}/_sso/readyz`), { what: name, timeoutMs: 30_000 });
    return worker;
  }

  /** An operator's pause: the facts of that lane wait in the outbox meanwhile. */
  async pause(queue: string): Promise<void> {
    await this.dataSource.query(
      `insert into messaging.lane_state (queue, paused_by, reason) values ($1, 'bench', 'apart')`,
      [queue],
    );
  }

  async resume(): Promise<void> {
    await this.dataSource.query('delete from messaging.lane_state');
    await this.dataSource.query(`select pg_notify('gatehouse_lane', '')`);
  }

  /** Until every fact for the two workers has led to its end; others are not here to work off theirs. How often that is asked takes from what is measured beside it. */
  async quiet({ everyMs }: { readonly everyMs?: number } = {}): Promise<void> {
    const options = { what: 'the queues to be empty', timeoutMs: 600_000 };
    await waitFor(async () => !(await this.isBusy()), everyMs === undefined ? options : { ...options, everyMs });
  }

  private async isBusy(): Promise<boolean> {
    const [row] = await this.dataSource.query<[{ busy: boolean }]>(
      `select exists (
         select 1 from messaging.outbox where state in ('open', 'sent') and (not_before is null or not_before < now())
           and split_part(queue, '.', 1) in ('claim-mapping', 'group-sync')) as busy`,
    );
    return row.busy;
  }

  async stop(): Promise<void> {
    for (const worker of this.workers.values()) await worker.stop();
    await this.jiraProcess.stop();
    await this.dataSource.destroy();
    await this.redis.discard();
    await this.postgres.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}
