import { afterAll, beforeAll, describe } from '@jest/globals';
import { testRedis } from '@gatehouse/testing';
import { queueStoreConformance } from '../test/conformance.js';
import { RedisStores } from '../test/redis-stores.js';

const start = testRedis('The conformance of the queue store');

(start ? describe : describe.skip)('on a real Redis', () => {
  const stores = new RedisStores(start!);
  beforeAll(() => stores.open());
  afterAll(() => stores.close());

  queueStoreConformance('Redis', stores.openStore, stores.wipe);
});
