import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { waitFor } from '@gatehouse/testing';

/** A compiled entry point as `npm start` and `npm run start:<service>` run it, with nothing of our own environment. */
export class Program {
  /** Everything it printed. */
  output = '';
  readonly exited: Promise<number | null>;

  private constructor(
    readonly app: string,
    readonly child: ChildProcess,
    onText: (text: string) => void,
  ) {
    const collect = (chunk: Buffer) => {
      this.output += chunk.toString();
      onText(chunk.toString());
    };
    child.stdout!.on('data', collect);
    child.stderr!.on('data', collect);
    this.exited = new Promise((resolve) => child.once('exit', (code) => resolve(code)));
  }

  /** @param app its folder below `apps/` */
  static start(app: string, variables: Record<string, string>, onText: (text: string) => void = () => {}): Program {
    const { PATH = '', HOME = '' } = process.env;
    const main = join(process.cwd(), 'dist/apps', app, 'src/main.js');
    const env = { PATH, HOME, LOG_LEVEL: 'info', ...variables };
    return new Program(app, spawn(process.execPath, [main], { env }), onText);
  }

  get running(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Until it has printed this, or has ended. */
  async printed(text: string | RegExp): Promise<void> {
    await waitFor(
      () => {
        if (!this.running) throw new Error(`${this.app} ended: ${this.output.slice(-2_000)}`);
        return this.output.search(text) !== -1;
      },
      { timeoutMs: 90_000, what: `${this.app} to print ${text}; it printed ${this.output.slice(-2_000)}` },
    );
  }

  /** Asks it to stop and waits; `SIGKILL` when the caller says so. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    if (this.running) this.child.kill(signal);
    return this.exited;
  }
}
