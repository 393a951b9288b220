import { newTraceId } from '@gatehouse/telemetry';
import type { DataSource } from 'typeorm';

export interface Fact {
  readonly event: string;
  readonly job: string;
  readonly queue: string;
  /** What the job's key is made of, and the member of its payload. */
  readonly of: 'accountId' | 'identityId' | 'provider';
}

export const signedIn: Fact = {
  event: 'identity.verified',
  job: 'map-claims',
  queue: 'claim-mapping.interactive',
  of: 'identityId',
};
export const mappingDue: Fact = {
  event: 'identity.mapping-due',
  job: 'map-claims',
  queue: 'claim-mapping.bulk',
  of: 'identityId',
};
export const driftCheckDue: Fact = {
  event: 'account.drift-check-due',
  job: 'reconcile-account',
  queue: 'group-sync.bulk',
  of: 'accountId',
};
export const mappingChanged: Fact = {
  event: 'mapping.changed',
  job: 'remap-provider',
  queue: 'claim-mapping.bulk',
  of: 'provider',
};

/** As their service commits them. @returns the trace they have in common */
export async function publish(dataSource: DataSource, fact: Fact, keys: readonly string[]): Promise<string> {
  const traceId = newTraceId();
  await dataSource.query(
    `insert into messaging.outbox (event, job, queue, key, payload, trace_id)
     select $1, $2, $3, key, jsonb_build_object($4::text, key, 'traceId', $5::text), $5
     from unnest($6::text[]) with ordinality as wanted (key, place) order by place`,
    [fact.event, fact.job, fact.queue, fact.of, traceId, keys],
  );
  await dataSource.query(`select pg_notify('gatehouse_outbox', '')`);
  return traceId;
}

/** The full audit of the drift sweep, whose jobs carry no key of their own. */
export async function orderAudit(dataSource: DataSource): Promise<string> {
  const traceId = newTraceId();
  await dataSource.query(
    `insert into messaging.outbox (event, job, queue, key, payload, trace_id)
     values ('drift.audit-due', 'sweep-drift', 'group-sync.bulk', 'all', jsonb_build_object('scope', 'all', 'traceId', $1::text), $1)`,
    [traceId],
  );
  await dataSource.query(`select pg_notify('gatehouse_outbox', '')`);
  return traceId;
}
