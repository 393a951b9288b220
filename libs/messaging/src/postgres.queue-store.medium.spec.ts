import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openDatabase } from '@gatehouse/database';
import { createTestDatabase, waitFor } from '@gatehouse/testing';
import type { TestDatabase } from '@gatehouse/testing';
import type { DataSource } from 'typeorm';
import { queueStoreConformance } from '../test/conformance.js';
import { PostgresQueueStore } from './postgres.queue-store.js';

queueStoreConformance(
  'PostgreSQL',
  (databaseUrl, lanes) => PostgresQueueStore.open(databaseUrl, lanes),
  async (databaseUrl) => {
    const dataSource = await openDatabase(databaseUrl, 1);
    await dataSource.query(
      'truncate bullmq.job, bullmq.dedup, bullmq.dedup_next, bullmq.meta, bullmq.gatehouse_store cascade',
    );
    await dataSource.destroy();
  },
);

describe('promotion on PostgreSQL', () => {
  let database: TestDatabase;
  let dataSource: DataSource;
  let store: PostgresQueueStore;
  const queue = 'group-sync.interactive';
  const triggerId = 'work/1';

  beforeAll(async () => {
    database = await createTestDatabase();
    dataSource = await openDatabase(database.url, 3);
    store = await PostgresQueueStore.open(database.url, 1);
  });
  afterAll(async () => {
    await store.close();
    await dataSource.destroy();
    await database.drop();
  });

  it('does not take a job away from a worker that is just taking it', async () => {
    const stateOf = () => dataSource.query<{ state: string }[]>('select state from bullmq.job');
    await store.add(queue, [{ triggerId, job: 'work', payload: {} }]);
    await dataSource.query(`update bullmq.job set state = 'delayed', process_at_ms = 0`);
    // A worker claims the due job; its claim is not committed yet while a fresh trigger promotes.
    const worker = dataSource.createQueryRunner();
    await worker.startTransaction();
    const claimed: unknown = await worker.query(
      'select * from bullmq.move_to_active($1, $2, 5000, $3::bigint, null, null, null)',
      [queue, 'token', Date.now()],
    );
    expect(claimed).toHaveLength(1);
    const promoted = store.promote(queue, [triggerId]);
    const outcome = await Promise.race([promoted.then(() => 'went past'), waitsForLock(dataSource)]);
    await worker.commitTransaction();
    await worker.release();
    await promoted;
    expect(await stateOf()).toEqual([{ state: 'active' }]);
    expect(outcome).toBe('went past');
  });
});

describe('a PostgreSQL that is shutting down', () => {
  it('F10 does not end the process by cutting a connection the moment it is made', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => socket.end(readyAndShuttingDown));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `postgres://postgres@127.0.0.1:${(server.address() as AddressInfo).port}/postgres`;
    await expect(PostgresQueueStore.open(url, 1)).rejects.toThrow('not queryable');
    await expect(openDatabase(url, 1)).rejects.toThrow('terminating connection');
    await new Promise((resolve) => server.close(resolve));
  });
});

/** AuthenticationOk, ReadyForQuery and a fatal error in one packet, as PostgreSQL's protocol has them. */
const readyAndShuttingDown = Buffer.concat([
  protocolMessage('R', '\0\0\0\0'),
  protocolMessage('Z', 'I'),
  protocolMessage('E', 'SFATAL\0C57P01\0Mterminating connection due to administrator command\0\0'),
]);

function protocolMessage(type: string, body: string): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(4 + body.length);
  return Buffer.concat([Buffer.from(type), length, Buffer.from(body)]);
}

async function waitsForLock(dataSource: DataSource): Promise<string> {
  await waitFor(
    async () => {
      const waiting = await dataSource.query<unknown[]>(
        `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      );
      return waiting.length > 0;
    },
    { what: 'the promotion to end or to wait' },
  );
  return 'waited';
}
