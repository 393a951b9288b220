import { z } from 'zod';
import { PageQuery } from './api.js';

/** What happened to one person, newest first (U12, P14). No claims, no tokens. */

export const timelineKinds = [
  'login',
  'mapped',
  'directory',
  'desired',
  'run',
  'attempt',
  'parked',
  'session',
  'session-ended',
  'ordered',
] as const;

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
        '`mapped`: an identity or a person of a directory was linked or refused. `directory`: how a directory has the person now, and since when. `desired`: the version that holds now; older ones are told by the runs. `ordered`: an administrator deactivated or reactivated the account. `attempt`: a job failed and came back or was parked.',
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
