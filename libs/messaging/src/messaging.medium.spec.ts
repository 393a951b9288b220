import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { openDatabase } from '@gatehouse/database';
import { Installation, thing } from '../test/harness.js';
import { Script, thingChanged } from '../test/scripted.js';
import { PostgresQueueStore } from './postgres.queue-store.js';

const open = () => Installation.open((databaseUrl, lanes) => PostgresQueueStore.open(databaseUrl, lanes));

describe('processes that come and go', () => {
  let installation: Installation;
  beforeEach(async () => {
    installation = await open();
  });
  afterEach(async () => installation.close());

  it('shares the work of one lane between two processes without running a key twice', async () => {
    const script = new Script();
    const [first, second] = await Promise.all([installation.start({ script }), installation.start({ script })]);
    const things = Array.from({ length: 100 }, () => thing());
    await Promise.all(things.map((one, index) => installation.publish(index % 2 ? first : second, thingChanged, one)));
    for (const { thingId } of things) await installation.settled(thingId, 20_000);
    expect(things.map(({ thingId }) => script.runsOf(thingId).length)).toEqual(Array(100).fill(1));
  });

  it('lets any number of processes migrate the queue store at once', async () => {
    const stores = await Promise.all([1, 2, 3, 4].map(() => PostgresQueueStore.open(installation.database.url, 1)));
    await Promise.all(stores.map((store) => store.close()));
    expect(stores).toHaveLength(4);
  });
});

describe('what it costs', () => {
  let installation: Installation;
  beforeAll(async () => {
    installation = await open();
  });
  afterAll(async () => installation.close());

  it('stays within the connections of one process', async () => {
    await installation.dataSource.destroy();
    const counted = await installation.start();
    const counter = await openDatabase(installation.database.url, 1);
    const [row] = await counter.query<{ all: number; listening: number }[]>(
      `select count(*)::int as all, count(*) filter (where query like 'LISTEN%' or query like 'listen%' or
         application_name like '%.%')::int as listening
       from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
    );
    await counter.destroy();
    await installation.dataSource.initialize();
    await counted.close();
    // Four lanes are worked here, and Notifications listens once; whoever only sends does not listen.
    expect(row!.listening).toBe(5);
    expect(row!.all).toBeLessThanOrEqual(25);
  });

  it('prints how soon after its commit a job starts on an idle system', async () => {
    const running = await installation.start();
    const startsMs: number[] = [];
    const commitsMs: number[] = [];
    for (let trial = 0; trial < 60; trial += 1) {
      const reference = thing();
      const started = new Promise<number>((resolve) =>
        running.script.on(reference.thingId, () => resolve(performance.now())),
      );
      const beforeCommit = performance.now();
      await installation.publish(running, thingChanged, reference);
      const committed = performance.now();
      commitsMs.push(committed - beforeCommit);
      startsMs.push((await started) - committed);
    }
    process.stdout.write(
      `commit -> handler starts: ${percentiles(startsMs)}; publishing alone: ${percentiles(commitsMs)}\n`,
    );
    expect(startsMs).toHaveLength(60);
  });
});

function percentiles(values: readonly number[]): string {
  const sorted = values.toSorted((one, other) => one - other);
  const at = (share: number) => sorted[Math.floor(sorted.length * share)]!.toFixed(1);
  return `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`;
}
