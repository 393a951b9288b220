import type { DataSource } from 'typeorm';

/** A job that a worker is at. Ids only. */
export interface ActiveWork {
  readonly queue: string;
  readonly job: string;
  readonly key: string;
  readonly traceId: string;
  readonly since: string;
}

export interface WorkerIdentity {
  readonly id: string;
  readonly host: string;
  readonly pid: number;
  readonly version: string;
  readonly services: readonly string[];
  /** The lanes it works. */
  readonly queues: readonly string[];
  readonly startedAt: Date;
}

export interface LiveWorker extends WorkerIdentity {
  readonly seenAt: Date;
  readonly active: readonly ActiveWork[];
  /** It takes no new job and ends within seconds. */
  readonly draining: boolean;
  /** It has been silent for so long that it counts as gone. */
  readonly silent: boolean;
}

/** Four heartbeats. */
export const silentAfterSeconds = 20;
/** A killed worker is shown as silent for a while, so that somebody can see that it was there. */
const forgottenAfterSeconds = 600;
const listedMax = 500;

/** Which processes are there and what they do: our own heartbeats, because a queue store forgets or never knew. */
export class Workers {
  constructor(private readonly dataSource: DataSource) {}

  async beat(worker: WorkerIdentity, active: readonly ActiveWork[], draining: boolean): Promise<void> {
    const { id, host, pid, version, services, queues, startedAt } = worker;
    await this.dataSource.query(
      `insert into messaging.worker (id, host, pid, version, services, queues, started_at, active, draining)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
       on conflict (id) do update set seen_at = now(), active = excluded.active, draining = excluded.draining`,
      [id, host, pid, version, services, queues, startedAt, JSON.stringify(active), draining],
    );
  }

  async leave(id: string): Promise<void> {
    await this.dataSource.query('delete from messaging.worker where id = $1', [id]);
  }

  /** Those that work a lane first. */
  async list(): Promise<readonly LiveWorker[]> {
    return this.dataSource.query<LiveWorker[]>(
      `select id, host, pid, version, services, queues, started_at as "startedAt", seen_at as "seenAt", active, draining,
              seen_at <= now() - $1 * interval '1 second' as silent
       from messaging.worker order by silent, cardinality(queues) desc, host, started_at limit ${listedMax}`,
      [silentAfterSeconds],
    );
  }

  async countByService(): Promise<readonly { service: string; count: number }[]> {
    return this.dataSource.query(
      `select service, count(*)::integer as count from messaging.worker cross join unnest(services) as service
       where not draining and seen_at > now() - $1 * interval '1 second' group by service order by service`,
      [silentAfterSeconds],
    );
  }

  async forget(): Promise<void> {
    await this.dataSource.query(`delete from messaging.worker where seen_at < now() - $1 * interval '1 second'`, [
      forgottenAfterSeconds,
    ]);
  }
}
