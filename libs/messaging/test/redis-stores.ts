import { openDatabase } from '@gatehouse/database';
import type { TestRedis } from '@gatehouse/testing';
import { Redis } from 'ioredis';
import { installationId } from '../src/installation-id.js';
import { RedisQueueStore } from '../src/redis.queue-store.js';

/** Stores on one Redis, which may be shared: each database has its own keys there, and they are removed at the end. */
export class RedisStores {
  private server: TestRedis | undefined;
  private readonly ids = new Map<string, string>();

  constructor(private readonly start: () => Promise<TestRedis>) {}

  async open(): Promise<void> {
    this.server = await this.start();
  }

  get url(): string {
    return this.server!.url;
  }

  readonly openStore = async (databaseUrl: string): Promise<RedisQueueStore> =>
    RedisQueueStore.open(this.url, await this.idOf(databaseUrl));

  /** Another test's keys on a shared server are not touched. */
  readonly wipe = async (databaseUrl: string): Promise<void> => {
    await this.remove(await this.idOf(databaseUrl));
  };

  async close(): Promise<void> {
    for (const id of this.ids.values()) await this.remove(id);
    await this.server!.close();
  }

  private async remove(id: string): Promise<void> {
    const redis = new Redis(this.url);
    await redis.eval(removeAll, 0, `gatehouse:{${id}}:*`);
    redis.disconnect();
  }

  private async idOf(databaseUrl: string): Promise<string> {
    const known = this.ids.get(databaseUrl);
    if (known) return known;
    const dataSource = await openDatabase(databaseUrl, 1);
    const id = await installationId(dataSource).finally(() => dataSource.destroy());
    this.ids.set(databaseUrl, id);
    return id;
  }
}

/** At one moment, as a server loses it: key by key, a list would be lost and the jobs that are added to it meanwhile not. */
const removeAll = `
for _, key in ipairs(redis.call('keys', ARGV[1])) do redis.call('unlink', key) end`;
