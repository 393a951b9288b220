import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { canStartRedis, freePort, RedisServer, waitFor } from '@gatehouse/testing';
import { Installation, thing } from '../test/harness.js';
import type { TestProcess } from '../test/harness.js';
import { RedisStores } from '../test/redis-stores.js';
import { thingChanged } from '../test/scripted.js';
import { RedisQueueStore } from './redis.queue-store.js';

(canStartRedis('Faults of Redis') ? describe : describe.skip)('a Redis that fails', () => {
  let server: RedisServer;
  let installation: Installation;
  let running: TestProcess;

  beforeEach(async () => {
    server = await RedisServer.start({ appendonly: true });
    const stores = new RedisStores(() => Promise.resolve({ url: server.url, close: () => Promise.resolve() }));
    await stores.open();
    installation = await Installation.open(stores.openStore);
    running = await installation.start();
  });
  afterEach(async () => {
    await installation.close();
    await server.discard();
  });

  const publish = async () => {
    const reference = thing();
    await installation.publish(running, thingChanged, reference);
    return reference.thingId;
  };

  it('F06 is restarted: the same process goes on within 5 s', async () => {
    await installation.settled(await publish());
    await server.restart();
    const restartedAt = performance.now();
    await installation.settled(await publish());
    expect(performance.now() - restartedAt).toBeLessThan(5_000);
  });

  it('F08 accepts and never answers: whoever asks is told in seconds, rows wait, and all of them are run', async () => {
    process.kill(server.pid!, 'SIGSTOP');
    const askedAt = performance.now();
    await expect(running.store.epoch()).rejects.toThrow();
    expect(performance.now() - askedAt).toBeLessThan(7_000);
    const things = await Promise.all(Array.from({ length: 20 }, publish));
    // Connections that are made while it is frozen are not answered either, and are given up in turn.
    await expect(running.store.epoch()).rejects.toThrow();
    expect(await Promise.all(things.map(async (id) => (await installation.rows(id))[0]!.state))).not.toContain(
      'settled',
    );
    process.kill(server.pid!, 'SIGCONT');
    for (const thingId of things) await installation.settled(thingId, 15_000);
    expect(things.map((thingId) => running.script.runsOf(thingId).length)).toEqual(Array(20).fill(1));
  });

  it('F08 is away: rows wait, nothing is printed for each try, the process does not spin, and all of them are run', async () => {
    await server.kill();
    const before = process.cpuUsage();
    const things = await Promise.all(Array.from({ length: 20 }, publish));
    const awayAt = performance.now();
    await waitFor(() => performance.now() - awayAt > 3_000, { what: 'three seconds without Redis' });
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1_000).toBeLessThan(1_500);
    await server.restart();
    for (const thingId of things) await installation.settled(thingId, 15_000);
    const warnings = running.logLines.filter(({ level, part }) => level === 'warn' && part === 'relay');
    expect(warnings).toHaveLength(1);
  });
});

(canStartRedis('A start without Redis') ? describe : describe.skip)('a Redis that is not there yet', () => {
  it('F08 does not keep a process from starting, and is used as soon as it answers', async () => {
    const port = await freePort();
    const openStore = () => RedisQueueStore.open(`redis://127.0.0.1:${port}`, 'late');
    const installation = await Installation.open(openStore);
    const startedAt = performance.now();
    const running = await installation.start();
    expect(performance.now() - startedAt).toBeLessThan(5_000);
    const { thingId, ...rest } = thing();
    await installation.publish(running, thingChanged, { thingId, ...rest });
    const server = await RedisServer.start({ port });
    await installation.settled(thingId, 10_000);
    expect(running.script.runsOf(thingId)).toHaveLength(1);
    await installation.close();
    await server.discard();
  });

  it('F08 lets a process go that never reached it', async () => {
    const port = await freePort();
    const installation = await Installation.open(() => RedisQueueStore.open(`redis://127.0.0.1:${port}`, 'never'));
    const running = await installation.start();
    const closesAt = performance.now();
    await running.close();
    expect(performance.now() - closesAt).toBeLessThan(10_000);
    await installation.close();
  });
});
