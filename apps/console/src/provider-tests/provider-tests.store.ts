import { randomBytes, randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { ProviderTestResult } from '@gatehouse/contracts';
import type { ProviderTestStatus } from '@gatehouse/contracts';
import { Encryption, providerTestPlaces } from '@gatehouse/database';
import { hashSecret } from '@gatehouse/relying-party'; // As the gateway does, which looks it up.
import { DataSource } from 'typeorm';
import type { EntityManager } from 'typeorm';
import type { ProviderOnTrial } from './provider-subject.reader.js';
import { whatATestProves } from './what-a-test-proves.js';

export const testMinutes = 15;
const secretBytes = 32;
const openTestsMax = 100;
/** How long a successful test speaks for what it tried. */
const provenHours = 24;

interface Row {
  readonly provider: string;
  readonly created_at: Date;
  readonly expires_at: Date;
  readonly begun_at: Date | null;
  readonly answered_at: Date | null;
  readonly result_sealed: string | null;
  readonly expired: boolean;
}

/** Written here, read by the gateway; its answer the other way round. What is tried is sealed, because it has secrets. */
@Injectable()
export class ProviderTests {
  constructor(
    private readonly dataSource: DataSource,
    private readonly encryption: Encryption,
  ) {}

  /** @returns undefined when too many are open */
  async create(
    manager: EntityManager,
    trial: ProviderOnTrial,
    actor: string,
  ): Promise<{ id: string; secret: string; expiresAt: Date } | undefined> {
    await manager.query(
      `delete from console.provider_test where expires_at < now() - make_interval(hours => ${provenHours})`,
    );
    const id = randomUUID();
    const secret = randomBytes(secretBytes).toString('base64url');
    const [row] = await manager.query<{ expires_at: Date }[]>(
      `insert into console.provider_test (id, secret_hash, provider, draft_sealed, proves, actor, expires_at)
       select $1, $2, $3, $4, $5, $6, now() + make_interval(mins => $7)
       where (select count(*) from console.provider_test where expires_at > now()) < $8
       returning expires_at`,
      [
        id,
        hashSecret(secret),
        trial.key,
        this.encryption.seal(JSON.stringify(trial), providerTestPlaces.draft(id)),
        this.encryption.fingerprint(provenBy(trial, this.encryption)),
        actor,
        testMinutes,
        openTestsMax,
      ],
    );
    return row && { id, secret, expiresAt: row.expires_at };
  }

  async find(id: string): Promise<ProviderTestStatus | undefined> {
    const [row] = await this.dataSource.query<Row[]>(
      `select test.provider, test.created_at, test.expires_at, test.expires_at <= now() as expired,
              answer.begun_at, answer.answered_at, answer.result_sealed
       from console.provider_test test left join gateway.provider_test_answer answer on answer.test_id = test.id
       where test.id = $1`,
      [id],
    );
    return row && this.statusOf(id, row);
  }

  /** Of these providers, those that nobody has tried successfully as they are now. */
  async untested(manager: EntityManager, proofs: ReadonlyMap<string, string>): Promise<string[]> {
    if (proofs.size === 0) return [];
    const rows = await manager.query<{ proves: string }[]>(
      `select test.proves from console.provider_test test join gateway.provider_test_answer answer on answer.test_id = test.id
       where answer.outcome = 'would-enter' and answer.answered_at > now() - make_interval(hours => $1)`,
      [provenHours],
    );
    const proven = new Set(rows.map(({ proves }) => proves));
    return [...proofs].filter(([, proof]) => !proven.has(this.encryption.fingerprint(proof))).map(([key]) => key);
  }

  private statusOf(id: string, row: Row): ProviderTestStatus {
    const result = row.result_sealed && this.encryption.open(row.result_sealed, providerTestPlaces.result(id));
    return {
      id,
      provider: row.provider,
      state: row.answered_at ? 'answered' : row.expired ? 'expired' : row.begun_at ? 'begun' : 'created',
      createdAt: row.created_at.toISOString(),
      expiresAt: row.expires_at.toISOString(),
      answeredAt: row.answered_at?.toISOString() ?? null,
      result: result ? ProviderTestResult.parse(JSON.parse(result)) : null,
    };
  }
}

function provenBy({ provider, mapping, secrets }: ProviderOnTrial, encryption: Encryption): string {
  const [secret] = Object.values(secrets);
  return whatATestProves(provider, mapping, secret === undefined ? undefined : encryption.fingerprint(secret));
}
