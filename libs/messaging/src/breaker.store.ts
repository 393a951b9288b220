import type { Dependency } from '@gatehouse/contracts';
import type { ErrorCode } from '@gatehouse/errors';
import type { DataSource, EntityManager } from 'typeorm';
import { decideFailedProbe, decideTrip } from './decide-breaker.js';
import type { BreakerDecision, BreakerFacts, Fault } from './decide-breaker.js';

export interface BreakerRecord extends BreakerFacts {
  readonly code: ErrorCode | null;
  readonly alerted: boolean;
  /** Of the process whose call failed last. */
  readonly connection: string | null;
  readonly openForMs: number;
}

type Decide = (facts: BreakerFacts) => BreakerDecision;

/** The row all processes share. Its times are the database's. */
export class BreakerStore {
  constructor(
    private readonly dataSource: DataSource,
    private readonly name: Dependency,
  ) {}

  async read(manager: EntityManager = this.dataSource.manager, lock = ''): Promise<BreakerRecord | undefined> {
    const rows = await manager.query<BreakerRecord[]>(`${selectBreaker} where name = $1 ${lock}`, [this.name]);
    return rows[0];
  }

  async trip(fault: Fault, connection: string | undefined): Promise<void> {
    await this.decide(fault, connection, (facts) => decideTrip(facts, fault, Math.random()));
  }

  /** One prober at a time; one that died is replaced. @param atOnce does not wait until a probe is due */
  async claimProbe(holder: string, lastsMs: number, atOnce: boolean): Promise<boolean> {
    const [, claimed] = await this.dataSource.query<[unknown, number]>(claimProbe, [
      this.name,
      holder,
      lastsMs,
      atOnce,
    ]);
    return claimed > 0;
  }

  async probeFailed(holder: string, fault: Fault, connection: string): Promise<void> {
    await this.decide(fault, connection, (facts) => decideFailedProbe(facts, fault, Math.random()), holder);
  }

  async close(holder: string): Promise<void> {
    await this.dataSource.query(closeBreaker, [this.name, holder]);
  }

  /** True for one caller per opening. */
  async claimAlert(): Promise<boolean> {
    const [, claimed] = await this.dataSource.query<[unknown, number]>(
      `update messaging.breaker set alerted_at = now()
       where name = $1 and state <> 'closed' and alerted_at is null`,
      [this.name],
    );
    return claimed > 0;
  }

  private async decide(fault: Fault, connection: string | undefined, decide: Decide, holder?: string): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      await manager.query('insert into messaging.breaker (name) values ($1) on conflict do nothing', [this.name]);
      const record = (await this.read(manager, 'for update'))!;
      const decision = decide(record);
      if (decision.kind === 'keep') return;
      const [, changed] =
        decision.kind === 'extend'
          ? await manager.query<[unknown, number]>(extendWait, [this.name, decision.waitMs])
          : await manager.query<[unknown, number]>(openBreaker, [
              this.name,
              fault.code,
              decision.failures,
              decision.waitMs,
              connection ?? null,
              holder ?? null,
            ]);
      if (changed > 0) await manager.query(`select pg_notify('gatehouse_breaker', $1)`, [this.name]);
    });
  }
}

const selectBreaker = `
select state, code, failures, connection, alerted_at is not null as alerted,
       coalesce(ceil(extract(epoch from until - clock_timestamp()) * 1000), 0)::float8 as "waitMs",
       coalesce(round(extract(epoch from clock_timestamp() - opened_at) * 1000), 0)::float8 as "openForMs"
from messaging.breaker`;

/** A prober whose turn was given to another changes nothing. */
const openBreaker = `
update messaging.breaker
set state = 'open', code = $2, failures = $3, until = clock_timestamp() + $4 * interval '1 millisecond',
    opened_at = coalesce(opened_at, clock_timestamp()), connection = $5, probe_holder = null, probe_until = null
where name = $1 and ($6::uuid is null or probe_holder = $6)`;

const extendWait = `
update messaging.breaker set until = clock_timestamp() + $2 * interval '1 millisecond' where name = $1`;

const claimProbe = `
update messaging.breaker
set state = 'probing', probe_holder = $2, probe_until = clock_timestamp() + $3 * interval '1 millisecond'
where name = $1 and state <> 'closed' and ($4 or until <= clock_timestamp())
  and (probe_holder is null or probe_until <= clock_timestamp())`;

const closeBreaker = `
with closed as (
  update messaging.breaker
  set state = 'closed', code = null, failures = 0, until = null, opened_at = null, alerted_at = null,
      probe_holder = null, probe_until = null, connection = null
  where name = $1 and probe_holder = $2 returning name
)
select pg_notify('gatehouse_breaker', name) from closed`;
