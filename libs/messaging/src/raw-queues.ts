import type { Queue } from 'bullmq';
import type { QueueStore } from './queue-store.js';

/** BullMQ's own view of a lane. For showing it, and for nothing else: who changes it goes behind the outbox's back. */
export type RawQueue = Queue;

/** The lanes of the flow as the queue store in use has them, for the raw board. */
export class RawQueues {
  constructor(
    private readonly store: QueueStore,
    private readonly queues: readonly string[],
  ) {}

  /** The objects are made when first asked for, hold no connection of their own, and are closed with the store. */
  all(): readonly RawQueue[] {
    return this.queues.map((queue) => this.store.rawQueue(queue));
  }
}
