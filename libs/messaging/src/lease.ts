import { randomUUID } from 'node:crypto';
import { DeferredError } from '@gatehouse/errors';
import type { DataSource, EntityManager } from 'typeorm';
import type { ElapsedClock } from './elapsed-clock.js';

export interface LeaseTiming {
  /** How long a lease lasts after its last renewal. */
  readonly lastsMs: number;
  readonly renewEveryMs: number;
  /** How soon a job that meets a held lease comes back. */
  readonly heldRetryMs: number;
}

interface Hold {
  readonly key: string;
  readonly holder: string;
  /** When the statement was sent that took or renewed it: the database's clock started later, never earlier. */
  readonly from: number;
  readonly takenOver: boolean;
}

/**
 * The right to be the one writer of something, for a limited time. The database's clock decides who holds it; how much
 * is left of it is measured here, pessimistically, so that a process that was frozen notices it without a query.
 */
export class Lease {
  private readonly key: string;
  private readonly holder: string;
  private from: number;
  private gone = false;
  private renewing: Promise<void> | undefined;
  private heartbeat: NodeJS.Timeout | undefined;
  /** Its last holder never gave it back: that one may still have a call on its way. */
  readonly takenOver: boolean;

  private constructor(
    private readonly dataSource: DataSource,
    private readonly timing: LeaseTiming,
    private readonly clock: ElapsedClock,
    { key, holder, from, takenOver }: Hold,
  ) {
    this.key = key;
    this.holder = holder;
    this.from = from;
    this.takenOver = takenOver;
    this.heartbeat = setInterval(() => void this.beat(), timing.renewEveryMs).unref();
  }

  /** @throws DeferredError while somebody else holds it */
  static async take(dataSource: DataSource, timing: LeaseTiming, clock: ElapsedClock, key: string): Promise<Lease> {
    const holder = randomUUID();
    const from = clock();
    const rows = await dataSource.query<{ taken_over: boolean }[]>(takeLease, [key, holder, timing.lastsMs]);
    if (!rows[0]) {
      throw new DeferredError('lease.held', 'Another worker is at this very account.', {
        retryAfterMs: timing.heldRetryMs,
      });
    }
    return new Lease(dataSource, timing, clock, { key, holder, from, takenOver: rows[0].taken_over });
  }

  /** What is left at least; 0 once it is lost. */
  get remainingMs(): number {
    return this.gone ? 0 : Math.max(0, this.from + this.timing.lastsMs - this.clock());
  }

  /**
   * Before anything that must not land after the lease has passed on: renews it unless more than `neededMs` are left.
   * @throws DeferredError `lease.lost`
   */
  async assure(neededMs: number): Promise<void> {
    if (this.remainingMs > neededMs) return;
    if (!this.gone) await this.renew();
    if (this.remainingMs <= neededMs) throw this.lost();
  }

  /** Afterwards: was it held to the end? Asks nobody. @throws DeferredError `lease.lost` */
  assertHeld(): void {
    if (this.remainingMs <= 0) throw this.lost();
  }

  /**
   * First statement of a transaction that must not commit once somebody else has taken over: a taker waits for it.
   * @throws DeferredError `lease.lost`
   */
  async fence(manager: EntityManager): Promise<void> {
    const rows = await manager.query<unknown[]>(
      'select 1 from messaging.lease where key = $1 and holder = $2 for share',
      [this.key, this.holder],
    );
    if (rows.length > 0) return;
    this.gone = true;
    throw this.lost();
  }

  /** Gives back only what is still its own. */
  async release(): Promise<void> {
    clearInterval(this.heartbeat);
    await this.renewing?.catch(() => undefined); // whoever waits for it is told
    // If this fails the lease expires by itself, and whoever takes it over looks twice.
    await this.dataSource
      .query('delete from messaging.lease where key = $1 and holder = $2', [this.key, this.holder])
      .catch(() => undefined);
  }

  private async beat(): Promise<void> {
    if (this.gone) return;
    // A beat that fails is no news: what is left shrinks, and the next `assure` renews or tells.
    await this.renew().catch(() => undefined);
  }

  private renew(): Promise<void> {
    this.renewing ??= this.renewOnce().finally(() => (this.renewing = undefined));
    return this.renewing;
  }

  /** One that has expired but was taken by nobody is still ours: nobody wrote in between. */
  private async renewOnce(): Promise<void> {
    const from = this.clock();
    const [, renewed] = await this.dataSource.query<[unknown, number]>(renewLease, [
      this.key,
      this.holder,
      this.timing.lastsMs,
    ]);
    if (renewed > 0) this.from = from;
    else this.gone = true;
  }

  private lost(): DeferredError {
    return new DeferredError('lease.lost', 'Another worker may have taken over this account.', {
      retryAfterMs: this.timing.heldRetryMs,
    });
  }
}

const takeLease = `
insert into messaging.lease as held (key, holder, expires_at)
values ($1, $2, clock_timestamp() + $3 * interval '1 millisecond')
on conflict (key) do update
set holder = excluded.holder, expires_at = excluded.expires_at, takeovers = held.takeovers + 1
where held.expires_at <= clock_timestamp()
returning takeovers > 0 as taken_over`;

const renewLease = `
update messaging.lease set expires_at = clock_timestamp() + $3 * interval '1 millisecond'
where key = $1 and holder = $2`;
