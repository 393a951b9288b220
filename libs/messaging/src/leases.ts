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
   * @param options.isFlushed false for a holder that commits durably, and by its claim, before the first change it makes
   * elsewhere: a lease that was lost with the server may pass on while its holder lives, which finds that out there
   * @throws DeferredError `lease.held` while somebody else holds it
   */
  async hold<Result>(
    key: string,
    work: (lease: Lease) => Promise<Result>,
    { isFlushed = true }: { readonly isFlushed?: boolean } = {},
  ): Promise<Result> {
    const lease = await Lease.take(this.dataSource, this.timing, this.clock, { key, isFlushed });
    try {
      return await work(lease);
    } finally {
      await lease.release();
    }
  }
}
