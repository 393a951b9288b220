import { z } from 'zod';
import { lanes } from './lane.js';

/** What an operator sees and switches: lanes, workers, schedules. Failed jobs are in api-failures.ts. */

const Moment = z.iso.datetime();
export const Reason = z
  .string()
  .trim()
  .min(3)
  .max(500)
  .describe('Why, for whoever looks later. Kept in the audit; name nobody.');

const Throughput = z.strictObject({
  minutes: z.union([z.literal(1), z.literal(5), z.literal(15)]),
  inPerMinute: z.number().min(0),
  outPerMinute: z.number().min(0),
});

export const LaneState = z
  .strictObject({
    queue: z.string().describe('`service.lane`'),
    service: z.string(),
    lane: z.enum(lanes),
    oldestReadySeconds: z.number().min(0).describe('Since the oldest job that could run became due; 0: there is none.'),
    oldestWaitingSeconds: z.number().min(0).describe('The same with those that wait out a backoff.'),
    targetSeconds: z
      .number()
      .nullable()
      .describe('How old the oldest ready job may be; null: a backlog is normal here.'),
    withinTarget: z.boolean(),
    counts: z.strictObject({
      ready: z.int().min(0).describe('Due and not waiting out a backoff; those that run now are among them.'),
      sent: z.int().min(0).describe('Handed to the queue store, of whatever state.'),
      backoff: z.int().min(0).describe('Failed, and waiting for the next try.'),
      delayed: z.int().min(0).describe('Facts about later.'),
      parked: z.int().min(0).describe('Waiting for somebody to look.'),
      atLeast: z.boolean().describe('There are more than were counted.'),
    }),
    throughput: z.array(Throughput),
    netPerMinute: z.number().describe('By how many jobs a minute the backlog shrinks; negative while it grows.'),
    etaSeconds: z.int().nullable().describe('Until the backlog is gone at this pace; null: it does not shrink.'),
    paused: z
      .strictObject({ by: z.string(), reason: z.string(), since: Moment, resumeAt: Moment.nullable() })
      .nullable(),
    workers: z.int().min(0).describe('Processes that work it now.'),
  })
  .meta({ id: 'LaneState' });
export type LaneState = z.output<typeof LaneState>;

export const LaneList = z.strictObject({ items: z.array(LaneState) }).meta({ id: 'LaneList' });
export type LaneList = z.output<typeof LaneList>;

const Press = z.strictObject({
  label: z.string(),
  method: z.enum(['GET', 'POST']),
  path: z.string().describe('Below /api/v1.'),
  needs: z.array(z.literal('reason')).describe('What its JSON body has to hold.'),
});

export const OperationsVerdict = z
  .strictObject({
    state: z.enum(['ok', 'attention', 'red']).describe('Red only when an objective is missed, or nobody works a lane.'),
    sentence: z.string().describe('What is wrong, why, and what to press.'),
    cause: z.enum(['paused', 'jira', 'no-worker', 'queue-store', 'backlog']).nullable(),
    queue: z.string().nullable().describe('The most urgent lane that is red.'),
    lateBySeconds: z.int().min(0),
    press: z.array(Press),
  })
  .meta({ id: 'OperationsVerdict' });

export const OperationsAlert = z
  .strictObject({
    severity: z.enum(['red', 'attention']),
    what: z.enum(['late', 'no-worker', 'paused', 'breaker-open', 'parked', 'queue-store', 'registration']),
    queue: z.string().nullable(),
    sentence: z.string(),
  })
  .meta({ id: 'OperationsAlert' });

export const JiraHealth = z
  .strictObject({
    breaker: z.enum(['closed', 'open', 'probing']),
    code: z.string().nullable().describe('Why calls are held back.'),
    action: z.string().nullable(),
    openedAt: Moment.nullable(),
    nextProbeAt: Moment.nullable(),
    failedProbes: z.int().min(0),
    runsPerMinute: z.number().min(0).describe('Reconcile runs of the last five minutes.'),
    callsPerMinute: z.number().min(0).describe('Requests these runs sent.'),
    failures: z
      .array(z.strictObject({ code: z.string(), count: z.int().min(1) }))
      .describe('Runs of the last five minutes that did not succeed, by code.'),
  })
  .meta({ id: 'JiraHealth' });
