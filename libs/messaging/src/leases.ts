import type { DataSource } from 'typeorm';
import { elapsedClock } from './elapsed-clock.js';
import type { ElapsedClock } from './elapsed-clock.js';
import { Lease } from './lease.js';
import type { LeaseTiming } from './lease.js';

const defaultTiming: LeaseTiming = { lastsMs: 10_000, renewEveryMs: 3_000, heldRetryMs: 250 };

/** One writer at a time for a key, across all processes on one database. */
export class Leases {
  private readonly timing: LeaseTiming;

  constructor(
    private readonly dataSource: DataSource,
    timing: Partial<LeaseTiming> = {},
    private readonly clock: ElapsedClock = elapsedClock(),
  ) {
    this.timing = { ...defaultTiming, ...timing };
  }

  get lastsMs(): number {
    return this.timing.lastsMs;
  }

  /**
   * Does the work while holding the lease of `key`, renewing it, and gives it back.
   * @throws DeferredError `lease.held` while somebody else holds it
   */
  async hold<Result>(key: string, work: (lease: Lease) => Promise<Result>): Promise<Result> {
    const lease = await Lease.take(this.dataSource, this.timing, this.clock, key);
    try {
      return await work(lease);
    } finally {
      await lease.release();
    }
  }
}
