import { execFile } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { hasCode, readIfThere } from '../made-once-file.js';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';
import { parsePostmasterFile } from './postmaster-file.js';
import type { PostmasterFile } from './postmaster-file.js';

const execFileAsync = promisify(execFile);
const pollMs = 10;
const fastShutdownWithinMs = 10_000;
const immediateShutdownWithinMs = 5_000;

/**
 * The server that runs on this data, whoever started it: a `kill -9` of Gatehouse leaves it behind.
 * PostgreSQL itself clears a file whose process is gone; a pid that another program got since would stop it, so that file is removed here.
 */
export async function findPostmaster(data: string): Promise<PostmasterFile | undefined> {
  const file = join(data, 'postmaster.pid');
  const text = await readIfThere(file);
  const postmaster = parsePostmasterFile(text ?? '');
  if (!postmaster || !isAlive(postmaster.pid)) return undefined;
  const command = await commandOf(postmaster.pid);
  const isPostgres = /(^|\/)postgres([\s:]|$)/.test(command);
  if (isPostgres && command.includes(data)) return postmaster;
  // Any other PostgreSQL could still be one with this data (a bind mount, say): then PostgreSQL decides, by its shared memory.
  if (!isPostgres && (await readIfThere(file)) === text) await rm(file, { force: true });
  return undefined;
}

/** Fast shutdown: sessions end, everything is written. Immediate only when that takes too long; never SIGKILL, which leaves shared memory behind. */
export async function stopPostmaster(data: string, pid: number): Promise<void> {
  for (const [signal, withinMs] of [
    ['SIGINT', fastShutdownWithinMs],
    ['SIGQUIT', immediateShutdownWithinMs],
  ] as const) {
    if ((await findPostmaster(data))?.pid !== pid || !send(pid, signal)) return;
    const deadline = Date.now() + withinMs;
    while (Date.now() < deadline) {
      if ((await findPostmaster(data))?.pid !== pid) return;
      await delay(pollMs);
    }
  }
  throw new EmbeddedPostgresError(`The embedded PostgreSQL (process ${pid}) does not stop: end that process by hand.`);
}

function send(pid: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch (error) {
    if (hasCode(error, 'ESRCH')) return false;
    throw error;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return hasCode(error, 'EPERM');
  }
}

/** Empty for a process that is gone or a zombie (nobody may be there to reap it in a container). */
async function commandOf(pid: number): Promise<string> {
  try {
    if (process.platform === 'linux') return (await readFile(`/proc/${pid}/cmdline`, 'utf8')).replaceAll('\0', ' ');
    return (await execFileAsync('ps', ['-ww', '-o', 'command=', '-p', String(pid)])).stdout;
  } catch {
    return '';
  }
}
