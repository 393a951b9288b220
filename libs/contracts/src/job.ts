import type { z } from 'zod';
import type { EventDefinition } from './event.js';
import type { ServiceName } from './service.js';

/** What jobs may need beside PostgreSQL: while it is away as a whole, none of them is taken. */
export const dependencies = ['jira'] as const;
export type Dependency = (typeof dependencies)[number];

/** One piece of work, imperative, with exactly one handler. */
export interface JobDefinition<Payload extends z.ZodType = z.ZodType> {
  readonly name: string;
  readonly service: ServiceName;
  readonly meaning: string;
  /** Ids and a trace id only: a queue is not a place for people, claims or tokens. */
  readonly payload: Payload;
  /** Within a lane, a waiting job of this key absorbs newcomers and a running one is followed by one more. */
  readonly key: (payload: z.output<Payload>) => string;
  /** How often a fault of this one person is tried before the job is parked. An outage of Jira uses no attempt. */
  readonly attempts: number;
  /** A run holds the lease `{lease}/{key}` from the moment at which it knows what it answers for. */
  readonly lease?: 'account';
  /** Its lanes rest while the breaker of this is open. */
  readonly needs?: Dependency;
  /** The events this job may commit; the outbox refuses others. Lanes are derived from it. */
  readonly emits: readonly EventDefinition[];
}

export type PayloadOf<Job extends JobDefinition> = z.output<Job['payload']>;

export function defineJob<Payload extends z.ZodType>(job: JobDefinition<Payload>): JobDefinition<Payload> {
  return Object.freeze(job);
}
