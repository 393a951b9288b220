import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Binaries } from './binaries.js';
import { removeDrafts, superuser } from './cluster.js';
import type { ClusterFolders } from './cluster.js';
import { hasCode } from '../made-once-file.js';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';
import { Ownership } from './ownership.js';
import { findPostmaster, stopPostmaster } from './postmaster.js';
import type { PostmasterFile } from './postmaster-file.js';
import type { Runner } from './runner.js';
import { ServerLog } from './server-log.js';
import { clusterName, serverArguments } from './server-settings.js';
import type { EmbeddedPostgres } from './start-embedded-postgres.js';

/** Replaying the log after a crash takes its time. */
const acquireWithinMs = 60_000;
const pollMs = 10;
const retryMs = 100;

interface ServerOptions {
  readonly folders: ClusterFolders;
  readonly binaries: Binaries;
  readonly runner: Runner;
  readonly password: string;
  readonly port: number | undefined;
  readonly durable: boolean;
  readonly log: (message: string) => void;
  /** For what must be seen: the server ended by itself. */
  readonly warn: (message: string) => void;
}

/** Turns a cluster on disk into a server that this process owns. */
export class EmbeddedServer {
  private readonly data: string;

  constructor(private readonly options: ServerOptions) {
    this.data = options.folders.data;
  }

  /**
   * Start, adopt or refuse. Whoever holds the ownership decides, and each step is repeated until it is ours or someone else's:
   * a server can appear or vanish between two looks when two processes start or one stops.
   */
  async acquire(): Promise<EmbeddedPostgres> {
    const deadline = Date.now() + acquireWithinMs;
    while (Date.now() < deadline) {
      const found = await findPostmaster(this.data);
      const postmaster = found ?? (await this.start());
      const server = postmaster && (await this.take(postmaster));
      if (server) return server;
      await delay(retryMs);
    }
    throw this.failed('it was not ready in time');
  }

  /** Undefined when the server is not (or no longer) ready to be taken: look again. */
  private async take(postmaster: PostmasterFile): Promise<EmbeddedPostgres | undefined> {
    if (!postmaster.ready) return undefined;
    const revive = () => this.revive(postmaster.port);
    const claim = await Ownership.claim(this.urlOf(postmaster.port, 'postgres'), revive).catch((error: unknown) => {
      if (isTransient(error)) return undefined;
      throw this.refused(error);
    });
    if (!claim) return undefined;
    const { dataDir } = this.options.folders;
    if (claim.kind === 'held') {
      throw new EmbeddedPostgresError(
        `Another Gatehouse (${claim.by}) is using ${dataDir}: stop it, or choose another folder with DATA_DIR.`,
      );
    }
    try {
      return await this.handOut(claim.ownership, postmaster);
    } catch (error) {
      await claim.ownership.end(); // Whoever does not use the server must not keep it from others.
      throw error;
    }
  }

  /** Undefined when it is not the server that was asked for: it is stopped, and another one is to be started. */
  private async handOut(ownership: Ownership, postmaster: PostmasterFile): Promise<EmbeddedPostgres | undefined> {
    if (!(await this.fits(ownership, postmaster))) {
      this.options.log('restarting the embedded PostgreSQL of an earlier run');
      await this.stop(ownership);
      return undefined;
    }
    await removeDrafts(this.options.folders);
    await ensureDatabase(ownership);
    this.options.log(`the embedded PostgreSQL is ready on port ${postmaster.port}`);
    return {
      url: this.urlOf(postmaster.port, 'gatehouse'),
      close: () => this.stop(ownership),
    };
  }

  private async fits(ownership: Ownership, { port }: PostmasterFile): Promise<boolean> {
    const { durable, binaries } = this.options;
    if (this.options.port !== undefined && this.options.port !== port) return false;
    return (await ownership.ask('show cluster_name')) === clusterName({ durable, version: binaries.version });
  }

