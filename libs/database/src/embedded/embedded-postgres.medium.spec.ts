import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { waitFor } from '@gatehouse/testing';
import pg from 'pg';
import { Elsewhere } from '../../test/elsewhere.js';
import { advisoryLocks } from '../advisory-locks.js';
import { locateBinaries } from './binaries.js';
import { EmbeddedPostgresError, startEmbeddedPostgres } from './index.js';
import type { EmbeddedPostgres } from './index.js';
import { findPostmaster } from './postmaster.js';

let root: string;
let dataDir: string;
let opened: EmbeddedPostgres[];

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'gatehouse-test-embedded-'));
  // With the name and this file, the next test run cleans up should this one be killed (test/global-setup.mjs).
  await writeFile(join(root, 'owner'), String(process.pid));
  dataDir = join(root, 'data');
  opened = [];
});
afterEach(async () => {
  for (const server of opened) await server.close();
  await rm(root, { recursive: true, force: true });
});

async function start(options: { durable?: boolean; port?: number } = {}): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ dataDir, durable: false, ...options });
  opened.push(server);
  return server;
}

async function query<Row extends pg.QueryResultRow>(url: string, sql: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

const remember = "create table promise as select 'kept' as word";
const recall = 'select word from promise';
const kept = [{ word: 'kept' }];
const postmaster = () => findPostmaster(join(dataDir, 'postgres'));

describe('the embedded server', () => {
  it('starts from nothing, durable, on the loopback address, with everything below one folder', async () => {
    const { url } = await start({ durable: true });

    const [settings] = await query(
      url,
      `select current_setting('server_version_num')::int / 10000 as major, current_database() as database,
         current_setting('fsync') as fsync, current_setting('synchronous_commit') as commit,
         current_setting('listen_addresses') as address, current_setting('server_encoding') as encoding`,
    );
    expect(settings).toEqual({
      major: 18,
      database: 'gatehouse',
      fsync: 'on',
      commit: 'on',
      address: '127.0.0.1',
      encoding: 'UTF8',
    });
    expect((await readdir(root)).sort()).toEqual(['data', 'owner']);
    expect((await readdir(dataDir)).sort()).toEqual(['postgres', 'postgres.log', 'postgres.password']);
  });

  it('lets nobody in without the password, and keeps that for the owner alone', async () => {
    const { url } = await start();
    const wrong = new URL(url);
    wrong.password = 'guessed';

    await expect(query(wrong.href, 'select 1')).rejects.toMatchObject({ code: '28P01' });
    expect((await stat(join(dataDir, 'postgres.password'))).mode & 0o777).toBe(0o600);
    expect((await stat(join(dataDir, 'postgres'))).mode & 0o777).toBe(0o700);
    expect(await readFile(join(dataDir, 'postgres', 'pg_hba.conf'), 'utf8')).not.toMatch(/^host.*trust/m);
  });

  it('starts again with its data', async () => {
    const first = await start();
    await query(first.url, remember);
    await first.close();
    expect(await postmaster()).toBeUndefined();

    expect(await query((await start()).url, recall)).toEqual(kept);
  });

  it('keeps statements and values out of its log', async () => {
    const { url } = await start();
    await query(url, 'create table person (email text primary key)');
    await query(url, "insert into person values ('ada@example.com')");

    await expect(query(url, "insert into person values ('ada@example.com')")).rejects.toMatchObject({ code: '23505' });
    expect(await readFile(join(dataDir, 'postgres.log'), 'utf8')).not.toMatch(/ada@example/);
  });

  it('begins again after an interrupted initialisation', async () => {
    await mkdir(join(dataDir, 'postgres.new-killed', 'data', 'base'), { recursive: true });
    await writeFile(join(dataDir, 'postgres.password'), 'made-before-the-interruption\n', { mode: 0o600 });

    const { url } = await start();

    expect(new URL(url).password).toBe('made-before-the-interruption');
    expect(await readdir(dataDir)).not.toContain('postgres.new-killed');
  });
});

describe('a server that dies while we run', () => {
  it('F10 is started again at the same address with everything committed, as often as it dies', async () => {
    const { url } = await start();
    await query(url, remember);
    const dead = new Set<number>();

    for (let death = 0; death < 2; death += 1) {
      const { pid } = (await postmaster())!;
      dead.add(pid);
      process.kill(pid, 'SIGKILL');
      expect(await waitFor(() => query(url, recall), { timeoutMs: 10_000, what: 'the server to be back' })).toEqual(
        kept,
      );
      await owned(url);
    }
    expect(dead.size).toBe(2);
  });

  it('is not started again once it was stopped on purpose, not even while it is being revived', async () => {
    const { url, close } = await start();
    process.kill((await postmaster())!.pid, 'SIGKILL');
    await close();
    opened = [];

    expect(await postmaster()).toBeUndefined();
    await expect(query(url, 'select 1')).rejects.toThrow(/ECONNREFUSED/);
  });

  /** The lock is held again: the next death will be noticed, and no other process can take the server over. */
  async function owned(url: string): Promise<void> {
    const ownership = `select 1 from pg_locks where locktype = 'advisory' and objid = ${advisoryLocks.ownEmbeddedServer}`;
    await waitFor(async () => (await query(url, ownership)).length > 0, { timeoutMs: 10_000, what: 'the ownership' });
  }
});

describe('two starts on one folder', () => {
  it('refuses the second in one sentence that names the first', async () => {
    const first = await start();

    const refused = start();

    await expect(refused).rejects.toBeInstanceOf(EmbeddedPostgresError);
    await expect(refused).rejects.toThrow(
      `Another Gatehouse (gatehouse, process ${process.pid}) is using ${dataDir}: stop it, or choose another folder with DATA_DIR.`,
    );
    expect(await query(first.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('lets exactly one win when both come at the same time, even the first time', async () => {
    const attempts = await Promise.allSettled([start(), start(), start()]);

    const won = attempts.filter(({ status }) => status === 'fulfilled');
    const reasons = attempts.flatMap((attempt) => (attempt.status === 'rejected' ? [String(attempt.reason)] : []));
    // The reasons first: when nobody wins they say why.
    expect(reasons.join('\n')).toMatch(/^(EmbeddedPostgresError: Another Gatehouse .*\n?){2}$/);
    expect(won).toHaveLength(1);
    expect((await readdir(dataDir)).filter((name) => name.startsWith('postgres.new-'))).toEqual([]);
  });

  it('keeps its right to the server when a crash inside PostgreSQL ends every session', async () => {
    const { url } = await start();
    const [holder] = await query<{ pid: number }>(url, "select pid from pg_locks where locktype = 'advisory'");
    await query(url, `select pg_terminate_backend(${holder!.pid})`);
    const held = "select pid from pg_locks where locktype = 'advisory' and granted";

    await waitFor(async () => (await query<{ pid: number }>(url, held)).some(({ pid }) => pid !== holder!.pid), {
      what: 'another session that holds the lock',
    });
    await expect(start()).rejects.toThrow(/Another Gatehouse/);
  });
});

describe('a start that cannot succeed says why', () => {
  it('when the data was made by another PostgreSQL', async () => {
    await mkdir(join(dataDir, 'postgres'), { recursive: true });
    await writeFile(join(dataDir, 'postgres', 'PG_VERSION'), '17\n');

    await expect(start()).rejects.toThrow(/was made by PostgreSQL 17, and PostgreSQL 18 comes along now: export it/);
  });

  it('when the folder holds something else', async () => {
    await mkdir(join(dataDir, 'postgres'), { recursive: true });
    await writeFile(join(dataDir, 'postgres', 'notes.txt'), 'mine');

    await expect(start()).rejects.toThrow(/is not empty and holds no PostgreSQL data/);
    expect(await readdir(join(dataDir, 'postgres'))).toEqual(['notes.txt']);
  });

  it('when the folder cannot be made', async () => {
    await writeFile(dataDir, 'a file');

    await expect(start()).rejects.toThrow(
      /cannot be used for data: make it writable, or choose another one with DATA_DIR/,
    );
  });

  it('when the password was lost', async () => {
    await (await start()).close();
    await rm(join(dataDir, 'postgres.password'));

    await expect(start()).rejects.toThrow(/The password of the data in .* is missing: put .* back/);
  });

  it('when the port is taken', async () => {
    const other = await startEmbeddedPostgres({ dataDir: join(root, 'other'), durable: false });
    opened.push(other);
    const port = Number(new URL(other.url).port);

    await expect(start({ port })).rejects.toThrow(`did not start (port ${port} is taken)`);
  });

  it('when there is no PostgreSQL for the platform', async () => {
    await expect(locateBinaries('plan9-mips')).rejects.toThrow(
      'There is no embedded PostgreSQL for this platform (plan9-mips), or it was not installed: set DATABASE_URL to a PostgreSQL server.',
    );
  });
});

describe('after a violent end', () => {
  let elsewhere: Elsewhere;

  beforeAll(async () => {
    elsewhere = await Elsewhere.install();
  });
  afterAll(() => elsewhere.remove());

  it('takes over the server of a killed process, with its data, and stops it in the end', async () => {
    const owner = await elsewhere.start(dataDir);
    await query(owner.url, remember);
    await owner.kill();
    const orphan = await postmaster();
    expect(orphan).toBeDefined();

    const server = await start();

    expect(await query(server.url, recall)).toEqual(kept);
    expect(server.url).toBe(owner.url);
    await server.close();
    expect(await postmaster()).toBeUndefined();
  });

  it('restarts it when it does not run as it should now', async () => {
    const owner = await elsewhere.start(dataDir);
    await query(owner.url, remember);
    await owner.kill();

    const { url } = await start({ durable: true });

    expect(await query(url, recall)).toEqual(kept);
    expect(await query(url, "select current_setting('fsync') as fsync")).toEqual([{ fsync: 'on' }]);
  });

  it('goes on when the server was killed too', async () => {
    const owner = await elsewhere.start(dataDir);
    await query(owner.url, remember);
    await owner.kill();
    process.kill((await postmaster())!.pid, 'SIGKILL');

    expect(existsSync(join(dataDir, 'postgres', 'postmaster.pid'))).toBe(true);
    expect(await query((await start()).url, recall)).toEqual(kept);
  });

  it('goes on when another program has the process id of the killed server', async () => {
    await (await start()).close();
    const file = join(dataDir, 'postgres', 'postmaster.pid');
    await writeFile(file, `${process.pid}\n${join(dataDir, 'postgres')}\n1700000000\n5432\n\n127.0.0.1\n\nready   \n`);

    expect(await query((await start()).url, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('serves on through Ctrl-C until Gatehouse closes it', async () => {
    const owner = await elsewhere.start(dataDir);

    owner.interruptGroup();

    expect(await owner.nextLine()).toBe('answered after SIGINT: 1');
    const [code] = (await once(owner.process, 'exit')) as [number];
    expect(code).toBe(0);
    expect(await postmaster()).toBeUndefined();
  });
});