export type JiraHealth = z.output<typeof JiraHealth>;

export const OperationsView = z
  .strictObject({
    at: Moment,
    verdict: OperationsVerdict,
    alerts: z.array(OperationsAlert),
    lanes: z.array(LaneState),
    outbox: z.strictObject({
      oldestSeconds: z
        .number()
        .min(0)
        .describe('How long the oldest due row has not been handed to the queue store; not how long jobs wait there.'),
    }),
    parked: z.strictObject({ count: z.int().min(0), oldestSeconds: z.number().min(0) }),
    jira: JiraHealth,
  })
  .meta({ id: 'OperationsView' });
export type OperationsView = z.output<typeof OperationsView>;

export const QueueReference = z.strictObject({ queue: z.string().max(100) });
export type QueueReference = z.output<typeof QueueReference>;

export const LanePauseRequest = z.strictObject({
  reason: Reason,
  resumeAt: Moment.optional().describe('The lane goes on by itself then. Left out: only when somebody resumes it.'),
});
export type LanePauseRequest = z.output<typeof LanePauseRequest>;

export const ReasonRequest = z.strictObject({ reason: Reason });
export type ReasonRequest = z.output<typeof ReasonRequest>;

export const LaneSwitched = z
  .strictObject({ queue: z.string(), result: z.enum(['paused', 'resumed']) })
  .meta({ id: 'LaneSwitched' });
export type LaneSwitched = z.output<typeof LaneSwitched>;

export const WorkerState = z
  .strictObject({
    id: z.uuid(),
    host: z.string(),
    pid: z.int(),
    version: z.string(),
    services: z.array(z.string()),
    queues: z.array(z.string()).describe('The lanes it works.'),
    startedAt: Moment,
    seenAt: Moment,
    state: z.enum(['working', 'draining', 'silent']),
    active: z.array(
      z.strictObject({
        queue: z.string(),
        job: z.string(),
        key: z.string(),
        traceId: z.string(),
        since: Moment,
        seconds: z.int().min(0),
      }),
    ),
  })
  .meta({ id: 'WorkerState' });
export type WorkerState = z.output<typeof WorkerState>;

export const WorkerList = z
  .strictObject({
    items: z.array(WorkerState),
    lanesWithoutWorker: z.array(z.string()),
    recovered: z
      .array(
        z.strictObject({
          kind: z.enum(['redelivered', 're-enqueued']),
          queue: z.string(),
          count: z.int().min(0),
          lastAt: Moment,
        }),
      )
      .describe('`redelivered`: a worker went silent with the job. `re-enqueued`: the queue store had lost it.'),
  })
  .meta({ id: 'WorkerList' });
export type WorkerList = z.output<typeof WorkerList>;

export const Recovered = z
  .strictObject({ reopened: z.int().min(0).describe('Rows that are enqueued again.') })
  .meta({ id: 'Recovered' });
export type Recovered = z.output<typeof Recovered>;

export const ScheduleState = z
  .strictObject({
    name: z.string(),
    meaning: z.string(),
    everySeconds: z.int().min(1),
    nextRunAt: Moment.nullable().describe('Null while it is paused.'),
    lastRunAt: Moment.nullable(),
    lastTraceId: z.string().nullable(),
    lastOutcome: z.enum(['running', 'done', 'parked']).nullable(),
    lastError: z.string().nullable(),
    paused: z.strictObject({ by: z.string(), reason: z.string(), since: Moment }).nullable(),
  })
  .meta({ id: 'ScheduleState' });
export type ScheduleState = z.output<typeof ScheduleState>;

export const ScheduleList = z.strictObject({ items: z.array(ScheduleState) }).meta({ id: 'ScheduleList' });
export type ScheduleList = z.output<typeof ScheduleList>;

export const ScheduleReference = z.strictObject({ name: z.string().max(100) });
export type ScheduleReference = z.output<typeof ScheduleReference>;

export const ScheduleSwitched = z
  .strictObject({ name: z.string(), result: z.enum(['started', 'paused', 'resumed']) })
  .meta({ id: 'ScheduleSwitched' });
export type ScheduleSwitched = z.output<typeof ScheduleSwitched>;
