import { afterAll, beforeAll } from '@jest/globals';
import { testRedis } from '@gatehouse/testing';
import type { TestRedis } from '@gatehouse/testing';
import { Redis } from 'ioredis';
import pg from 'pg';

/** A Redis for the stories of a describe block; undefined, and loudly so, where there is none to be had. */
export function sharedRedis(what: string): (() => TestRedis) | undefined {
  const start = testRedis(what);
  if (!start) return undefined;
  let redis: TestRedis | undefined;
  beforeAll(async () => {
    redis = await start();
  });
  afterAll(() => redis?.close());
  return () => redis!;
}

/** How many keys an installation has there: none would mean that the story was told on PostgreSQL. */
export async function keysOfInstallation(redisUrl: string, databaseUrl: string): Promise<number> {
  const client = new pg.Client({ connectionString: databaseUrl });
  const redis = new Redis(redisUrl);
  try {
    await client.connect();
    const { rows } = await client.query<{ id: string }>('select id from messaging.installation');
    return (await redis.keys(`gatehouse:{${rows[0]!.id}}*`)).length;
  } finally {
    redis.disconnect();
    await client.end();
  }
}
