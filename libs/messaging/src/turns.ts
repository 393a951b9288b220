import { setTimeout as delay } from 'node:timers/promises';
import type { Lane } from '@gatehouse/contracts';
import { bulkPace } from './bulk-pace.js';

const urgentLanes: readonly Lane[] = ['offboarding', 'interactive'];
const lookAgainMs = 20;

/** Lets the bulk lane of this process wait for its turn; every other lane runs at once. */
export class Turns {
  private urgentRunning = 0;
  private urgentEndedAt = Number.NEGATIVE_INFINITY;
  private bulkRunning = 0;
  private bulkEndedAt = Number.NEGATIVE_INFINITY;
  private lastBulkMs = 0;

  run<Result>(lane: Lane, work: () => Promise<Result>): Promise<Result> {
    if (urgentLanes.includes(lane)) return this.runUrgent(work);
    return lane === 'bulk' ? this.runBulk(work) : work();
  }

  private async runUrgent<Result>(work: () => Promise<Result>): Promise<Result> {
    this.urgentRunning += 1;
    try {
      return await work();
    } finally {
      this.urgentRunning -= 1;
      this.urgentEndedAt = performance.now();
    }
  }

  private async runBulk<Result>(work: () => Promise<Result>): Promise<Result> {
    while (!this.isBulkTurn()) await delay(lookAgainMs);
    this.bulkRunning += 1;
    const startedAt = performance.now();
    try {
      return await work();
    } finally {
      this.bulkRunning -= 1;
      this.bulkEndedAt = performance.now();
      this.lastBulkMs = this.bulkEndedAt - startedAt;
    }
  }

  private isBulkTurn(): boolean {
    const now = performance.now();
    const urgent = { running: this.urgentRunning, quietMs: now - this.urgentEndedAt };
    const { concurrency, restMs } = bulkPace(urgent, this.lastBulkMs);
    return this.bulkRunning < concurrency && now - this.bulkEndedAt >= restMs;
  }
}
