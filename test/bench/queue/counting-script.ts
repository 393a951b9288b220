import type { Reference } from '../../../libs/messaging/test/scripted.js';
import { Script } from '../../../libs/messaging/test/scripted.js';

/** Handlers that do nothing but tell when they were called: what is measured is the engine. */
export class CountingScript extends Script {
  /** How many have ended. */
  ended = 0;
  private readonly awaited = new Map<string, (startedAt: number) => void>();

  /** Resolves with the time at which the thing's handler starts. */
  startOf(thingId: string): Promise<number> {
    return new Promise((resolve) => this.awaited.set(thingId, resolve));
  }

  override play(_job: string, { thingId }: Reference): Promise<void> {
    const startedAt = performance.now();
    this.awaited.get(thingId)?.(startedAt);
    this.awaited.delete(thingId);
    this.ended += 1;
    return Promise.resolve();
  }
}
