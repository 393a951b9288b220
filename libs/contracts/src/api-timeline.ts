import { z } from 'zod';
import { PageQuery } from './api.js';

/** What happened to one person, newest first (U12, P14). No claims, no tokens. */

export const timelineKinds = [
  'login',
  'mapped',
  'desired',
  'run',
  'attempt',
  'parked',
  'session',
  'session-ended',
] as const;

export const TimelineReference = z.strictObject({ accountId: z.uuid() });
export type TimelineReference = z.output<typeof TimelineReference>;

export const TimelineQuery = PageQuery.extend({
  kind: z.enum(timelineKinds).optional().describe('Only facts of this kind.'),
});
export type TimelineQuery = z.output<typeof TimelineQuery>;

export const TimelineFact = z
  .strictObject({
    at: z.iso.datetime(),
    kind: z
      .enum(timelineKinds)
      .describe(
        '`mapped`: an identity was linked or refused. `desired`: the version that holds now; older ones are told by the runs. `attempt`: a job failed and came back or was parked.',
      ),
    id: z.string(),
    code: z.string().nullable(),
    meaning: z.string().nullable(),
    action: z.string().nullable().describe('What to do about it.'),
    traceId: z.string().nullable(),
    details: z
      .record(z.string(), z.unknown())
      .describe('By kind: the outcome, the version, lane and attempt, and of a run each change with its reason.'),
  })
  .meta({ id: 'TimelineFact' });
export type TimelineFact = z.output<typeof TimelineFact>;

export const TimelinePage = z
  .strictObject({
    items: z.array(TimelineFact),
    next: z.string().nullable().describe('Cursor of the next page; null on the last one.'),
  })
  .meta({ id: 'TimelinePage' });
export type TimelinePage = z.output<typeof TimelinePage>;
