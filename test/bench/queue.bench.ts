import { bareOnPostgres, bareOnRedis } from '../../libs/messaging/test/bare-bullmq.js';
import { RedisStores } from '../../libs/messaging/test/redis-stores.js';
import { PostgresQueueStore } from '../../libs/messaging/src/postgres.queue-store.js';
import { scaled, waitFor } from '../../libs/testing/src/index.js';
import { Report, told } from './queue/figures.js';
import { backlogMemory } from './queue/memory.js';
import { drain } from './queue/drain.js';
import { idleLatency, latency } from './queue/latency.js';
import { startServers } from './queue/servers.js';
import { Subject } from './queue/subject.js';

/** Latency: on an idle machine. Draining: what one process must do at least. TEST_SCALE makes it longer, never easier. */
const trials = scaled(1_000, 300);
const drained = scaled(50_000, 5_000);
const backlog = 100_000;

const report = new Report();
const servers = await startServers();
const redisStores = new RedisStores(() => Promise.resolve({ url: servers.redis.url, close: () => Promise.resolve() }));
await redisStores.open();
const subjects = [
  await Subject.open('PostgreSQL', (databaseUrl, lanes) => PostgresQueueStore.open(databaseUrl, lanes)),
  await Subject.open('Redis', redisStores.openStore),
];
const floors = [await bareOnPostgres(subjects[0]!.installation.database.url), await bareOnRedis(servers.redis.url)];

report.line('From the commit to the start of the handler, idle (floor: bare BullMQ, add to start, in the same run)');
const idle = await idleLatency(
  subjects.map((subject, index) => ({ subject, floor: floors[index]! })),
  trials,
);
for (const [index, { ours, floor }] of idle.entries()) {
  report.line(
    `${subjects[index]!.name}: ${told(ours)}; floor ${told(floor)}; ratio ${(ours.p50 / floor.p50).toFixed(2)}`,
  );
  report.goal('p50', ours.p50, 5, 'ms');
  report.goal('p99', ours.p99, 25, 'ms');
}
await Promise.all(floors.map((floor) => floor.close()));

for (const [index, subject] of subjects.entries()) {
  const { perSecond, firstPerSecond, lastPerSecond } = await drain(subject, drained);
  report.line(`${subject.name}: drains ${drained} rows of the bulk lane in one process`);
  report.goal('rate', perSecond, subject.name === 'Redis' ? 500 : 200, 'jobs/s', { better: 'more' });
  report.goal('last tenth against first tenth', lastPerSecond / firstPerSecond, 0.7, 'x', { better: 'more' });

  await subject.addBacklog(backlog);
  await waitFor(async () => (await subject.count('sent')) > 0, {
    what: 'the backlog to be taken up',
    timeoutMs: 30_000,
  });
  const beside = await latency(subject, Math.min(trials, 300));
  report.line(`${subject.name}: an interactive job beside ${backlog} open rows of the bulk lane: ${told(beside)}`);
  report.goal('p50 against idle', beside.p50 / idle[index]!.ours.p50, 2, 'x');
  report.goal('p99', beside.p99, 25, 'ms');
  await subject.close(); // With the rest of its backlog, which would be worked off beside the next one.
}
report.line(`resident memory of this process: ${(process.memoryUsage.rss() / 1_048_576).toFixed(0)} MB`);

const { bytesPerJob, rowsInStore, window } = await backlogMemory(redisStores, servers.redis, backlog);
report.line(
  `Redis: a backlog of ${backlog} rows that nobody works: ${bytesPerJob.toFixed(0)} bytes for each waiting job`,
);
report.goal('jobs in the store, of that backlog', rowsInStore, window, 'jobs');

await redisStores.close();
await servers.close();
process.exitCode = report.allMet ? 0 : 1;
