import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openDatabase } from '@gatehouse/database';
import { decideDeactivation, readWords, wordOf } from '@gatehouse/mapping';
import type { DeactivationFacts, DirectoryRow } from '@gatehouse/mapping';
import { createTestDatabase } from '@gatehouse/testing';
import type { TestDatabase } from '@gatehouse/testing';
import type { DataSource } from 'typeorm';
import { isDeactivated } from './deactivation-sql.js';

let database: TestDatabase;
let dataSource: DataSource;
beforeAll(async () => {
  database = await createTestDatabase();
  dataSource = await openDatabase(database.url, 2);
});
afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});

const hour = (n: number) => new Date(Date.UTC(2026, 0, 1, n));
const identity = randomUUID();
const unheeded = ['b/removed', 'c/removed', 'c/inactive'];

/** The same numbers in every run. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return Math.floor((state / 4_294_967_296) * below);
  };
}

interface Known {
  readonly rows: readonly DirectoryRow[];
  readonly facts: DeactivationFacts;
}

function someRow(below: (n: number) => number): DirectoryRow {
  const [changedAt, isRemoved] = [hour(below(6)), below(3) === 0];
  return {
    directoryUserId: randomUUID(),
    provider: ['a', 'b', 'c'][below(3)]!,
    active: below(2) === 0,
    removedAt: isRemoved ? changedAt : undefined,
    version: 1 + below(2) + Number(isRemoved),
    changedAt,
  };
}

function someFacts(below: (n: number) => number): Known {
  const rows = Array.from({ length: below(4) }, () => someRow(below));
  const lifts = Object.fromEntries(
    rows.filter(() => below(2) === 0).map(({ directoryUserId, version }) => [directoryUserId, version - below(2)]),
  );
  const kinds = ['deactivate', 'reactivate', 'reactivate', undefined, undefined] as const;
  const kind = kinds[below(kinds.length)];
  const facts = {
    directory: readWords(rows).map((word) => ({ ...word, isUnheeded: unheeded.includes(wordOf(word)) })),
    order: kind && { kind, orderedAt: hour(3), lifts },
    signIns: [{ provider: 'a', at: hour(below(6)) }],
    overruling: new Set(below(3) === 0 ? ['a'] : []),
  };
  return { rows, facts };
}

async function inDatabase({ rows, facts: { order, signIns, overruling } }: Known): Promise<boolean> {
  const runner = dataSource.createQueryRunner();
  await runner.startTransaction();
  try {
    const [account] = (await runner.query(`insert into mapping.account (name_folded) values ('ada') returning id`)) as [
      { id: string },
    ];
    await runner.query(
      `insert into gateway.identity (id, provider, issuer, subject, claims, verified_at) values ($1, 'a', 'i', 's', '{}', $2)`,
      [identity, signIns[0]!.at],
    );
    await runner.query('insert into mapping.account_identity (identity_id, account_id) values ($1, $2)', [
      identity,
      account.id,
    ]);
    for (const { directoryUserId, provider, active, removedAt, version, changedAt } of rows) {
      await runner.query(
        `insert into directory.directory_user
           (id, provider, user_name, user_name_folded, active, version, changed_at, deleted_at)
         values ($1::uuid, $2, $1::text, $1::text, $3, $4, $5, $6)`,
        [directoryUserId, provider, active, version, changedAt, removedAt ?? null],
      );
      await runner.query('insert into mapping.account_directory_user (directory_user_id, account_id) values ($1, $2)', [
        directoryUserId,
        account.id,
      ]);
    }
    if (order)
      await runner.query(
        `insert into console.account_order (account_id, kind, lifts, actor, reason) values ($1, $2, $3, 'test', 'test')`,
        [account.id, order.kind, JSON.stringify(order.lifts)],
      );
    const condition = isDeactivated({
      ...{ provider: `'a'::text`, subject: `'s'::text`, username: 'null::text', account: '$1::uuid' },
      ...{ unheeded: `'{${unheeded.join(',')}}'::text[]`, overruling: '$2::text[]' },
    });
    const [row] = (await runner.query(`select ${condition} as deactivated`, [account.id, [...overruling]])) as [
      { deactivated: boolean },
    ];
    return row.deactivated;
  } finally {
    await runner.rollbackTransaction();
    await runner.release();
  }
}

describe('I4 D10 what the gateway asks of PostgreSQL', () => {
  it('is what claim-mapping decides of the same rows', async () => {
    const below = numbers(7);
    const seen = { true: 0, false: 0 };
    for (let n = 0; n < 300; n += 1) {
      const known = someFacts(below);
      const expected = decideDeactivation(known.facts) !== undefined;
      seen[`${expected}`] += 1;
      expect({ known, deactivated: await inDatabase(known) }).toEqual({ known, deactivated: expected });
    }
    // Both answers were asked for.
    expect(Math.min(seen.true, seen.false)).toBeGreaterThan(50);
  });
});
