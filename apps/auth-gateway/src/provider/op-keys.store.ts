import { generateKeyPair, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { Injectable } from '@nestjs/common';
import { calculateJwkThumbprint } from 'jose';
import type { JWK } from 'jose';
import { DataSource } from 'typeorm';
import type { EntityManager } from 'typeorm';
import { advisoryLocks, Encryption, OpKeyRow } from '@gatehouse/database';

type Purpose = OpKeyRow['purpose'];

export interface OpKeys {
  /** The first signs; the others are still published, so that what they signed can be verified. */
  readonly signing: readonly JWK[];
  /** The first signs; the others are still accepted. */
  readonly cookies: readonly string[];
  readonly clientSecret: string;
}

/** The OP's keys, made once by whichever replica comes first and kept sealed (O75, O76). */
@Injectable()
export class OpKeyStore {
  constructor(
    private readonly dataSource: DataSource,
    private readonly encryption: Encryption,
  ) {}

  async load(): Promise<OpKeys> {
    return this.dataSource.transaction(async (manager) => {
      await manager.query('select pg_advisory_xact_lock($1)', [advisoryLocks.makeOpKeys]);
      const signing = await this.keysOf(manager, 'signing', newSigningKey);
      const cookies = await this.keysOf(manager, 'cookies', newSecret);
      const [clientSecret] = await this.keysOf(manager, 'client-secret', newSecret);
      return { signing: signing.map((text) => JSON.parse(text) as JWK), cookies, clientSecret: clientSecret! };
    });
  }

  /** Current first, then the retired ones, newest first. */
  private async keysOf(manager: EntityManager, purpose: Purpose, make: () => Promise<string>): Promise<string[]> {
    const place = `gateway.op_key/${purpose}`;
    const rows = await manager
      .getRepository(OpKeyRow)
      .find({ where: { purpose }, order: { retiredAt: { direction: 'DESC', nulls: 'FIRST' } }, take: 5 });
    if (rows.some(({ retiredAt }) => retiredAt === null)) {
      return rows.map(({ sealed }) => this.encryption.open(sealed, place));
    }
    const made = await make();
    await manager.getRepository(OpKeyRow).insert({ purpose, sealed: this.encryption.seal(made, place) });
    return [made, ...rows.map(({ sealed }) => this.encryption.open(sealed, place))];
  }
}

async function newSigningKey(): Promise<string> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
  const jwk = privateKey.export({ format: 'jwk' }) as JWK;
  return JSON.stringify({ ...jwk, kid: await calculateJwkThumbprint(jwk), alg: 'RS256', use: 'sig' });
}

function newSecret(): Promise<string> {
  return Promise.resolve(randomBytes(32).toString('base64url'));
}
