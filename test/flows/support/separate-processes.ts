import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '@gatehouse/database';
import type { EmbeddedPostgres } from '@gatehouse/database';
import { freePort, waitFor } from '@gatehouse/testing';
import { adminToken } from './installation.js';
import { Program } from './program.js';
import { RoundRobin } from './round-robin.js';

export type Service = 'auth-gateway' | 'console' | 'scim-ingest' | 'claim-mapping' | 'group-sync';

export interface Replicas {
  readonly replicas?: Partial<Record<Service, number>>;
  readonly variables?: Record<string, string>;
  /** The address of the database for one process, if not the same for all. */
  readonly databaseUrlFor?: (url: string, service: Service, replica: number) => Promise<string>;
}

const services: readonly Service[] = ['auth-gateway', 'console', 'scim-ingest', 'claim-mapping', 'group-sync'];

/**
 * Every service in a process of its own, as `npm run start:<service>` starts it, on a PostgreSQL of their own (replicas
 * need more connections than the usual limit of 100). Several gateways stand behind a balancer.
 */
export class SeparateProcesses {
  readonly logLines: string[] = [];
  readonly programs: Program[] = [];
  /** Where each replica listens, in the order of their start. */
  readonly ports: Record<Service, number[]> = {
    'auth-gateway': [],
    console: [],
    'scim-ingest': [],
    'claim-mapping': [],
    'group-sync': [],
  };
  balancer: RoundRobin | undefined;

  private constructor(
    readonly variables: Record<string, string>,
    private readonly postgres: EmbeddedPostgres,
    private readonly folder: string,
  ) {}

  static async start({ replicas = {}, variables = {}, databaseUrlFor }: Replicas = {}): Promise<SeparateProcesses> {
    const folder = await mkdtemp(join(tmpdir(), 'gatehouse-test-split-'));
    // With the name and this file, the next test run cleans up should this one be killed (test/global-setup.mjs).
    await writeFile(join(folder, 'owner'), String(process.pid));
    const postgres = await startEmbeddedPostgres({ dataDir: join(folder, 'data'), durable: false });
    const [port, jiraPort, idpPort] = [await freePort(), await freePort(), await freePort()];
    const common = {
      PORT: String(port),
      SANDBOX_JIRA_PORT: String(jiraPort),
      SANDBOX_IDP_PORT: String(idpPort),
      DATABASE_URL: postgres.url,
      DATA_DIR: join(folder, 'shared'),
      ADMIN_TOKEN: adminToken,
      LOG_LEVEL: 'debug',
      ...variables,
    };
    const installation = new SeparateProcesses(common, postgres, folder);
    try {
      await installation.up(replicas, databaseUrlFor);
      return installation;
    } catch (error) {
      await installation.discard();
      throw error;
    }
  }

  get base(): string {
    return `${this.origin}/_sso`;
  }

  get origin(): string {
    return `http://localhost:${this.variables['PORT']}`;
  }

  get jira(): string {
    return `http://localhost:${this.variables['SANDBOX_JIRA_PORT']}`;
  }

  get idp(): string {
    return `http://localhost:${this.variables['SANDBOX_IDP_PORT']}`;
  }

  get databaseUrl(): string {
    return this.postgres.url;
  }

  program(service: Service, replica = 0): Program {
    return this.programs.filter(({ app }) => app === service)[replica]!;
  }

  /** Directly, past balancer and gateway. */
  address(service: Service, replica = 0): string {
    return `http://127.0.0.1:${this.ports[service][replica]}`;
  }

  async discard(): Promise<void> {
    await this.balancer?.close();
    await Promise.all(this.programs.map((program) => program.stop()));
    await this.postgres.close();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** All at once, on an empty database: whoever comes first makes what the others need. */
  private async up(
    replicas: Partial<Record<Service, number>>,
    databaseUrlFor: Replicas['databaseUrlFor'],
  ): Promise<void> {
    const gateways = replicas['auth-gateway'] ?? 1;
    for (const service of services) {
      const count = replicas[service] ?? 1;
      for (let replica = 0; replica < count; replica += 1) {
        // Without a balancer the gateway is the public origin itself.
        const direct = service === 'auth-gateway' && gateways === 1;
        this.ports[service].push(direct ? Number(this.variables['PORT']) : await freePort());
      }
    }
    // Where the gateway looks for them; of replicas the first one.
    const known = {
      CONSOLE_PORT: String(this.ports.console[0]),
      SCIM_INGEST_PORT: String(this.ports['scim-ingest'][0]),
    };
    this.programs.push(Program.start('sandbox', this.variables, linesInto(this.logLines)));
    for (const service of services) {
      for (const [replica, port] of this.ports[service].entries()) {
        const own = { ...known, [`${service.replaceAll('-', '_').toUpperCase()}_PORT`]: String(port) };
        const url = await databaseUrlFor?.(this.postgres.url, service, replica);
        const environment = { ...this.variables, ...own, ...(url === undefined ? {} : { DATABASE_URL: url }) };
        this.programs.push(Program.start(service, environment, linesInto(this.logLines)));
      }
    }
    await Promise.all(services.flatMap((service) => this.ports[service].map((port) => this.ready(port))));
    if (gateways > 1)
      this.balancer = await RoundRobin.start(Number(this.variables['PORT']), this.ports['auth-gateway']);
    await waitFor(() => this.seededAndRegistered(), { timeoutMs: 90_000, what: 'the registration at Jira' });
  }

  private async ready(port: number): Promise<void> {
    await waitFor(
      async () => {
        const ended = this.programs.find(({ running }) => !running);
        if (ended) throw new Error(`${ended.app} ended: ${ended.output.slice(-2_000)}`);
        return (await fetch(`http://127.0.0.1:${port}/_sso/readyz`)).ok;
      },
      { timeoutMs: 90_000, what: `the process at port ${port} to be ready` },
    );
  }

  private async seededAndRegistered(): Promise<boolean> {
    const answer = await fetch(`${this.base}/api/v1/jira/registration`, {
      headers: { authorization: `Bearer ${adminToken}` },
    });
    return ((await answer.json()) as { state: string }).state === 'registered';
  }
}

/** Whole log lines of one process. What is printed for people is in the program's output. */
function linesInto(logLines: string[]): (text: string) => void {
  let rest = '';
  return (text) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop()!;
    logLines.push(...lines.filter((line) => line.startsWith('{')).map((line) => `${line}\n`));
  };
}
