import { createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { DataSource } from 'typeorm';
import { madeOnce, readIfThere } from './made-once-file.js';

/** The key is missing, damaged or not the one of this database. The message is for a person and says what to do. */
export class EncryptionKeyError extends Error {
  readonly explained = true;

  constructor(message: string) {
    super(message);
    this.name = 'EncryptionKeyError';
  }
}

export interface EncryptionKeySource {
  /** ENCRYPTION_KEY, decoded: 32 bytes. Undefined: the key file below `dataDir`, made when there is none. */
  readonly configured: Buffer | undefined;
  readonly dataDir: string;
  /** Migrated. Its `console.installation` remembers which key it was set up with. */
  readonly dataSource: DataSource;
}

/**
 * The one key of this installation, 32 bytes.
 * A process with another key would write what its siblings cannot read, so it is stopped here.
 * @throws EncryptionKeyError
 */
export async function resolveEncryptionKey({ configured, dataDir, dataSource }: EncryptionKeySource): Promise<Buffer> {
  const file = join(dataDir, 'encryption.key');
  const key = configured ?? (await keyFromFile(file, dataSource));
  const check = checkOf(key);
  if ((await rememberedCheck(dataSource, check)) !== check) {
    const remedy = configured
      ? 'Set ENCRYPTION_KEY to the key it was set up with'
      : `Put that key back into ${file}, or set ENCRYPTION_KEY to it`;
    throw new EncryptionKeyError(`This database was set up with another encryption key. ${remedy}.`);
  }
  return key;
}

async function keyFromFile(file: string, dataSource: DataSource): Promise<Buffer> {
  // In this order: whoever stored the check made the file before, so its absence is a loss and not a race.
  if ((await storedCheck(dataSource)) !== undefined && (await readIfThere(file)) === undefined) {
    throw new EncryptionKeyError(
      `The encryption key of this database is missing: there is no ${file}. Put the file back, or set ENCRYPTION_KEY.`,
    );
  }
  const text = await madeOnce(file, () => `${randomBytes(32).toString('base64')}\n`);
  const key = Buffer.from(text.trim(), 'base64');
  if (key.length !== 32) {
    throw new EncryptionKeyError(
      `The encryption key in ${file} is damaged: it must be 32 bytes as base64. Restore the file from a backup.`,
    );
  }
  return key;
}

/** One-way, and derived apart from the keys that seal, so that it helps nobody who reads the database. */
function checkOf(key: Buffer): string {
  const checkKey = Buffer.from(hkdfSync('sha256', key, '', 'gatehouse key check', 32));
  return createHmac('sha256', checkKey).update('gatehouse').digest('base64url');
}

async function rememberedCheck(dataSource: DataSource, check: string): Promise<string> {
  await dataSource.query('insert into console.installation (key_check) values ($1) on conflict do nothing', [check]);
  return (await storedCheck(dataSource)) ?? check;
}

async function storedCheck(dataSource: DataSource): Promise<string | undefined> {
  const rows: { key_check: string }[] = await dataSource.query('select key_check from console.installation');
  return rows[0]?.key_check;
}
