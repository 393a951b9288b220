import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '@gatehouse/config';
import { seedDocument } from '@gatehouse/sandbox-seed';
import { FaultProxy, freePort, RedisServer, waitFor } from '@gatehouse/testing';
import { idpClients } from '../../../apps/sandbox/src/clients.js';
import { startSandboxIdp } from '../../../apps/sandbox/src/idp/index.js';
import { startSandboxJira } from '../../../apps/sandbox/src/jira/index.js';
import { RoundRobin } from '../../flows/support/round-robin.js';
import { Database } from './database.js';
import { OwnPostgres } from './own-postgres.js';
import { Sandbox } from './sandbox.js';
import { adminToken, jiraToken, secondJiraToken } from './secrets.js';
import { ServiceProcess } from './service-process.js';
import type { ProgramName } from './service-process.js';
import type { Topology } from './topology.js';

type Connection = 'postgres' | 'redis' | 'jira';

interface Wishes {
  readonly topology: Topology;
  /** Connections that lead over a proxy that can be made to fail. */
  readonly over?: readonly Connection[];
  /** Only these processes' connections do. Default: everybody's. */
  readonly overFrom?: readonly string[];
  readonly appendonly?: boolean;
  /** On the PostgreSQL server of this one, in a database of its own. That one ends last. */
  readonly beside?: FaultInstallation;
  /** Of the sandbox's providers. Default: all. */
  readonly providers?: readonly string[];
  /** Added to each of them; every start of the console applies it again. */
  readonly ofEachProvider?: object;
  readonly variables?: Readonly<Record<string, string>>;
}

/**
 * A whole installation of real processes on free ports, with stores of its own. Only the sandbox lives in the test's
 * process: it must survive every kill.
 */
export class FaultInstallation {
  private readonly closing: (() => Promise<unknown>)[] = [];

  private constructor(
    readonly origin: string,
    readonly processes: readonly ServiceProcess[],
    readonly postgres: OwnPostgres,
    readonly database: Database,
    readonly sandbox: Sandbox,
    private readonly ownRedis: RedisServer | undefined,
    private readonly proxies: Partial<Record<Connection, FaultProxy>>,
  ) {}

  static async start(wishes: Wishes): Promise<FaultInstallation> {
    const folder = await mkdtemp(join(tmpdir(), 'gatehouse-test-faults-'));
    // With the name and this file, the next test run cleans up should this one be killed (test/global-setup.mjs).
    await writeFile(join(folder, 'owner'), String(process.pid));
    const port = await freePort();
    const origin = `http://localhost:${port}`;
    const [postgres, redis, sandbox] = await Promise.all([
      wishes.beside?.postgres ?? OwnPostgres.start(join(folder, 'data')),
      wishes.topology.queues === 'redis' ? RedisServer.start({ appendonly: wishes.appendonly }) : undefined,
      startSandbox(origin),
    ]);
    const databaseUrl = wishes.beside ? await postgres.anotherDatabase() : postgres.url;
    const ports = { postgres: postgres.port, redis: redis?.port, jira: sandbox.jiraPort };
    const proxies = await proxiesFor(wishes.over ?? [], ports);
    const addresses = (over: Partial<Record<Connection, FaultProxy>>) => ({
      JIRA_URL: `http://127.0.0.1:${over.jira?.port ?? sandbox.jiraPort}`,
      DATABASE_URL: withPort(databaseUrl, over.postgres?.port),
      ...(redis ? { REDIS_URL: withPort(redis.url, over.redis?.port) } : {}),
    });
    const shared = {
      PUBLIC_URL: `${origin}/_sso`,
      JIRA_TOKEN: jiraToken,
      SANDBOX: 'off',
      DATA_DIR: join(folder, 'gatehouse'),
      ENCRYPTION_KEY: randomBytes(32).toString('base64'),
      ADMIN_TOKEN: adminToken,
      CONFIG_FILE: join(folder, 'config.json'),
      LOG_LEVEL: 'debug',
    };
    const variablesOf = (name: string) => ({
      ...shared,
      ...addresses(wishes.overFrom?.includes(name) === false ? {} : proxies),
      ...wishes.variables,
    });
    await writeFile(shared.CONFIG_FILE, JSON.stringify(documentWith(wishes, sandboxConfig(origin, sandbox.idpPort))));
    const { processes, balanced } = await programsOf(wishes.topology, port, folder, variablesOf);
    const installation = new FaultInstallation(
      origin,
      processes,
      postgres,
      new Database(databaseUrl),
      sandbox,
      redis,
      proxies,
    );
    installation.closing.push(
      ...processes.map((process) => () => process.kill()),
      () => sandbox.close(),
      ...Object.values(proxies).map((proxy) => () => proxy.close()),
      () => installation.database.close(),
      async () => wishes.beside ?? postgres.close(),
      async () => redis?.discard(),
      () => rm(folder, { recursive: true, force: true }),
    );
    if (balanced) {
      const balancer = await RoundRobin.start(port, balanced);
      installation.closing.unshift(() => balancer.close());
    }
    await installation.up();
    return installation;
  }

