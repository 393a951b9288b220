import type { Logger } from '@gatehouse/telemetry';
import type { DataSource } from 'typeorm';
import type { QueueStore } from './queue-store.js';

/** An operator's pause: an intent with a name and a reason, not a fault. */
export interface LanePause {
  readonly pausedAt: Date;
  readonly pausedBy: string;
  readonly reason: string;
  /** The lane goes on by itself then; null: only when somebody resumes it. */
  readonly resumeAt: Date | null;
}

export interface LaneState {
  /** `service.lane` */
  readonly queue: string;
  readonly pause: LanePause | undefined;
}

export interface PauseRequest {
  readonly actor: string;
  readonly reason: string;
  readonly resumeAt?: Date | undefined;
}

/**
 * The operator's switch of each lane. PostgreSQL remembers it; the store is told at once, and told again by the upkeep
 * when it did not hear or has forgotten. Who may press it, and the audit of it, are the caller's.
 */
export class Lanes {
  /** @param queues all lanes of the flow, the most urgent first */
  constructor(
    private readonly dataSource: DataSource,
    private readonly store: QueueStore,
    private readonly queues: readonly string[],
    private readonly logger: Logger,
  ) {}

  /** Every lane of the flow, the most urgent first. */
  async list(): Promise<readonly LaneState[]> {
    const rows = await this.dataSource.query<(LanePause & { queue: string })[]>(
      `select queue, paused_at as "pausedAt", paused_by as "pausedBy", reason, resume_at as "resumeAt"
       from messaging.lane_state`,
    );
    const pauses = new Map(rows.map(({ queue, ...pause }) => [queue, pause]));
    return this.queues.map((queue) => ({ queue, pause: pauses.get(queue) }));
  }

  /** Jobs that run are not interrupted. Pausing a paused lane replaces its reason and its end. */
  async pause(queue: string, { actor, reason, resumeAt }: PauseRequest): Promise<'paused' | 'no-such-lane'> {
    if (!this.queues.includes(queue)) return 'no-such-lane';
    await this.dataSource.query(pauseLane, [queue, actor, reason, resumeAt ?? null]);
    await this.tell(queue, true);
    return 'paused';
  }

  async resume(queue: string, { actor }: { actor: string }): Promise<'resumed' | 'not-paused' | 'no-such-lane'> {
    if (!this.queues.includes(queue)) return 'no-such-lane';
    const [row] = await this.dataSource.query<{ resumed: boolean }[]>(resumeLane, [queue]);
    await this.tell(queue, false);
    if (!row!.resumed) return 'not-paused';
    this.logger.info({ queue, actor }, 'lane resumed');
    return 'resumed';
  }

  /** Brings the store to what PostgreSQL says. @throws whatever the store throws when it is away */
  async apply(): Promise<void> {
    const states = await this.list();
    const paused = await this.store.pausedLanes(this.queues);
    for (const { queue, pause } of states)
      if (paused.has(queue) !== (pause !== undefined)) await this.store.setPaused(queue, pause !== undefined);
  }

  /** Ends the pauses whose time is over. */
  async resumeDue(): Promise<void> {
    const due = await this.dataSource.query<{ queue: string }[]>(
      `select queue from messaging.lane_state where resume_at <= now()`,
    );
    for (const { queue } of due) await this.resume(queue, { actor: 'its own end' });
  }

  private async tell(queue: string, paused: boolean): Promise<void> {
    try {
      await this.store.setPaused(queue, paused);
    } catch (error) {
      // The command stands: it is committed, and the upkeep applies it when the store answers.
      const reason = error instanceof Error ? error.message : typeof error;
      this.logger.warn({ queue, reason }, 'the queue store could not be told about a pause yet');
    }
  }
}

/** The notification wakes relays and upkeep of every process. */
const pauseLane = `
with paused as (
  insert into messaging.lane_state (queue, paused_by, reason, resume_at) values ($1, $2, $3, $4)
  on conflict (queue) do update
  set paused_at = now(), paused_by = excluded.paused_by, reason = excluded.reason, resume_at = excluded.resume_at
  returning queue
) select pg_notify('gatehouse_lane', queue) from paused`;

const resumeLane = `
with resumed as (delete from messaging.lane_state where queue = $1 returning queue),
     told as (select pg_notify('gatehouse_lane', queue) from resumed)
select count(*) > 0 as resumed from told`;
