import { Redis } from 'ioredis';
import type { RedisStores } from '../../../libs/messaging/test/redis-stores.js';
import type { RedisServer } from '../../../libs/testing/src/index.js';
import { waitFor } from '../../../libs/testing/src/index.js';
import { Subject } from './subject.js';

export interface BacklogMemory {
  readonly bytesPerJob: number;
  readonly rowsInStore: number;
  readonly window: number;
}

const window = 1_000;

/** What a backlog costs Redis while nobody works it: a window of it, whatever its size. */
export async function backlogMemory(stores: RedisStores, server: RedisServer, rows: number): Promise<BacklogMemory> {
  const sender = { works: false, tuning: { window } };
  const subject = await Subject.open('Redis', stores.openStore, sender);
  const redis = new Redis(server.url);
  const used = async () => Number(/used_memory:(\d+)/.exec(await redis.info('memory'))![1]);
  try {
    const before = await used();
    await subject.addBacklog(rows);
    await waitFor(async () => (await subject.count('sent')) >= window, {
      what: 'the window to fill',
      timeoutMs: 30_000,
    });
    const rowsInStore = await subject.count('sent');
    return { bytesPerJob: ((await used()) - before) / rowsInStore, rowsInStore, window };
  } finally {
    redis.disconnect();
    await subject.close();
  }
}
