import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { waitFor } from '@gatehouse/testing';

export type ProgramName = 'suite' | 'auth-gateway' | 'claim-mapping' | 'group-sync' | 'console' | 'scim-ingest';

export interface Program {
  /** Unique in its installation, e.g. `group-sync-2`. */
  readonly name: string;
  readonly program: ProgramName;
  readonly port: number;
  /** The whole of its environment, but for PATH and HOME. */
  readonly variables: Readonly<Record<string, string>>;
  readonly logFile: string;
}

interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** From the signal to the end. */
  readonly afterMs: number;
}

const readyWithinMs = 60_000;

/** One process of the built product, as it runs in production. Signals go only to pids we started. */
export class ServiceProcess {
  private child: ChildProcess | undefined;
  private exited: Promise<unknown> = Promise.resolve();
  private changed: Readonly<Record<string, string>> = {};
  private ended: Pick<Exit, 'code' | 'signal'> | undefined;

  constructor(readonly options: Program) {}

  get name(): string {
    return this.options.name;
  }

  get running(): boolean {
    return this.child !== undefined && this.ended === undefined;
  }

  /** Starts it and returns at once. Its log goes on in the same file. @param changed variables, from now on */
  async launch(changed: Readonly<Record<string, string>> = {}): Promise<void> {
    this.changed = { ...this.changed, ...changed };
    const { program, variables, logFile } = this.options;
    const { PATH = '', HOME = '' } = process.env;
    const log = await open(logFile, 'a');
    try {
      const main = join(process.cwd(), `dist/apps/${program}/src/main.js`);
      const child = spawn(process.execPath, [main], {
        env: { PATH, HOME, ...variables, ...this.changed },
        stdio: ['ignore', log.fd, log.fd],
      });
      this.child = child;
      this.ended = undefined;
      this.exited = new Promise<void>((resolve) => {
        child.once('exit', (code, signal) => {
          this.ended = { code, signal };
          resolve();
        });
      });
    } finally {
      await log.close();
    }
  }

  async start(changed: Readonly<Record<string, string>> = {}): Promise<void> {
    await this.launch(changed);
    await this.ready();
  }

  async ready(): Promise<void> {
    await waitFor(async () => this.ended !== undefined || (await this.isReady()), {
      timeoutMs: readyWithinMs,
      what: `${this.name} to be ready`,
    });
    if (this.ended) throw new Error(`${this.name} did not start:\n${(await this.log()).slice(-2_000)}`);
  }

  async isReady(): Promise<boolean> {
    return (await this.ask('/readyz')) === 200;
  }

  /** The status of its answer below the base path; undefined when it does not answer. */
  async ask(path: string): Promise<number | undefined> {
    try {
      const response = await fetch(`http://127.0.0.1:${this.options.port}/_sso${path}`, {
        signal: AbortSignal.timeout(2_000),
        headers: { connection: 'close' },
      });
      await response.body?.cancel();
      return response.status;
    } catch {
      return undefined;
    }
  }

  async kill(): Promise<Exit> {
    return this.end('SIGKILL');
  }

  /** As a deployment does. */
  async terminate(): Promise<Exit> {
    return this.end('SIGTERM');
  }

  freeze(): void {
    this.send('SIGSTOP');
  }

  thaw(): void {
    this.send('SIGCONT');
  }

  async restart(): Promise<void> {
    await this.kill();
    await this.start();
  }

  async log(): Promise<string> {
    return readFile(this.options.logFile, 'utf8');
  }

  async residentBytes(): Promise<number> {
    const status = await readFile(`/proc/${this.child!.pid}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)![1]) * 1_024;
  }

  /** User and system time so far. */
  async cpuMs(): Promise<number> {
    const stat = await readFile(`/proc/${this.child!.pid}/stat`, 'utf8');
    const [userTicks, systemTicks] = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .slice(11, 13)
      .map(Number);
    return (userTicks! + systemTicks!) * 10; // 100 ticks a second, on every Linux there is.
  }

  private async end(signal: NodeJS.Signals): Promise<Exit> {
    const startedAt = performance.now();
    if (this.running) this.send(signal);
    await this.exited;
    return { code: null, signal: null, ...this.ended, afterMs: performance.now() - startedAt };
  }

  private send(signal: NodeJS.Signals): void {
    if (this.running) this.child!.kill(signal);
  }
}
