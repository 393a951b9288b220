import { write, writeSync } from 'node:fs';

const flushAfterMs = 100;
const flushAtLength = 8_192;
/** Characters, without the batch on its way. A reader that stands still costs log lines, never the memory of a process that people sign in through. */
const waitingLengthMax = 16_777_216;
const retryAfterMs = 100;
const endWithinMs = 1_000;
const exitWithinMs = 200;
const busyMs = 5;

/**
 * Lines to a file descriptor, in batches: one write for what a tenth of a second brings. A write of its own for each
 * line costs more than all else that a line costs.
 */
export class LogOutput {
  private lines: string[] = [];
  private length = 0;
  private dropped = 0;
  private writing: Buffer | undefined;
  private timer: NodeJS.Timeout | undefined;
  private isBroken = false;
  private onQuiet: (() => void) | undefined;

  constructor(private readonly fd: number) {}

  write(line: string): void {
    if (this.isBroken) return;
    if (this.length + line.length > waitingLengthMax) {
      this.dropped += 1;
      return;
    }
    this.lines.push(line);
    this.length += line.length;
    if (this.length >= flushAtLength) this.flush();
    else this.timer ??= setTimeout(() => this.flush(), flushAfterMs).unref();
  }

  /** Resolves when everything is written, or when it is plain that nobody reads. Nothing is kept afterwards. */
  async end(): Promise<void> {
    this.flush();
    if (this.writing)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, endWithinMs);
        this.onQuiet = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    this.isBroken = true;
  }

  /**
   * In an exit that nobody has prepared, and for what is fatal: at once. A batch that is on its way may come after it;
   * that is better than the last words not coming at all. Nobody who does not read may keep the process from ending.
   */
  flushSync(): void {
    if (this.isBroken) return;
    const deadline = performance.now() + exitWithinMs;
    for (let rest = this.take(); rest.length > 0;) {
      try {
        rest = rest.subarray(writeSync(this.fd, rest));
      } catch (error) {
        if (!isBusy(error) || performance.now() > deadline) return;
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, busyMs);
      }
    }
  }

  private flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.writing || this.lines.length === 0) return;
    this.writing = this.take();
    this.send();
  }

  private send(): void {
    write(this.fd, this.writing!, (error, written) => {
      if (isBusy(error)) {
        setTimeout(() => this.send(), retryAfterMs).unref();
        return;
      }
      // EPIPE and the like: the reader is gone and does not come back.
      if (error) this.isBroken = true;
      const rest = error ? Buffer.alloc(0) : this.writing!.subarray(written);
      this.writing = rest.length > 0 ? rest : undefined;
      if (this.writing) this.send();
      else if (this.lines.length > 0 && !this.isBroken) this.flush();
      else this.onQuiet?.();
    });
  }

  private take(): Buffer {
    if (this.dropped > 0) this.lines.push(`{"level":"warn","msg":"${this.dropped} log lines were dropped"}\n`);
    const batch = Buffer.from(this.lines.join(''));
    this.lines = [];
    this.length = 0;
    this.dropped = 0;
    return batch;
  }
}

/** A pipe that is full: its reader is slower than we are. */
function isBusy(error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === 'EAGAIN';
}
