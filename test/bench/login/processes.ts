import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Answer, Question, Usage } from './control.js';
import type { Listening } from './shape.js';

const control = new URL('./control.js', import.meta.url).href;
const startWithinMs = 60_000;

/** A process of the benchmark, started from compiled code, that can be asked what it has used. */
export class Measured {
  private constructor(
    readonly name: string,
    private readonly child: ChildProcess,
  ) {}

  /** Resolves at once: `listening` tells when it is up. Its log lines go nowhere, as into a pipe that is read. */
  static start(
    name: string,
    script: string,
    variables: Readonly<Record<string, string>>,
    flags: readonly string[] = [],
  ): Measured {
    const child = fork(fileURLToPath(new URL(script, import.meta.url)), {
      execArgv: ['--import', control, ...flags],
      env: { PATH: process.env['PATH'], ...variables },
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    });
    child.stdout!.resume();
    child.once('exit', (code) => {
      if (code !== 0 && code !== null) process.stderr.write(`${name} ended with ${code}\n`);
    });
    return new Measured(name, child);
  }

  get pid(): number {
    return this.child.pid!;
  }

  /** Of a process that calls `tellPort`. */
  async listening(withinMs = startWithinMs): Promise<number> {
    const signal = AbortSignal.timeout(withinMs);
    const [{ listening }] = (await once(this.child, 'message', { signal })) as [Listening];
    return listening;
  }

  /** To a process that listens for such messages. */
  tell(message: object): void {
    this.child.send(message);
  }

  async usage(): Promise<Usage> {
    const answer = await this.ask('usage');
    if (!('usage' in answer)) throw new Error(`${this.name} did not say what it used`);
    return answer.usage;
  }

  /** How often each SQL statement of this process was sent while `work` ran. */
  async statementsDuring(work: () => Promise<unknown>): Promise<Record<string, number>> {
    await this.ask('count');
    await work();
    const answer = await this.ask('counted');
    return 'statements' in answer ? answer.statements : {};
  }

  /** The share of memory that is this process's own, where the system tells (Linux). */
  pssBytes(): number | undefined {
    try {
      const kilobytes = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${this.pid}/smaps_rollup`, 'utf8'))?.[1];
      return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
    } catch {
      return undefined;
    }
  }

  /** The most that was resident at any time, where the system tells (Linux). */
  peakRssBytes(): number | undefined {
    try {
      const kilobytes = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${this.pid}/status`, 'utf8'))?.[1];
      return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
    } catch {
      return undefined;
    }
  }

  /** As a machine that loses its power: nothing is said, nothing is given back. */
  async kill(): Promise<void> {
    const gone = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await gone;
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    await gone;
  }

  private async ask(question: Question): Promise<Answer> {
    const answered = once(this.child, 'message') as Promise<[Answer]>;
    this.child.send(question);
    return (await answered)[0];
  }
}

/** The address answers, and with success. */
export async function isReady(url: string): Promise<boolean> {
  return fetch(url).then(
    ({ ok }) => ok,
    () => false,
  );
}
