import type { DataSource } from 'typeorm';
import { Lease } from './lease.js';
import type { ElapsedClock, LeaseTiming } from './lease.js';

/** Clocks differ by less than this unless the machine slept or somebody set one. */
const sleepMs = 1_000;

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

/**
 * The monotonic clock runs on while a process is stopped, but not while its machine sleeps; the wall clock does, but can
 * be set back. A gap that only the wall clock shows is counted: at worst a lease is renewed too early.
 */
function elapsedClock(now = () => ({ monotonic: performance.now(), wall: Date.now() })): ElapsedClock {
  let last = now();
  let elapsed = 0;
  return () => {
    const next = now();
    const monotonic = next.monotonic - last.monotonic;
    const wall = next.wall - last.wall;
    elapsed += wall - monotonic > sleepMs ? wall : monotonic;
    last = next;
    return elapsed;
  };
}
