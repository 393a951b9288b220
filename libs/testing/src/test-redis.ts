import { canStartRedis, RedisServer } from './redis-server.js';

export interface TestRedis {
  readonly url: string;
  /** Ends it, if it is our own. */
  close(): Promise<void>;
}

/**
 * The server of TEST_REDIS_URL, or one of our own. A server that was given is shared: keep to your own keys, never flush it.
 * @param what will not run on a machine that has neither, for the message
 */
export function testRedis(what: string): (() => Promise<TestRedis>) | undefined {
  const given = process.env['TEST_REDIS_URL'];
  if (given) return () => Promise.resolve({ url: given, close: () => Promise.resolve() });
  if (!canStartRedis(what)) return undefined;
  return async () => {
    const server = await RedisServer.start();
    return { url: server.url, close: () => server.discard() };
  };
}
