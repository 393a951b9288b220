import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '../../../libs/database/src/index.js';
import { canStartRedis, RedisServer } from '../../../libs/testing/src/index.js';

export interface Servers {
  readonly redis: RedisServer;
  close(): Promise<void>;
}

/** Durable, as in production: every commit reaches the disk, and Redis writes its append-only file every second. */
export async function startServers(): Promise<Servers> {
  if (!canStartRedis('The benchmark of the queue')) throw new Error('the benchmark needs both stores');
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-bench-'));
  const postgres = await startEmbeddedPostgres({ dataDir: join(folder, 'data') });
  process.env['TEST_SERVER_URL'] = postgres.url;
  process.env['TEST_RUN_ID'] = `bench-${process.pid}`;
  const redis = await RedisServer.start({ appendonly: true });
  return {
    redis,
    close: async () => {
      await redis.discard();
      await postgres.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
