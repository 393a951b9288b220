import type { DataSource } from 'typeorm';
import { drainOf } from './lane-figures.js';
import type { Throughput } from './lane-figures.js';
import type { LaneCounts, LaneOverview, PausedLane } from './lane-overview.js';
import { partsOf, targetSeconds } from './objectives.js';
import { silentAfterSeconds } from './workers.js';

/** Every figure that grows with a backlog is read up to this many rows; beyond it is "at least". */
const countedMax = 100_000;
/** Rates are taken from so many newest rows; when they cover less than the window, the rate is over what they cover. */
const sampledMax = 20_000;
/** How many rows of a lane the relay sends ahead: a lane that holds as many takes no more, and that is no lag. */
const window = 1_000;

interface LaneRow {
  readonly queue: string;
  readonly openReady: number;
  readonly delayed: number;
  readonly sent: number;
  readonly backoff: number;
  readonly parked: number;
  readonly oldestReadySeconds: number;
  readonly oldestWaitingSeconds: number;
  readonly oldestOpenSeconds: number;
  readonly workers: number;
  readonly pausedBy: string | null;
  readonly pausedReason: string | null;
  readonly pausedAt: Date | null;
  readonly resumeAt: Date | null;
  readonly outageCode: string | null;
}

interface RateRow {
  readonly queue: string;
  readonly minutes: 1 | 5 | 15;
  readonly inPerMinute: number;
  readonly outPerMinute: number;
}

/** How each lane does, from our own rows: never from what the queue store has kept or forgotten. */
export class LaneOverviews {
  /** @param queues all lanes of the flow, the most urgent first */
  constructor(
    private readonly dataSource: DataSource,
    private readonly queues: readonly string[],
  ) {}

  async read(): Promise<readonly LaneOverview[]> {
    const lanes = await this.dataSource.query<LaneRow[]>(laneRows, [this.queues, countedMax, silentAfterSeconds]);
    const rates = await this.dataSource.query<RateRow[]>(rateRows, [this.queues, sampledMax]);
    return lanes.map((lane) => overviewOf(lane, rates));
  }
}

function overviewOf(lane: LaneRow, rates: readonly RateRow[]): LaneOverview {
  const { service, lane: name } = partsOf(lane.queue);
  const throughput: readonly Throughput[] = rates
    .filter(({ queue }) => queue === lane.queue)
    .map(({ minutes, inPerMinute, outPerMinute }) => ({ minutes, inPerMinute, outPerMinute }));
  const target = targetSeconds[name];
  return {
    queue: lane.queue,
    service,
    lane: name,
    oldestReadySeconds: lane.oldestReadySeconds,
    oldestWaitingSeconds: lane.oldestWaitingSeconds,
    oldestUnsentSeconds: lane.pausedAt || lane.sent >= window ? 0 : lane.oldestOpenSeconds,
    counts: countsOf(lane),
    throughput,
    ...drainOf(lane.openReady + lane.sent, throughput),
    paused: pausedOf(lane),
    workers: lane.workers,
    targetSeconds: target,
    withinTarget: target === null || lane.oldestReadySeconds <= target,
    outageCode: lane.outageCode ?? undefined,
  };
}

function countsOf({ openReady, delayed, sent, backoff, parked }: LaneRow): LaneCounts {
  const atLeast = [openReady, delayed, sent, parked].some((count) => count === countedMax);
  return { ready: openReady + sent - backoff, sent, backoff, delayed, parked, atLeast };
}

function pausedOf({ pausedBy, pausedReason, pausedAt, resumeAt }: LaneRow): PausedLane | undefined {
  if (!pausedBy || !pausedReason || !pausedAt) return undefined;
  return { by: pausedBy, reason: pausedReason, since: pausedAt, resumeAt };
}

/**
 * Not `=`: with it the order by queue means nothing to the planner, which then may walk the whole table by its primary
 * key, past millions of settled rows, for a lane that is empty.
 */
const inLane = 'queue between lane.queue and lane.queue';

const secondsSince = (moment: string) =>
  `coalesce(round(greatest(0, extract(epoch from now() - ${moment})), 1), 0)::float8`;

/**
 * Bounded whatever the backlog: open rows are counted from their index and only the oldest is read; sent rows are few,
 * because the relay sends only a window ahead. Ready: due, and not waiting out a backoff.
 */
