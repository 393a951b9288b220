import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createTestDatabase } from '@gatehouse/testing';
import type { TestDatabase } from '@gatehouse/testing';
import type { DataSource } from 'typeorm';
import { openDatabase } from './data-source.js';
import { EncryptionKeyError, resolveEncryptionKey } from './encryption-key.js';

describe('the encryption key', () => {
  let database: TestDatabase;
  let dataSource: DataSource;
  let dataDir: string;
  let file: string;

  beforeEach(async () => {
    database = await createTestDatabase();
    dataSource = await openDatabase(database.url, 4);
    dataDir = join(await mkdtemp(join(tmpdir(), 'key-')), 'data');
    file = join(dataDir, 'encryption.key');
  });
  afterEach(async () => {
    await dataSource.destroy();
    await database.drop();
    await rm(join(dataDir, '..'), { recursive: true, force: true });
  });

  const resolve = (configured?: Buffer) => resolveEncryptionKey({ configured, dataDir, dataSource });

  it('is made once, for its owner only, and is the same at every start', async () => {
    const key = await resolve();

    expect(key).toHaveLength(32);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await resolve()).toEqual(key);
    expect(await readdir(dataDir)).toEqual(['encryption.key']);
  });

  it('is one key for processes that start at the same time', async () => {
    const keys = await Promise.all(Array.from({ length: 8 }, () => resolve()));

    expect(new Set(keys.map((key) => key.toString('hex'))).size).toBe(1);
    expect(await readdir(dataDir)).toEqual(['encryption.key']);
  });

  it('is the configured one when there is one, and then nothing is written', async () => {
    const configured = Buffer.alloc(32, 9);

    expect(await resolve(configured)).toEqual(configured);
    await expect(readdir(dataDir)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('stops a process that has another key than the database was set up with', async () => {
    await resolve(Buffer.alloc(32, 9));

    await expect(resolve(Buffer.alloc(32, 8))).rejects.toThrow(
      'This database was set up with another encryption key. Set ENCRYPTION_KEY to the key it was set up with.',
    );
    await mkdir(dataDir);
    await writeFile(file, Buffer.alloc(32, 8).toString('base64'));
    await expect(resolve()).rejects.toThrow(`Put that key back into ${file}, or set ENCRYPTION_KEY to it.`);
  });

  it('is not made anew when the file was lost: what is sealed could never be opened again', async () => {
    await resolve();
    await rm(file);

    await expect(resolve()).rejects.toBeInstanceOf(EncryptionKeyError);
    expect(await readdir(dataDir)).toEqual([]);
  });

  it('says so when the file is damaged, and leaves it alone', async () => {
    await mkdir(dataDir);
    await writeFile(file, 'half a k');
    await chmod(file, 0o600);

    await expect(resolve()).rejects.toThrow(/is damaged: it must be 32 bytes as base64/);
    expect(await readFile(file, 'utf8')).toBe('half a k');
  });

  it('leaves nothing in the database that gives it away', async () => {
    const key = await resolve();
    const rows: { key_check: string }[] = await dataSource.query('select key_check from console.installation');

    expect(rows).toHaveLength(1);
    for (const encoding of ['hex', 'base64', 'base64url'] as const) {
      expect(rows[0]!.key_check).not.toContain(key.toString(encoding).slice(0, 12));
    }
  });
});
