import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.js';
import { waitFor } from './wait-for.js';

export interface RedisServerOptions {
  /** Default: a free one. */
  readonly port?: number;
  /** An append-only file, synchronised every second, as in production. Default: nothing is kept. */
  readonly appendonly?: boolean;
  /** With `noeviction`: adds fail when it is full. Default: no limit. */
  readonly maxmemoryBytes?: number;
}

const startWithinMs = 10_000;
const binaries = ['redis-server', 'valkey-server'];

/**
 * Whether there is a Redis or Valkey on PATH; says loudly when there is none, because tests are skipped then.
 * @param what will not run, for the message
 */
export function canStartRedis(what: string): boolean {
  if (findBinary()) return true;
  process.stderr.write(`\n*** ${what} did NOT run: there is no redis-server on PATH. Install it. ***\n\n`);
  return false;
}

function findBinary(): string | undefined {
  return binaries.find((binary) => spawnSync(binary, ['--version']).status === 0);
}

/** A Redis of our own on the loopback address, which a test may kill, freeze (by its pid) and restart. */
export class RedisServer {
  private child: ChildProcess | undefined;

  private constructor(
    private readonly binary: string,
    private readonly folder: string,
    readonly port: number,
    private readonly options: RedisServerOptions,
  ) {}

  /** @throws Error when there is no Redis on PATH (ask `canStartRedis` first), or when it does not answer within 10 s */
  static async start(options: RedisServerOptions = {}): Promise<RedisServer> {
    const binary = findBinary();
    if (!binary) throw new Error('there is no redis-server on PATH');
    const folder = await mkdtemp(join(tmpdir(), 'gatehouse-test-redis-'));
    const server = new RedisServer(binary, folder, options.port ?? (await freePort()), options);
    await server.launch();
    return server;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Of the running process; for SIGSTOP and SIGCONT. */
  get pid(): number | undefined {
    return this.child?.pid;
  }

  /** Ends it cleanly; what it keeps is on disk. */
  async stop(): Promise<void> {
    await this.end('SIGTERM');
  }

  /** Ends it as a crash does. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** Starts it again on the same port and files. */
  async restart(): Promise<void> {
    await this.stop();
    await this.launch();
  }

  /** Kills it and removes its files. */
  async discard(): Promise<void> {
    await this.kill();
    await rm(this.folder, { recursive: true, force: true });
  }

  private async launch(): Promise<void> {
    const { appendonly = false, maxmemoryBytes = 0 } = this.options;
    const child = spawn(
      this.binary,
      [
        ['--bind', '127.0.0.1', '--port', String(this.port), '--dir', this.folder, '--save', ''],
        ['--appendonly', appendonly ? 'yes' : 'no', '--appendfsync', 'everysec'],
        ['--maxmemory', String(maxmemoryBytes), '--maxmemory-policy', 'noeviction'],
      ].flat(),
      { stdio: 'ignore' },
    );
    this.child = child;
    child.on('error', () => undefined); // The wait below reports it.
    await waitFor(() => answersPing(this.port), { what: 'Redis to answer', timeoutMs: startWithinMs });
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const child = this.child;
    this.child = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exited = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    child.kill('SIGCONT'); // A frozen one would not notice SIGTERM.
    await exited;
  }
}

/** It listens before it has read its append-only file, and then answers LOADING. */
function answersPing(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: '127.0.0.1', port }, () => socket.write('PING\r\n'));
    const answer = (pong: boolean) => {
      socket.destroy();
      resolve(pong);
    };
    socket.setTimeout(1_000, () => answer(false));
    socket.once('data', (data) => answer(data.toString().startsWith('+PONG')));
    socket.once('error', () => answer(false));
    socket.once('close', () => resolve(false));
  });
}
