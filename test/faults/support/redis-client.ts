import { Redis } from 'ioredis';

/** One command to a Redis of our own, past every proxy. */
export async function askRedis<Answer>(url: string, ask: (redis: Redis) => Promise<Answer>): Promise<Answer> {
  const redis = new Redis(url, { maxRetriesPerRequest: 1 });
  redis.on('error', () => undefined); // The command that failed reports it.
  try {
    return await ask(redis);
  } finally {
    redis.disconnect();
  }
}
