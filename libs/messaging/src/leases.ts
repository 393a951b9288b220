import { randomUUID } from 'node:crypto';
import { statement, Statements } from '@gatehouse/database';
import type { DataSource } from 'typeorm';
import { elapsedClock } from './elapsed-clock.js';
import type { ElapsedClock } from './elapsed-clock.js';
import { Lease, taking } from './lease.js';
import type { LeaseRequest, LeaseTiming, TakingValues } from './lease.js';

const defaultTiming: LeaseTiming = { lastsMs: 10_000, renewEveryMs: 3_000, heldRetryMs: 250 };

/** One writer at a time for a key, across all processes on one database. */
export class Leases {
  private readonly timing: LeaseTiming;
  private readonly statements: Statements;

  constructor(
    private readonly dataSource: DataSource,
    timing: Partial<LeaseTiming> = {},
    private readonly clock: ElapsedClock = elapsedClock(),
  ) {
    this.timing = { ...defaultTiming, ...timing };
    this.statements = new Statements(dataSource);
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
    const request = this.request(key, { isFlushed });
    const taken = await this.statements.first(takeLease, this.valuesOf(request));
    const lease = this.granted(request, taken?.taken_over ?? null);
    try {
      const result = await work(lease);
      lease.heed();
      return result;
    } finally {
      await lease.release();
    }
  }

  /** For a statement with `taking`; made right before it is sent. `isFlushed` as in `hold`. */
  request(key: string, { isFlushed }: { readonly isFlushed: boolean }): LeaseRequest {
    return { key, holder: randomUUID(), from: this.clock(), isFlushed };
  }

  valuesOf({ key, holder, isFlushed }: LeaseRequest): TakingValues {
    return [key, holder, this.timing.lastsMs, isFlushed];
  }

  /**
   * What the statement said. Whoever gets a lease gives it back.
   * @throws DeferredError `lease.held` for null
   */
  granted(request: LeaseRequest, takenOver: boolean | null): Lease {
    return Lease.granted(this.dataSource, this.timing, this.clock, request, takenOver);
  }
}

const takeLease = statement<{ taken_over: boolean }>(
  `with ${taking(['$1', '$2', '$3', '$4'])} select taken_over from lease`,
);
