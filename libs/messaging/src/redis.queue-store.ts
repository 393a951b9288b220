import { Queue } from 'bullmq';
import { addTriggers } from './add-triggers.js';
import type { LaneObserver, LaneProcessor, LaneWorker, QueueStore, Trigger } from './queue-store.js';
import type { RawQueue } from './raw-queues.js';
import { CommandConnection } from './redis.connections.js';
import { RedisLane } from './redis.lane.js';
import { heldJobs, promoteDelayed } from './redis.scripts.js';
import { within } from './within.js';

/** Bounds how long one script keeps Redis from everybody else. */
const heldPageSize = 250;
const openWithinMs = 1_000;

/** BullMQ on Redis or Valkey: one connection for the process, and one more for each lane it works. */
export class RedisQueueStore implements QueueStore {
  readonly name = 'redis';
  private readonly producers = new Map<string, Queue>();

  private constructor(
    private readonly connection: CommandConnection,
    private readonly prefix: string,
  ) {}

  /**
   * Waits for Redis a second and no longer: a start without it goes on, and jobs wait in the outbox.
   * @param installationId keeps installations apart that share a server; in braces, so that a cluster keeps its keys together
   */
  static async open(url: string, installationId: string): Promise<RedisQueueStore> {
    const connection = new CommandConnection(url);
    await within(openWithinMs, new Promise((resolve) => connection.once('ready', resolve)));
    return new RedisQueueStore(connection, `gatehouse:{${installationId}}`);
  }

  add(queue: string, triggers: readonly Trigger[]): Promise<readonly string[]> {
    return addTriggers(this.producer(queue), triggers);
  }

  async promote(queue: string, triggerIds: readonly string[]): Promise<void> {
    const state = ['delayed', 'wait', 'meta', 'active', 'events', 'marker'].map((name) => this.key(queue, name));
    const keys = [...state, ...this.deduplicationKeys(queue, triggerIds)];
    await this.connection.eval(promoteDelayed, keys.length, ...keys, this.key(queue, ''), Date.now());
  }

  async held(queue: string, triggerIds: readonly string[]): Promise<ReadonlySet<string>> {
    const state = ['wait', 'active', 'paused', 'delayed'].map((name) => this.key(queue, name));
    const held = new Set<string>();
    for (let start = 0; start < triggerIds.length; start += heldPageSize) {
      const page = triggerIds.slice(start, start + heldPageSize);
      const keys = [...state, ...this.deduplicationKeys(queue, page)];
      const answers = (await this.connection.eval(heldJobs, keys.length, ...keys)) as number[];
      for (const [index, triggerId] of page.entries()) if (answers[index] === 1) held.add(triggerId);
    }
    return held;
  }

  openLane(queue: string, process: LaneProcessor, observer: LaneObserver, jobsAtOnce?: number): LaneWorker {
    return new RedisLane(queue, this.prefix, this.connection, process, observer, jobsAtOnce);
  }

  rawQueue(queue: string): RawQueue {
    return this.producer(queue);
  }

  async setPaused(queue: string, paused: boolean): Promise<void> {
    const producer = this.producer(queue);
    await (paused ? producer.pause() : producer.resume());
  }

  async pausedLanes(queues: readonly string[]): Promise<ReadonlySet<string>> {
    const answers = await Promise.all(
      queues.map((queue) => this.connection.hexists(this.key(queue, 'meta'), 'paused')),
    );
    return new Set(queues.filter((_, index) => answers[index] === 1));
  }

  async epoch(): Promise<string | undefined> {
    return (await this.connection.get(this.epochKey)) ?? undefined;
  }

  async setEpoch(epoch: string): Promise<void> {
    await this.connection.set(this.epochKey, epoch);
  }

  onReturn(listener: () => void): void {
    this.connection.on('ready', listener);
  }

  async close(): Promise<void> {
    await Promise.all([...this.producers.values()].map((producer) => producer.close()));
    this.connection.disconnectAll();
  }

  private get epochKey(): string {
    return `${this.prefix}:epoch`;
  }

  private key(queue: string, name: string): string {
    return `${this.prefix}:${queue}:${name}`;
  }

  private deduplicationKeys(queue: string, triggerIds: readonly string[]): readonly string[] {
    return triggerIds.map((triggerId) => this.key(queue, `de:${triggerId}`));
  }

  /** Asks the server nothing when it is made, because that may fail and would make it useless for good. */
  private producer(queue: string): Queue {
    const known = this.producers.get(queue);
    if (known) return known;
    const producer = new Queue(queue, {
      connection: this.connection,
      prefix: this.prefix,
      skipMetasUpdate: true,
      skipVersionCheck: true,
      skipWaitingForReady: true,
    });
    producer.on('error', () => undefined); // the call that failed reports it
    this.producers.set(queue, producer);
    return producer;
  }
}