  private async stop(ownership: Ownership): Promise<void> {
    await ownership.release();
    const postmaster = await findPostmaster(this.data); // Perhaps another one than at first.
    if (postmaster) await stopPostmaster(this.data, postmaster.pid);
    await ownership.end();
  }

  /**
   * The server ended and nobody had asked for it: killed for want of memory, say. It comes back at the address that
   * everybody has, with everything that was committed.
   */
  private async revive(port: number): Promise<void> {
    if (await findPostmaster(this.data)) return;
    this.options.warn('the embedded PostgreSQL has ended; it is started again');
    try {
      await this.start(port);
    } catch (error) {
      this.options.warn(error instanceof Error ? error.message : String(error));
      throw error;
    }
  }

  /** Undefined when another process was faster. */
  private async start(at?: number): Promise<PostmasterFile | undefined> {
    const { binaries, runner, durable, folders } = this.options;
    const port = at ?? this.options.port ?? (await freePort());
    const logFile = await ServerLog.open(folders.logFile);
    const settings = serverArguments({ durable, version: binaries.version });
    const child = runner.spawn(
      binaries.postgres,
      ['-D', this.data, '-p', String(port), ...settings],
      logFile.descriptor,
    );
    logFile.closeHere();
    const exited = new Promise<'exited'>((settle) => {
      child.once('exit', () => settle('exited'));
      child.once('error', () => settle('exited'));
    });
    const deadline = Date.now() + acquireWithinMs;
    while (Date.now() < deadline) {
      const found = await findPostmaster(this.data);
      if (found?.pid === child.pid && found?.ready) return found;
      if ((await Promise.race([exited, delay(pollMs)])) !== 'exited') continue;
      if (await findPostmaster(this.data)) return undefined;
      const reason = await logFile.lastFailure();
      if (this.worthAnotherLook(reason)) return undefined;
      throw this.failed(portIsTaken(reason) ? `port ${port} is taken` : reason);
    }
    throw this.failed('it was not ready in time');
  }

  /** Another starter came and went, the children of a killed server are on their way out, or somebody else took the port we chose. */
  private worthAnotherLook(reason: string): boolean {
    return /lock file|pre-existing shared memory/.test(reason) || (portIsTaken(reason) && !this.options.port);
  }

  private failed(reason: string): EmbeddedPostgresError {
    const { logFile } = this.options.folders;
    return new EmbeddedPostgresError(
      `The embedded PostgreSQL did not start (${reason}): look into ${logFile}, or set DATABASE_URL to another server.`,
    );
  }

  private refused(cause: unknown): EmbeddedPostgresError {
    const { passwordFile } = this.options.folders;
    const reason = cause instanceof Error ? cause.message : String(cause);
    return new EmbeddedPostgresError(
      `The embedded PostgreSQL does not let Gatehouse in (${reason}): put the ${passwordFile} back that belongs to its data.`,
      { cause },
    );
  }

  private urlOf(port: number, database: string): string {
    return `postgres://${superuser}:${this.options.password}@127.0.0.1:${port}/${database}`;
  }
}

function portIsTaken(reason: string): boolean {
  return /could not (bind|create any TCP)/.test(reason);
}

/** Starting, stopping, or restarting after the loss of a backend. */
function isTransient(error: unknown): boolean {
  const message = error instanceof Error ? error.message : '';
  return hasCode(error, 'ECONNREFUSED', 'ECONNRESET', '57P01', '57P02', '57P03') || /terminated|timeout/.test(message);
}

async function ensureDatabase(ownership: Ownership): Promise<void> {
  const existing = await ownership.ask("select 1 from pg_database where datname = 'gatehouse'");
  if (existing === undefined) await ownership.ask('create database gatehouse');
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((settle, refuse) => {
    server.once('error', refuse);
    server.listen(0, '127.0.0.1', settle);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise((settle) => server.close(settle));
  return port;
}
