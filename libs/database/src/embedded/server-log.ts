import { closeSync, fstatSync, openSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';

const sizeBytesMax = 1_000_000;

/**
 * PostgreSQL writes into a file, not a pipe: the file outlives this process, and nobody has to read it.
 * It begins anew when a start finds it too long.
 */
export class ServerLog {
  private constructor(
    private readonly path: string,
    readonly descriptor: number,
    private readonly startBytes: number,
  ) {}

  static async open(path: string): Promise<ServerLog> {
    const { size } = await stat(path).catch(() => ({ size: 0 }));
    const descriptor = openSync(path, size > sizeBytesMax ? 'w' : 'a', 0o600);
    return new ServerLog(path, descriptor, fstatSync(descriptor).size);
  }

  /** The child has its own copy of the descriptor. */
  closeHere(): void {
    closeSync(this.descriptor);
  }

  /** What the last fatal line since opening says. */
  async lastFailure(): Promise<string> {
    const text = (await readFile(this.path)).subarray(this.startBytes).toString();
    const line = text.split('\n').findLast((candidate) => /FATAL|PANIC|cannot|could not|failed/.test(candidate));
    return line?.replace(/^.*(FATAL|PANIC): */, '').trim() ?? 'it ended at once';
  }
}
