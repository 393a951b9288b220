import type { DataSource, EntityManager } from 'typeorm';

export interface RecoveryCount {
  /** `redelivered`: a worker went silent with the job. `re-enqueued`: the queue store had lost it. */
  readonly kind: 'redelivered' | 're-enqueued';
  readonly queue: string;
  readonly count: number;
  readonly lastAt: Date;
}

/** Adds to how often a lane lost or took back jobs. */
export async function countRecovery(
  manager: EntityManager,
  { kind, queue, count }: Pick<RecoveryCount, 'kind' | 'queue' | 'count'>,
): Promise<void> {
  await manager.query(
    `insert into messaging.recovery as known (kind, queue, count, last_at) values ($1, $2, $3, now())
     on conflict (kind, queue) do update set count = known.count + excluded.count, last_at = now()`,
    [kind, queue, count],
  );
}

/** Newest first. */
export async function readRecoveries(dataSource: DataSource): Promise<readonly RecoveryCount[]> {
  return dataSource.query<RecoveryCount[]>(
    `select kind, queue, count::float8 as count, last_at as "lastAt" from messaging.recovery order by last_at desc`,
  );
}
