import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { Change } from './rows.js';

const Line = z.array(Change);

/**
 * An append-only file, one commit a line. A commit is written before it is answered and the write is done when
 * the call returns, so a process killed with SIGKILL has lost nothing it promised. (A machine that loses power
 * may lose the last lines: this is a sandbox, there is no fsync.)
 */
export class Journal {
  constructor(private readonly file: string) {}

  read(): Change[] {
    if (!existsSync(this.file)) return [];
    const lines = readFileSync(this.file, 'utf8').split('\n');
    const last = lines.pop();
    const changes = lines.flatMap((line, index) => this.parse(line, index + 1));
    // What follows the last newline was being written when the process died, and was never answered.
    return last === '' || last === undefined ? changes : [...changes, ...torn(last)];
  }

  append(changes: readonly Change[]): void {
    appendFileSync(this.file, JSON.stringify(changes) + '\n', { mode: 0o600 });
  }

  /** Replaces the whole history by one commit; a crash in between leaves the old file whole. */
  replace(changes: readonly Change[]): void {
    mkdirSync(dirname(this.file), { recursive: true });
    const next = `${this.file}.next`;
    writeFileSync(next, JSON.stringify(changes) + '\n', { mode: 0o600 });
    renameSync(next, this.file);
  }

  private parse(line: string, number: number): Change[] {
    try {
      return Line.parse(JSON.parse(line));
    } catch (cause) {
      throw new Error(`The sandbox Jira's data file ${this.file} is damaged in line ${number}. Remove the file.`, {
        cause,
      });
    }
  }
}

/** Complete but for its newline: all of it counts. Anything less: none of it. */
function torn(line: string): Change[] {
  try {
    return Line.parse(JSON.parse(line));
  } catch {
    return [];
  }
}
