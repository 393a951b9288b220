import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const prefix = 'gatehouse-test-';
const compiled = new URL('../dist/libs/database/src/embedded/index.js', import.meta.url);

/** One PostgreSQL for all test files: the one of TEST_DATABASE_URL, or an embedded one that lives as long as this run. */
export default async function globalSetup() {
  process.env.TEST_RUN_ID = randomUUID();
  process.env.TEST_SERVER_URL = process.env.TEST_DATABASE_URL || (await startServer());
}

async function startServer() {
  if (!existsSync(compiled)) {
    throw new Error(
      'The tests need the compiled launcher of PostgreSQL: run them through npm test, or set TEST_DATABASE_URL.',
    );
  }
  const { startEmbeddedPostgres } = await import(compiled.href);
  await removeAbandoned();
  const folder = await mkdtemp(join(tmpdir(), `${prefix}server-`));
  await writeFile(join(folder, 'owner'), String(process.pid));
  const starting = startEmbeddedPostgres({ dataDir: join(folder, 'data'), durable: false });
  globalThis.gatehouseTestServer = {
    close: async () => {
      await (await starting).close();
      await rm(folder, { recursive: true, force: true });
    },
  };
  closeOnSignal();
  return (await starting).url;
}

/** Jest ends at a signal without its teardown, and the server is not in the terminal's process group. */
function closeOnSignal() {
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ]) {
    process.once(signal, () => void globalThis.gatehouseTestServer.close().finally(() => process.exit(code)));
  }
}

/** What a killed run left behind: its servers are taken over, stopped and removed. */
async function removeAbandoned() {
  for (const name of await readdir(tmpdir())) {
    if (!name.startsWith(prefix)) continue;
    const folder = join(tmpdir(), name);
    const owner = Number(await readFile(join(folder, 'owner'), 'utf8').catch(() => ''));
    if (owner <= 0 || isAlive(owner)) continue;
    if (existsSync(join(folder, 'data/postgres/postmaster.pid')) && !(await stopAbandoned(folder))) continue;
    await rm(folder, { recursive: true, force: true });
  }
}

/** False when it cannot be taken over (another user's, say): then it is not ours to remove. */
async function stopAbandoned(folder) {
  const { startEmbeddedPostgres } = await import(compiled.href);
  try {
    const abandoned = await startEmbeddedPostgres({ dataDir: join(folder, 'data'), durable: false });
    await abandoned.close();
    return true;
  } catch {
    return false;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
