import { randomUUID } from 'node:crypto';
import { createPostgresBackend, Queue, runMigrations, withBackend, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import pg from 'pg';

/** BullMQ alone, as its documentation shows it: what a benchmark compares ours with, in the same run. */
export interface BareBullMq {
  /** Milliseconds from the answer to `add` until the worker starts the job. */
  addToStart(): Promise<number>;
  close(): Promise<void>;
}

interface Ends {
  readonly queue: Pick<Queue, 'add' | 'close'>;
  readonly worker: Pick<Worker, 'waitUntilReady' | 'close'>;
  readonly release: () => Promise<void>;
}

/** A processor that only tells when it was called. */
type OnStart = (job: { readonly id?: string }) => Promise<void>;

const queueName = 'bare';

export async function bareOnRedis(url: string): Promise<BareBullMq> {
  return measure((onStart) => {
    const connection = new Redis(url, { maxRetriesPerRequest: null });
    const options = { connection, prefix: `bare-${randomUUID()}` };
    const worker = new Worker(queueName, onStart, options);
    return Promise.resolve({
      queue: new Queue(queueName, options),
      worker,
      release: () => {
        connection.disconnect();
        return Promise.resolve();
      },
    });
  });
}

/** Works off jobs that are numbers, so many at once, and does with each of them what it is told. */
export interface BareDrain {
  /** Adds as many, and waits until they are done. */
  drain(jobs: number): Promise<void>;
}

const bulkSize = 1_000;

export async function bareDrainOnRedis(
  url: string,
  concurrency: number,
  work: (index: number) => Promise<void>,
): Promise<BareDrain> {
  const connection = new Redis(url, { maxRetriesPerRequest: null });
  const options = { connection, prefix: `bare-${randomUUID()}` };
  const queue = new Queue(queueName, options);
  const worker = new Worker<number>(queueName, ({ data }) => work(data), {
    ...options,
    concurrency,
    removeOnComplete: { count: 0 },
  });
  await worker.waitUntilReady();
  return {
    drain: async (jobs) => {
      let left = jobs;
      const done = new Promise<void>((resolve) =>
        worker.on('completed', () => {
          left -= 1;
          if (left === 0) resolve();
        }),
      );
      for (let start = 0; start < jobs; start += bulkSize)
        await queue.addBulk(
          Array.from({ length: Math.min(bulkSize, jobs - start) }, (_, n) => ({ name: 'job', data: start + n })),
        );
      await done;
    },
  };
}

/** In a schema of its own. */
export async function bareOnPostgres(url: string): Promise<BareBullMq> {
  return measure(async (onStart) => {
    const backend = withBackend(createPostgresBackend);
    const connection = new pg.Pool({ connectionString: url, max: 10, keepAlive: true, options: '-c search_path=bare' });
    connection.setMaxListeners(0);
    const client = await connection.connect();
    await runMigrations(client, 'bare').finally(() => client.release());
    return {
      queue: new backend.Queue(queueName, { connection }),
      worker: new backend.Worker(queueName, onStart, { connection }),
      release: () => connection.end(),
    };
  });
}

async function measure(open: (onStart: OnStart) => Promise<Ends>): Promise<BareBullMq> {
  const waiting = new Map<string, (startedAt: number) => void>();
  const { queue, worker, release } = await open(({ id }) => {
    waiting.get(id!)?.(performance.now());
    return Promise.resolve();
  });
  await worker.waitUntilReady();
  return {
    addToStart: async () => {
      const jobId = randomUUID();
      const started = new Promise<number>((resolve) => waiting.set(jobId, resolve));
      await queue.add('job', { id: jobId }, { jobId, removeOnComplete: true });
      const addedAt = performance.now();
      return (await started) - addedAt;
    },
    close: async () => {
      await Promise.all([queue.close(), worker.close()]);
      await release();
    },
  };
}
