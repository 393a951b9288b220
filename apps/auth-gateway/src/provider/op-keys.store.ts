import { generateKeyPair, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { Injectable } from '@nestjs/common';
import { calculateJwkThumbprint } from 'jose';
import type { JWK } from 'jose';
import { DataSource, IsNull, MoreThan } from 'typeorm';
import type { EntityManager } from 'typeorm';
import { opKeysToSign, opKeyTimes } from '@gatehouse/contracts';
import { advisoryLocks, Encryption, OpKeyRow } from '@gatehouse/database';
import { inOrderOfUse } from './op-key-order.js';

type Purpose = OpKeyRow['purpose'];

export interface OpKeys {
  /** The first signs; the others are still or already published, so that what they sign can be verified. */
  readonly signing: readonly JWK[];
  /** The first signs; the others are still accepted. */
  readonly cookies: readonly string[];
  readonly clientSecret: string;
}

/** Nobody has to remember it. */
const signingDaysMax = 90;

const { publishedAheadMinutes } = opKeyTimes;
const publishedAfterMs = opKeyTimes.publishedAfterHours * 3_600_000;

/**
 * The OP's keys, made once by whichever replica comes first and kept sealed (O75, O76).
 *
 * A signing key whose `retired_at` lies ahead is the one that signs, and the newest is published meanwhile: Jira sees
 * both before and after the change (F24). How old a key may become, and what an operator ordered, is compared with the
 * keys themselves, so that it holds whichever replica looks, and however often.
 */
@Injectable()
export class OpKeyStore {
  private known: string | undefined;
  private changed: (keys: OpKeys) => void = () => undefined;

  constructor(
    private readonly dataSource: DataSource,
    private readonly encryption: Encryption,
  ) {}

  /** Makes what is missing or has become too old. */
  async load(): Promise<OpKeys> {
    const keys = await this.dataSource.transaction(async (manager) => {
      await manager.query('select pg_advisory_xact_lock($1)', [advisoryLocks.makeOpKeys]);
      await manager.query(retireOld, [publishedAheadMinutes, signingDaysMax]);
      const signing = await this.keysOf(manager, 'signing', newSigningKey);
      const cookies = await this.keysOf(manager, 'cookies', newSecret);
      const [clientSecret] = await this.keysOf(manager, 'client-secret', newSecret);
      return { signing: signing.map((text) => JSON.parse(text) as JWK), cookies, clientSecret: clientSecret! };
    });
    this.known = nameOf(keys);
    return keys;
  }

  /** Called once the OP is to sign with another key, or to publish one more. */
  onChange(listener: (keys: OpKeys) => void): void {
    this.changed = listener;
  }

  async refresh(): Promise<void> {
    const { known } = this;
    const keys = await this.load();
    if (nameOf(keys) !== known) this.changed(keys);
  }

  /** The one that signs first, then the others, newest first. */
  private async keysOf(manager: EntityManager, purpose: Purpose, make: () => Promise<string>): Promise<string[]> {
    const place = `gateway.op_key/${purpose}`;
    const keys = manager.getRepository(OpKeyRow);
    if (!(await keys.findOneBy({ purpose, retiredAt: IsNull() })))
      await keys.insert({
        purpose,
        sealed: this.encryption.seal(await make(), place),
        createdAt: () => 'clock_timestamp()',
      });
    const published = MoreThan(new Date(Date.now() - publishedAfterMs));
    const rows = await keys.find({
      where: [
        { purpose, retiredAt: IsNull() },
        { purpose, retiredAt: published },
      ],
    });
    return this.opened(rows, place);
  }

  /**
   * One that cannot be opened is left out once another is there to sign: otherwise it would keep the ones that were
   * ordered in its place from ever being made. GET /op-keys tells of it. With a wrong encryption key nothing can be
   * opened, the client secret neither, so that nothing is made with that.
   */
  private opened(rows: readonly OpKeyRow[], place: string): string[] {
    const failures: unknown[] = [];
    const keys = rows.flatMap(({ sealed, createdAt, retiredAt }) => {
      try {
        return [{ text: this.encryption.open(sealed, place), createdAt, retiredAt }];
      } catch (error) {
        failures.push(error);
        return [];
      }
    });
    const now = new Date();
    if (failures.length > 0 && opKeysToSign(keys, now).length === 0) throw failures[0];
    return inOrderOfUse(keys, now).map(({ text }) => text);
  }
}

/** The newest of each kind, when it is too old or was made before an operator ordered others. Jira knows the client secret. */
const retireOld = `
update gateway.op_key
set retired_at = case purpose when 'signing' then now() + make_interval(mins => $1) else now() end
where retired_at is null and purpose in ('signing', 'cookies') and (
  created_at < now() - make_interval(days => $2)
  or exists (select from console.op_key_rotation where ordered_at > op_key.created_at))`;

function nameOf({ signing, cookies }: OpKeys): string {
  return JSON.stringify([signing.map(({ kid }) => kid), cookies]);
}

async function newSigningKey(): Promise<string> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
  const jwk = privateKey.export({ format: 'jwk' }) as JWK;
  return JSON.stringify({ ...jwk, kid: await calculateJwkThumbprint(jwk), alg: 'RS256', use: 'sig' });
}

function newSecret(): Promise<string> {
  return Promise.resolve(randomBytes(32).toString('base64url'));
}
