import type { Notifications } from '@gatehouse/database';
import type { Logger } from '@gatehouse/telemetry';
import { Gathering } from './gathering.js';
import { Loop } from './loop.js';
import type { Rest } from './loop.js';
import type { QueueStore, Trigger } from './queue-store.js';
import { triggerIdOf } from './queue-store.js';
import type { LaneRow, OpenRows, RelayConnection } from './relay.connection.js';
import { StoreHealth } from './store-health.js';
import type { Turns } from './turns.js';

export interface RelayTuning {
  /** How many rows of a lane may be in the store; the rest of a backlog stays in the outbox. */
  readonly window: number;
  /** Backstop for a lost notification. */
  readonly pollMs: number;
}

/** Small, so that an interactive row never waits long behind a batch for another lane. */
const batchSize = 20;
const longestBackoffMs = 10_000;
/** Of a full lane; the second while somebody signs in. The window outlasts both. */
const refillAfterMs = { quiet: 50, busy: 500 } as const;

/**
 * Moves committed outbox rows into the queue store. Every process runs one, for the lanes it works itself; replicas share
 * them by SKIP LOCKED.
 */
export class Relay {
  private readonly loop = new Loop(() => this.step());
  private readonly health: StoreHealth;
  /** Lanes whose window was full when they were last looked at: looked at again when a job ends or at the next poll. */
  private readonly full = new Set<string>();
  private readonly gathering: Gathering;
  private pollDueAt = 0;
  private readonly stopListening: (() => void)[] = [];
  private refill: NodeJS.Timeout | undefined;
  private failures = 0;

  /** @param queues the lanes of this process, the most urgent first */
  constructor(
    private readonly connection: RelayConnection,
    private readonly notifications: Notifications,
    private readonly store: QueueStore,
    private readonly queues: readonly string[],
    private readonly tuning: RelayTuning,
    private readonly turns: Pick<Turns, 'isQuiet'>,
    logger: Logger,
  ) {
    this.health = new StoreHealth(logger, 'relay');
    this.gathering = new Gathering(turns, () => this.loop.wake());
  }

  async start(): Promise<void> {
    if (this.queues.length === 0) return;
    for (const channel of ['gatehouse_outbox', 'gatehouse_lane'] as const)
      this.stopListening.push(await this.notifications.on(channel, (queue) => this.published(queue)));
    this.loop.start();
  }

  /** @param queue empty: any */
  private published(queue: string): void {
    if (queue === '' || (this.queues.includes(queue) && !this.gathering.begin(queue))) this.loop.wake();
  }

  wake(): void {
    this.loop.wake();
  }

  /** A job of this lane has ended: if the lane was full, there is room now. */
  settled(queue: string): void {
    if (!this.full.has(queue)) return;
    // One refill for many settlements, or a backlog would be moved row by row.
    this.refill ??= setTimeout(
      () => {
        this.refill = undefined;
        this.full.clear();
        this.loop.wake();
      },
      this.turns.isQuiet ? refillAfterMs.quiet : refillAfterMs.busy,
    );
  }

  async stop(): Promise<void> {
    for (const stop of this.stopListening) stop();
    clearTimeout(this.refill);
    await this.loop.stop();
    this.gathering.stop();
    await this.connection.close();
  }

  private async step(): Promise<Rest> {
    try {
      const more = await this.connection.transaction((rows) => this.sendBatch(rows));
      this.failures = 0;
      this.health.well();
      return { ms: more ? 0 : this.tuning.pollMs, wakeable: true };
    } catch (error) {
      // The rows are open as before. A wake-up does not shorten this rest: an event storm must not become a retry storm.
      this.health.ill(error);
      this.failures += 1;
      return { ms: backoffMs(this.failures, Math.random()), wakeable: false };
    }
  }

  /**
   * The add is committed before the mark: a crash between the two adds the same key again, which is harmless,
   * while the other order could lose it.
   */
  private async sendBatch(open: OpenRows): Promise<boolean> {
    const queues = this.lanesToLookAt();
    const rows = await open.take(queues, batchSize, this.tuning.window);
    let more = false;
    for (const queue of queues) {
      const lane = rows.filter((row) => row.queue === queue);
      if (lane.length === 0) continue; // paused
      const taken = lane.filter((row) => row.id !== null);
      const room = lane[0]!.room;
      if (taken.length >= room) this.full.add(queue);
      if (taken.length >= batchSize && taken.length < room && !this.gathering.begin(queue)) more = true;
      if (taken.length === 0) continue;
      await this.enqueue(queue, newestPerKey(taken));
      // Each lane by itself: PostgreSQL must hear of us while a slow store has many lanes to answer for.
      await open.markSent(taken.map(({ id }) => id!));
    }
    return more;
  }

  /** A full lane costs a count of its whole window, which a login must not pay for a backlog of another lane. */
  private lanesToLookAt(): readonly string[] {
    const now = performance.now();
    if (now >= this.pollDueAt) {
      this.full.clear();
      this.pollDueAt = now + this.tuning.pollMs;
    }
    return this.queues.filter((queue) => !this.full.has(queue) && !this.gathering.has(queue));
  }

  private async enqueue(queue: string, triggers: readonly Trigger[]): Promise<void> {
    const absorbed = await this.store.add(queue, triggers);
    // What absorbed them may be waiting out a backoff: a fresh trigger ends it.
    if (absorbed.length > 0) await this.store.promote(queue, absorbed);
  }
}

function backoffMs(failures: number, random: number): number {
  return Math.max(100, random * Math.min(longestBackoffMs, 250 * 2 ** Math.min(failures, 10)));
}

/** Rows come oldest first; a key needs one job, and that of its newest trigger. */
function newestPerKey(rows: readonly LaneRow[]): readonly Trigger[] {
  const newest = new Map<string, Trigger>();
  for (const { job, key, payload } of rows) {
    const triggerId = triggerIdOf({ name: job }, key);
    newest.set(triggerId, { triggerId, job, payload });
  }
  return [...newest.values()];
}
