import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { canStartRedis, RedisServer } from './redis-server.js';

(canStartRedis('The launcher of Redis') ? describe : describe.skip)('a Redis of our own', () => {
  let server: RedisServer;

  beforeAll(async () => {
    server = await RedisServer.start({ appendonly: true });
  });
  afterAll(async () => server.discard());

  const ask = async <Answer>(question: (redis: Redis) => Promise<Answer>) => {
    const redis = new Redis(server.url);
    return question(redis).finally(() => redis.disconnect());
  };

  it('keeps what it was given over a restart, on the same port', async () => {
    await ask((redis) => redis.set('kept', 'yes'));
    await server.restart();
    expect(await ask((redis) => redis.get('kept'))).toBe('yes');
  });

  it('can be killed, and is gone then', async () => {
    const pid = server.pid!;
    await server.kill();
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
    await server.restart();
    expect(await ask((redis) => redis.ping())).toBe('PONG');
  });
});
