import { z } from 'zod';
import { PageQuery } from './api.js';
import { Reason } from './api-operations.js';

/** Failed jobs, and what an operator does about one or many of them. */

const Moment = z.iso.datetime();

export const ParkedJob = z
  .strictObject({
    id: z.uuid(),
    job: z.string(),
    queue: z.string(),
    key: z.string(),
    traceId: z.string(),
    code: z.string(),
    class: z.enum(['transient', 'overload', 'contract', 'business', 'bug']).describe('What kind of cause it is.'),
    message: z.string(),
    detail: z.string().nullable().describe('For the operator: the recorded answer or stack.'),
    action: z.string().describe('What to do about it.'),
    attempts: z.int(),
    parkedAt: Moment,
    group: z.string().nullable().describe('Equal failures share it.'),
    bulkActionId: z.uuid().nullable().describe('The action on many jobs it waits in.'),
    retry: z.literal('reconcile again from current intent').describe('What Retry does: never a replay of an event.'),
  })
  .meta({ id: 'ParkedJob' });
export type ParkedJob = z.output<typeof ParkedJob>;

export const ParkedPage = z
  .strictObject({
    items: z.array(ParkedJob),
    next: z.string().nullable().describe('Cursor of the next page; null on the last one.'),
  })
  .meta({ id: 'ParkedPage' });
export type ParkedPage = z.output<typeof ParkedPage>;

const text = z.string().min(1).max(200);
const narrowing = {
  group: text.optional().describe('Of GET /failures.'),
  job: text.optional(),
  code: text.optional(),
  queue: text.optional(),
  key: text.optional(),
};

export const ParkedQuery = PageQuery.extend(narrowing);
export type ParkedQuery = z.output<typeof ParkedQuery>;

export const ParkedReference = z.strictObject({ id: z.uuid() });
export type ParkedReference = z.output<typeof ParkedReference>;

export const RetryRequest = z.strictObject({ reason: Reason.optional() }).optional();
export type RetryRequest = z.output<typeof RetryRequest>;

export const ParkedResolved = z
  .strictObject({ id: z.uuid(), result: z.enum(['retried', 'discarded']) })
  .meta({ id: 'ParkedResolved' });
export type ParkedResolved = z.output<typeof ParkedResolved>;

const FailureGroupFacts = z.strictObject({
  id: z.string(),
  job: z.string(),
  code: z.string(),
  class: ParkedJob.shape.class,
  advice: z.string().describe('Whether a retry can help.'),
  action: z.string(),
  sentence: z.string().describe('What the failures have in common: ids, numbers and names are left out.'),
  count: z.int().min(1),
  affected: z.int().min(1).describe('Distinct people or things.'),
  firstAt: Moment,
  lastAt: Moment,
  queues: z.array(z.string()),
  sample: ParkedJob,
});

export const FailureGroup = FailureGroupFacts.meta({ id: 'FailureGroup' });
export type FailureGroup = z.output<typeof FailureGroup>;

export const FailureGroups = z.strictObject({ items: z.array(FailureGroup) }).meta({ id: 'FailureGroups' });
export type FailureGroups = z.output<typeof FailureGroups>;

export const FailureGroupReference = z.strictObject({ group: z.string().max(64) });
export type FailureGroupReference = z.output<typeof FailureGroupReference>;

export const AttemptsQuery = z.strictObject({ job: text, key: text });
export type AttemptsQuery = z.output<typeof AttemptsQuery>;

export const Attempts = z
  .strictObject({
    items: z
      .array(
        z.strictObject({
          id: z.string(),
          at: Moment,
          queue: z.string(),
          traceId: z.string(),
          attempt: z.int().min(1),
          outcome: z.enum(['retries', 'waits', 'parked']),
          code: z.string(),
          class: ParkedJob.shape.class,
          detail: z.string().nullable(),
          runMs: z.int().min(0),
          worker: z.string().describe('`host:pid`, or its id once it is gone.'),
        }),
      )
      .describe('Runs that did not succeed, newest first, for seven days.'),
  })
  .meta({ id: 'Attempts' });
export type Attempts = z.output<typeof Attempts>;

const Filter = z.strictObject({ ...narrowing, ids: z.array(z.uuid()).min(1).max(1_000).optional() });
const wanted = {
  kind: z.enum(['retry', 'discard']),
  filter: z
    .union([
      Filter.refine((filter) => Object.keys(filter).length > 0, 'names nothing: say { "all": true }'),
      z.strictObject({ all: z.literal(true) }),
    ])
    .describe('Which jobs. Everything named must hold; all of them is said in so many words.'),
};

export const BulkPreviewRequest = z.strictObject(wanted);
export type BulkPreviewRequest = z.output<typeof BulkPreviewRequest>;

export const BulkPreview = z
  .strictObject({
    count: z.int().min(0),
    offboarding: z
      .int()
      .min(0)
      .describe('Of these, how many take access away; discarding them needs an administrator.'),
    byCode: z.array(
      z.strictObject({ code: z.string(), class: ParkedJob.shape.class, advice: z.string(), count: z.int().min(1) }),
    ),
    sample: z.array(ParkedJob),
  })
  .meta({ id: 'BulkPreview' });
export type BulkPreview = z.output<typeof BulkPreview>;

export const BulkRequest = z.strictObject({
  ...wanted,
  reason: Reason,
  expectedCount: z.int().min(0).describe('What the preview counted.'),
  canary: z.int().min(1).max(100).default(5).describe('So many first; their end is waited for.'),
  ratePerSecond: z.int().min(1).max(200).default(20),
  errorThreshold: z
    .number()
    .gt(0)
    .max(1)
    .default(0.2)
    .describe('The share of retries that fail again above which it stops by itself.'),
});
export type BulkRequest = z.output<typeof BulkRequest>;

export const BulkActionState = z
  .strictObject({
    id: z.uuid(),
    kind: z.enum(['retry', 'discard']),
    filter: z.record(z.string(), z.unknown()),
    reason: z.string(),
    actor: z.string(),
    state: z.enum(['running', 'paused', 'done', 'cancelled']),
    pausedWhy: z.string().nullable(),
    total: z.int().min(0),
    done: z.int().min(0).describe('Handled so far.'),
    left: z.int().min(0).describe('Not handled yet.'),
    succeeded: z.int().min(0),
    failed: z.int().min(0).describe('Retries that failed again.'),
    pending: z.int().min(0).describe('Retries on their way.'),
    canary: z.int().min(1),
    canaryPassed: z.boolean(),
    ratePerSecond: z.int().min(1),
    errorThreshold: z.number(),
    createdAt: Moment,
    finishedAt: Moment.nullable(),
  })
  .meta({ id: 'BulkActionState' });
export type BulkActionState = z.output<typeof BulkActionState>;

export const BulkActionList = z.strictObject({ items: z.array(BulkActionState) }).meta({ id: 'BulkActionList' });
export type BulkActionList = z.output<typeof BulkActionList>;
