import { constants } from 'node:fs';
import { access, mkdir, realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import { locateBinaries } from './binaries.js';
import { ensureCluster, foldersOf } from './cluster.js';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';
import { Runner } from './runner.js';
import { EmbeddedServer } from './embedded-server.js';

export interface EmbeddedPostgresOptions {
  /** Made when it is missing. Everything is kept below it. */
  readonly dataDir: string;
  /** Default: any free port. */
  readonly port?: number;
  /** False only for tests: faster, and a crash of the machine loses data. Default true. */
  readonly durable?: boolean;
  readonly log?: (message: string) => void;
  /** For what must be seen. */
  readonly warn?: (message: string) => void;
}

export interface EmbeddedPostgres {
  /** Of the database `gatehouse`, as a superuser, with the password in it. */
  readonly url: string;
  /** Fast shutdown; to be called after everything that uses the server was closed. */
  close(): Promise<void>;
}

/**
 * PostgreSQL from its npm package, on the loopback address, for this process alone.
 * A server that a killed process left behind is taken over with its data; one that ends by itself is started again.
 * @throws EmbeddedPostgresError one sentence for a person
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { durable = true, port, log = () => undefined, warn = () => undefined } = options;
  const folders = foldersOf(await writable(resolve(options.dataDir)));
  const binaries = await locateBinaries();
  const runner = await Runner.choose(binaries.postgres, folders.data);
  const { password } = await ensureCluster(folders, binaries, runner, { durable, log });
  const server = new EmbeddedServer({ folders, binaries, runner, password, port, durable, log, warn });
  return server.acquire();
}

async function writable(dataDir: string): Promise<string> {
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    await access(dataDir, constants.R_OK | constants.W_OK | constants.X_OK);
    return await realpath(dataDir); // A running server is recognised by the path in its command.
  } catch (cause) {
    throw new EmbeddedPostgresError(
      `The folder ${dataDir} cannot be used for data: make it writable, or choose another one with DATA_DIR.`,
      { cause },
    );
  }
}
