import { randomBytes } from 'node:crypto';
import { chmod, chown, mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode, madeOnce, readIfThere, syncFolder } from '../made-once-file.js';
import type { Binaries } from './binaries.js';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';
import type { Runner } from './runner.js';

export const superuser = 'gatehouse';
const draftPrefix = 'postgres.new-';

/** Where everything of the embedded server is kept; nothing is written anywhere else. */
export interface ClusterFolders {
  readonly dataDir: string;
  /** PostgreSQL's own folder. */
  readonly data: string;
  readonly passwordFile: string;
  readonly logFile: string;
}

export function foldersOf(dataDir: string): ClusterFolders {
  return {
    dataDir,
    data: join(dataDir, 'postgres'),
    passwordFile: join(dataDir, 'postgres.password'),
    logFile: join(dataDir, 'postgres.log'),
  };
}

/** Makes the cluster when there is none. Two processes may do so at the same time: the first to finish wins. */
export async function ensureCluster(
  folders: ClusterFolders,
  binaries: Binaries,
  runner: Runner,
  { durable, log }: { durable: boolean; log: (message: string) => void },
): Promise<{ password: string }> {
  const existing = await majorVersion(folders);
  const ours = binaries.version.split('.')[0];
  if (existing !== undefined && existing !== ours) {
    throw new EmbeddedPostgresError(
      `The data in ${folders.data} was made by PostgreSQL ${existing}, and PostgreSQL ${ours} comes along now: export it with the release that made it, or move the folder away to begin afresh.`,
    );
  }
  if (existing !== undefined) return { password: await existingPassword(folders) };
  const password = (await madeOnce(folders.passwordFile, () => `${randomBytes(24).toString('base64url')}\n`)).trim();
  log('making a new embedded PostgreSQL cluster');
  await initialise(folders, binaries, runner, { password, durable });
  return { password };
}

/** What interrupted initialisations left. Only for the one who owns the cluster: another's may be in the making otherwise. */
export async function removeDrafts({ dataDir }: ClusterFolders): Promise<void> {
  for (const name of await readdir(dataDir)) {
    if (name.startsWith(draftPrefix)) await removeDraft(join(dataDir, name));
  }
}

/**
 * One that lost the race may still be written to, and then its folder fills again while it is emptied: its maker
 * removes it when it notices. A draft that stays is in nobody's way, and no reason not to start.
 */
async function removeDraft(draft: string): Promise<void> {
  await rm(draft, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 }).catch((error: unknown) => {
    if (!hasCode(error, 'ENOTEMPTY', 'ENOENT')) throw error;
  });
}

async function majorVersion({ data }: ClusterFolders): Promise<string | undefined> {
  const version = await readIfThere(join(data, 'PG_VERSION'));
  if (version !== undefined) return version.trim();
  const entries = await readdir(data).catch(() => []);
  if (entries.length > 0) {
    throw new EmbeddedPostgresError(
      `${data} is not empty and holds no PostgreSQL data: move it away, or choose another folder with DATA_DIR.`,
    );
  }
  return undefined;
}

async function existingPassword({ passwordFile, data }: ClusterFolders): Promise<string> {
  const password = await readIfThere(passwordFile);
  if (password?.trim()) return password.trim();
  throw new EmbeddedPostgresError(
    `The password of the data in ${data} is missing: put ${passwordFile} back, or move both away to begin afresh.`,
  );
}

/** In another folder, renamed when it is whole: an interrupted initdb must not look like a cluster. */
async function initialise(
  folders: ClusterFolders,
  { initdb }: Binaries,
  runner: Runner,
  { password, durable }: { password: string; durable: boolean },
): Promise<void> {
  const draft = await mkdtemp(join(folders.dataDir, draftPrefix)); // 0700
  const data = join(draft, 'data');
  const passwordFile = join(draft, 'password');
  try {
    await mkdir(data, { mode: 0o700 });
    await writeFile(passwordFile, password, { mode: 0o600 });
    await handOver(runner, folders.dataDir, [draft, data, passwordFile]);
    const sync = durable ? [] : ['--no-sync'];
    const access = ['-A', 'scram-sha-256', `--pwfile=${passwordFile}`, '-U', superuser];
    await runner.run(initdb, ['-D', data, ...access, '-E', 'UTF8', '--locale=C', '--no-instructions', ...sync]);
    await rename(data, folders.data);
    await syncFolder(folders.dataDir);
  } catch (error) {
    // Unless another process was faster (and may have removed this draft already); its cluster has the same password.
    if ((await majorVersion(folders)) === undefined) throw initialisationFailed(folders, error);
  } finally {
    await removeDraft(draft);
  }
}

/** The unprivileged user owns its cluster, and may pass through (not list) the folder around it. */
async function handOver({ owner }: Runner, dataDir: string, paths: readonly string[]): Promise<void> {
  if (!owner) return;
  for (const path of paths) await chown(path, owner.uid, owner.gid);
  const { mode } = await stat(dataDir);
  if ((mode & 0o001) === 0) await chmod(dataDir, (mode & 0o777) | 0o011);
}

function initialisationFailed({ dataDir }: ClusterFolders, cause: unknown): EmbeddedPostgresError {
  const said = cause instanceof Error && 'stderr' in cause ? String(cause.stderr) : String(cause);
  const reason = /error: (.*)/.exec(said)?.[1] ?? said.trim().split('\n')[0] ?? 'unknown';
  return new EmbeddedPostgresError(
    `The embedded PostgreSQL cannot make its data below ${dataDir} (${reason}): give it a writable folder with DATA_DIR, or set DATABASE_URL.`,
    { cause },
  );
}