  /** @param name of a process, or of a program of which there is one */
  process(name: string): ServiceProcess {
    const found = this.processes.find((process) => process.name === name);
    if (!found) throw new Error(`no process ${name}: there are ${this.processes.map((one) => one.name).join(', ')}`);
    return found;
  }

  get redis(): RedisServer {
    return this.ownRedis!;
  }

  proxy(to: Connection): FaultProxy {
    return this.proxies[to]!;
  }

  async discard(): Promise<void> {
    for (const close of this.closing) await close();
  }

  /** What all processes have written so far. */
  async logs(): Promise<string> {
    return (await Promise.all(this.processes.map((process) => process.log()))).join('');
  }

  private async up(): Promise<void> {
    try {
      await Promise.all(this.processes.map((process) => process.start()));
      await waitFor(async () => (await this.sandbox.jira()).idps.length > 0, {
        timeoutMs: 20_000,
        what: 'Gatehouse to be registered at Jira',
      });
    } catch (error) {
      await this.discard();
      throw error;
    }
  }
}

async function startSandbox(origin: string): Promise<Sandbox> {
  const publicUrl = new URL(`${origin}/_sso`);
  const clients = idpClients(publicUrl);
  const [idp, jira] = await Promise.all([
    startSandboxIdp({ host: '127.0.0.1', port: 0, clients }),
    startSandboxJira({
      host: '127.0.0.1',
      publicUrl: origin,
      tokens: { [jiraToken]: 'admin', [secondJiraToken]: 'admin' },
    }),
  ]);
  return new Sandbox(idp, jira, clients);
}

function documentWith({ providers: wanted, ofEachProvider }: Wishes, config: ReturnType<typeof loadConfig>) {
  const document = seedDocument(config);
  const kept = <Part>(parts: Readonly<Record<string, Part>> = {}) =>
    Object.fromEntries(Object.entries(parts).filter(([key]) => wanted?.includes(key) ?? true));
  const providers = Object.entries(kept(document.providers)).map(([key, one]) => [key, { ...one, ...ofEachProvider }]);
  return { ...document, providers: Object.fromEntries(providers) as object, mappings: kept(document.mappings) };
}

function sandboxConfig(origin: string, idpPort: number) {
  return loadConfig({ SANDBOX: 'on', PUBLIC_URL: `${origin}/_sso`, SANDBOX_IDP_PORT: String(idpPort) });
}

async function proxiesFor(
  wanted: readonly Connection[],
  ports: Readonly<Record<Connection, number | undefined>>,
): Promise<Partial<Record<Connection, FaultProxy>>> {
  const pairs = wanted.map(async (name) => [name, await FaultProxy.start(ports[name]!)] as const);
  return Object.fromEntries(await Promise.all(pairs));
}

/** Replicas of the gateway listen behind a balancer, everything else where it is expected. */
async function programsOf(
  { programs }: Topology,
  publicPort: number,
  folder: string,
  variablesOf: (name: string) => Readonly<Record<string, string>>,
): Promise<{ processes: readonly ServiceProcess[]; balanced: readonly number[] | undefined }> {
  const balance = programs.filter((program) => program === 'auth-gateway').length > 1;
  const places: { name: string; program: ProgramName; port: number }[] = [];
  for (const program of programs) {
    const number = places.filter((place) => place.program === program).length + 1;
    const isPublic = !balance && (program === 'suite' || program === 'auth-gateway');
    const port = isPublic ? publicPort : await freePort();
    places.push({ name: number === 1 ? program : `${program}-${number}`, program, port });
  }
  // Of replicas the first one is where the others look for that service.
  const ports = Object.fromEntries(
    places.toReversed().map(({ program, port }) => [portVariable(program), String(port)]),
  );
  const processes = places.map(({ name, program, port }) => {
    const variables = { ...variablesOf(name), ...ports, [portVariable(program)]: String(port) };
    return new ServiceProcess({ name, program, port, variables, logFile: join(folder, `${name}.log`) });
  });
  const gateways = places.filter(({ program }) => program === 'auth-gateway').map(({ port }) => port);
  return { processes, balanced: balance ? gateways : undefined };
}

function portVariable(program: ProgramName): string {
  return program === 'suite' ? 'PORT' : `${program.toUpperCase().replaceAll('-', '_')}_PORT`;
}

function withPort(address: string, port: number | undefined): string {
  const url = new URL(address);
  if (port !== undefined) url.port = String(port);
  return url.href;
}