const laneRows = `
select lane.queue,
  open.rows::integer as "openReady", delayed.rows::integer as delayed,
  sent.rows::integer as sent, sent.backoff::integer as backoff, parked.rows::integer as parked,
  ${secondsSince('least(oldest_open.at, oldest_due.at, sent.ready_at)')} as "oldestReadySeconds",
  ${secondsSince('least(oldest_open.at, oldest_due.at, sent.due_at)')} as "oldestWaitingSeconds",
  ${secondsSince('least(oldest_open.at, oldest_due.at)')} as "oldestOpenSeconds",
  workers.n::integer as workers,
  pause.paused_by as "pausedBy", pause.reason as "pausedReason", pause.paused_at as "pausedAt", pause.resume_at as "resumeAt",
  outage.code as "outageCode"
from unnest($1::text[]) with ordinality as lane (queue, rank)
cross join lateral (
  select (select count(*) from (
            select 1 from messaging.outbox
            where state = 'open' and ${inLane} and not_before is null order by queue, id limit $2) as undated)
       + (select count(*) from (
            select 1 from messaging.outbox
            where state = 'open' and ${inLane} and not_before <= now()
            order by queue, not_before limit $2) as due) as rows
) as open
cross join lateral (
  select count(*) as rows from (
    select 1 from messaging.outbox
    where state = 'open' and ${inLane} and not_before > now() order by queue, not_before limit $2) as later
) as delayed
left join lateral (
  select created_at as at from messaging.outbox
  where state = 'open' and ${inLane} and not_before is null order by queue, id limit 1
) as oldest_open on true
left join lateral (
  select not_before as at from messaging.outbox
  where state = 'open' and ${inLane} and not_before <= now() order by queue, not_before limit 1
) as oldest_due on true
cross join lateral (
  select count(*) as rows, count(*) filter (where retry_at > now()) as backoff,
    min(greatest(created_at, not_before)) as due_at,
    min(greatest(created_at, not_before, retry_at)) filter (where retry_at is null or retry_at <= now()) as ready_at
  from (select created_at, not_before, retry_at from messaging.outbox
        where state = 'sent' and ${inLane} order by queue, id limit $2) as dispatched
) as sent
cross join lateral (
  select count(*) as rows from (
    select 1 from messaging.parked_job where resolved_at is null and queue = lane.queue limit $2) as waiting
) as parked
cross join lateral (
  select count(*) as n from messaging.worker
  where lane.queue = any(queues) and not draining and seen_at > now() - $3 * interval '1 second'
) as workers
left join messaging.lane_state as pause on pause.queue = lane.queue
left join lateral (
  select code from messaging.job_attempt
  where queue = lane.queue and outcome = 'waits' and at > now() - interval '1 minute' order by at desc limit 1
) as outage on true
order by lane.rank`;

/** A fixed number of newest rows, by the two indexes that are in order of time. */
const rateRows = `
with born as materialized (
  select queue, created_at as at from messaging.outbox order by id desc limit $2
), done as materialized (
  select queue, settled_at as at from messaging.outbox where state = 'settled' order by settled_at desc limit $2
), since as (
  select case when (select count(*) from born) = $2 then (select min(at) from born) else '-infinity' end as born,
         case when (select count(*) from done) = $2 then (select min(at) from done) else '-infinity' end as done
), span as (
  select minutes, greatest(since.born, now() - minutes * interval '1 minute') as born,
         greatest(since.done, now() - minutes * interval '1 minute') as done
  from since, unnest(array[1, 5, 15]) as minutes
), count_in as (
  select queue, minutes, count(*) / greatest(extract(epoch from now() - span.born) / 60, 0.01) as rate
  from span join born on born.at > span.born group by queue, minutes, span.born
), count_out as (
  select queue, minutes, count(*) / greatest(extract(epoch from now() - span.done) / 60, 0.01) as rate
  from span join done on done.at > span.done group by queue, minutes, span.done
)
select lane.queue, span.minutes::integer as minutes,
  coalesce(round(count_in.rate, 1), 0)::float8 as "inPerMinute",
  coalesce(round(count_out.rate, 1), 0)::float8 as "outPerMinute"
from unnest($1::text[]) as lane (queue) cross join span
left join count_in on count_in.queue = lane.queue and count_in.minutes = span.minutes
left join count_out on count_out.queue = lane.queue and count_out.minutes = span.minutes
order by span.minutes`;
