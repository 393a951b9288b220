import { DeferredError } from '@gatehouse/errors';
import { unflushed } from '@gatehouse/database';
import type { DataSource, EntityManager } from 'typeorm';
import type { ElapsedClock } from './elapsed-clock.js';

export interface LeaseTiming {
  /** How long a lease lasts after its last renewal. */
  readonly lastsMs: number;
  readonly renewEveryMs: number;
  /** How soon a job that meets a held lease comes back. */
  readonly heldRetryMs: number;
}

/** A lease that is being asked for. */
export interface LeaseRequest {
  readonly key: string;
  readonly holder: string;
  /** When the statement was sent that takes or renews it: the database's clock started later, never earlier. */
  readonly from: number;
  readonly isFlushed: boolean;
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
  private isGivenBack = false;
  private renewing: Promise<void> | undefined;
  private heartbeat: NodeJS.Timeout | undefined;
  /** Its last holder never gave it back: that one may still have a call on its way. */
  readonly takenOver: boolean;
  /** The same, and nobody has seen to it yet. */
  private isUnheeded: boolean;

  private constructor(
    private readonly dataSource: DataSource,
    private readonly timing: LeaseTiming,
    private readonly clock: ElapsedClock,
    { key, holder, from }: LeaseRequest,
    takenOver: boolean,
  ) {
    this.key = key;
    this.holder = holder;
    this.from = from;
    this.takenOver = takenOver;
    this.isUnheeded = takenOver;
    this.heartbeat = setInterval(() => void this.beat(), timing.renewEveryMs).unref();
  }

  /**
   * @param takenOver what the statement with `taking` said of it; null: somebody else holds it
   * @throws DeferredError `lease.held`
   */
  static granted(
    dataSource: DataSource,
    timing: LeaseTiming,
    clock: ElapsedClock,
    request: LeaseRequest,
    takenOver: boolean | null,
  ): Lease {
    if (takenOver !== null) return new Lease(dataSource, timing, clock, request, takenOver);
    throw new DeferredError('lease.held', 'Another worker is at this very account.', {
      retryAfterMs: timing.heldRetryMs,
    });
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

  /** For a commit that is one statement: the values of `holding` and of `givingBack`. */
  get claim(): readonly [key: string, holder: string] {
    return [this.key, this.holder];
  }

  /**
   * What a statement with `holding` or `givingBack` found.
   * @throws DeferredError `lease.lost` when it was no longer held; the statement has done nothing then
   */
  confirm(found: 'held' | 'given-back' | 'lost'): void {
    if (found === 'held') return;
    if (found === 'given-back') {
      this.isGivenBack = true;
      return;
    }
    this.gone = true;
    throw this.lost();
  }

  /** Whatever its last holder may have left is seen to, durably: who comes next need not. */
  heed(): void {
    this.isUnheeded = false;
  }

  /** Gives back only what is still its own. One that was taken over and failed before that was seen to is taken over again. */
  async release(): Promise<void> {
    clearInterval(this.heartbeat);
    await this.renewing?.catch(() => undefined); // whoever waits for it is told
    if (this.isGivenBack) return;
    // If this fails the lease expires by itself, and whoever takes it over looks twice.
    await this.dataSource
      .query(this.isUnheeded ? endLease : giveBackLease, [this.key, this.holder])
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

export type TakingValues = readonly [key: string, holder: string, lastsMs: number, isFlushed: boolean];

/**
 * CTE `lease`: one row `taken_over` when the lease was taken, none while somebody else holds it.
 * @param values where the statement has its `TakingValues`; `when` under which condition: all of it SQL, never a value
 */
export function taking(
  [key, holder, lastsMs, isFlushed]: readonly [string, string, string, string],
  when = 'true',
): string {
  return `
lease as (
  insert into messaging.lease as held (key, holder, expires_at)
  select ${key}, ${holder}::uuid, clock_timestamp() + ${lastsMs}::float8 * interval '1 millisecond'
  where ${when} and case when ${isFlushed}::boolean then true else ${unflushed} end
  on conflict (key) do update
  set holder = excluded.holder, expires_at = excluded.expires_at, takeovers = held.takeovers + 1
  where held.expires_at <= clock_timestamp()
  returning takeovers > 0 as taken_over
)`;
}

const giveBackLease = 'delete from messaging.lease where key = $1 and holder = $2';
const endLease = 'update messaging.lease set expires_at = clock_timestamp() where key = $1 and holder = $2';

const renewLease = `
update messaging.lease set expires_at = clock_timestamp() + $3 * interval '1 millisecond'
where key = $1 and holder = $2`;

/** CTE `held`: one row while the lease is its holder's. Whatever else its statement does must depend on that row. */
export function holding(key: string, holder: string): string {
  return `held as (select key from messaging.lease where key = ${key} and holder = ${holder} for share)`;
}

/** The same, and the lease ends with the statement's commit. */
export function givingBack(key: string, holder: string): string {
  return `held as (delete from messaging.lease where key = ${key} and holder = ${holder} returning key)`;
}
