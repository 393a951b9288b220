import { lanes, sameLane, queueName, TraceId } from '@gatehouse/contracts';
import type { DataOf, EventDefinition, Lane, Route } from '@gatehouse/contracts';
import type { EntityManager } from 'typeorm';
import { z } from 'zod';
import type { JobContext } from './job-context.js';

const Traced = z.looseObject({ traceId: TraceId });

/** An operator who retries, or a person who reloads, does not come a hundred times while one run waits. */
const carriedTracesMax = 100;

export interface PublishOptions {
  /** Required inside a handler. */
  readonly context?: JobContext;
  readonly notBefore?: Date;
}

/** Writes facts into the caller's transaction: what is rolled back starts nothing, what is committed starts its jobs. */
export class Outbox {
  constructor(private readonly flow: readonly Route[]) {}

  /**
   * One row for each job the flow starts with this event.
   * @param options.notBefore a fact about later: it starts its jobs up to a second after that time
   * @param options.context required inside a handler: gives `sameLane` its lane and limits the events to the job's `emits`
   * @throws Error when there is no transaction to join, or when the flow does not allow the event here
   */
  async publish<Event extends EventDefinition>(
    manager: EntityManager,
    event: Event,
    data: DataOf<Event>,
    options: PublishOptions = {},
  ): Promise<void> {
    await this.publishAll(manager, event, [data], options);
  }

  /** Many facts of one kind in one statement. The caller bounds their number. */
  async publishAll<Event extends EventDefinition>(
    manager: EntityManager,
    event: Event,
    data: readonly DataOf<Event>[],
    { context, notBefore }: PublishOptions = {},
  ): Promise<void> {
    if (!manager.queryRunner?.isTransactionActive)
      throw new Error(`${event.name} must be published in the transaction that commits it`);
    if (context) this.assertEmits(context.job, event);
    const rows = this.rows(event, data, context);
    if (rows.length > 0) await manager.query(insertRows, [JSON.stringify(rows), notBefore ?? null]);
  }

  /** For a caller whose whole commit is one statement: the rows that `publishing` inserts in it, as JSON. */
  rowsOf<Event extends EventDefinition>(event: Event, data: DataOf<Event>, context?: JobContext): string {
    if (context) this.assertEmits(context.job, event);
    return JSON.stringify(this.rows(event, [data], context));
  }

  /** Which relays `Commits` has to tell of what `rowsOf` gave. */
  queuesOf(event: EventDefinition, context?: JobContext): readonly string[] {
    return this.flow
      .filter((route) => route.event.name === event.name)
      .map((route) => queueName(route.job, laneOf(route, context)));
  }

  private rows(event: EventDefinition, data: readonly unknown[], context?: JobContext) {
    const routes = this.flow.filter((route) => route.event.name === event.name);
    // Strict schemas: a caller's object may carry more than its type shows, and only ids may reach a queue.
    const traced = data.flatMap((one) => tracesOf(event.data.parse(one), context));
    return routes.flatMap((route) => traced.map((facts) => rowOf(route, facts, laneOf(route, context))));
  }

  private assertEmits(jobName: string, event: EventDefinition): void {
    const job = this.flow.find((route) => route.job.name === jobName)?.job;
    if (!job?.emits.some(({ name }) => name === event.name))
      throw new Error(`${jobName} may not publish ${event.name}: its contract does not list it under emits`);
  }
}

/**
 * A run that absorbed other triggers acts for all of them: what it causes is traced for each, or whoever
 * waits for an absorbed trace would see it settled while its consequence is still on its way.
 */
function tracesOf(data: unknown, context: JobContext | undefined): readonly z.output<typeof Traced>[] {
  const own = Traced.parse(data);
  const absorbed = (context?.coveredTraceIds ?? []).filter((traceId) => traceId !== own.traceId);
  return [...absorbed.slice(-carriedTracesMax).map((traceId) => ({ ...own, traceId })), own];
}

function laneOf(route: Route, context: JobContext | undefined): Lane {
  if (route.lane !== sameLane) return route.lane;
  if (!context)
    throw new Error(`${route.event.name} starts ${route.job.name} in the lane of its cause: pass the context`);
  return lanes.find((lane) => lane === context.lane)!;
}

function rowOf({ event, job, payload }: Route, data: z.output<typeof Traced>, lane: Lane) {
  // Route erases the type of its event's data; `data` has just passed that event's schema.
  const reference = job.payload.parse(payload(data as never));
  return {
    event: event.name,
    job: job.name,
    queue: queueName(job, lane),
    key: job.key(reference),
    payload: reference,
    trace_id: data.traceId,
  };
}

/** CTE `published` alone: relays are told after the commit (`Commits.tell`). The parameters are those of `publishing`. */
export function publishingSilently(rows: string, notBefore = 'null'): string {
  return `
published as (
  insert into messaging.outbox (event, job, queue, key, payload, trace_id, not_before)
  select event, job, queue, key, payload, trace_id, ${notBefore}::timestamptz
  from jsonb_to_recordset(${rows}::jsonb) as row (event text, job text, queue text, key text, payload jsonb, trace_id text)
  returning queue, not_before
)`;
}

/**
 * CTEs `published` and `announced`; the statement must read from `announced`, or nobody is told. The notification is
 * delivered when the caller commits, and not at all when it rolls back; what is not due yet is found by polling.
 * @param rows what `rowsOf` gave; `notBefore` a time or null; `isTold` whether relays are told: SQL, never values
 */
export function publishing(rows: string, notBefore = 'null', isTold = 'true'): string {
  return `${publishingSilently(rows, notBefore)}, announced as (
  select pg_notify('gatehouse_outbox', queue) from published where not_before is null and ${isTold} group by queue
)`;
}

const insertRows = `with ${publishing('$1', '$2')} select count(*) from announced`;
