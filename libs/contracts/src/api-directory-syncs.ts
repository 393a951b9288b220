import { z } from 'zod';
import { Reason } from './api-operations.js';

/** Listings of the directory of a provider that pushes nothing (`pullSync`): ask for one, watch it, end it, let it go on. */

const Count = z.int().min(0);
const Moment = z.iso.datetime();

export const directorySyncStates = ['waiting', 'running', 'held', 'done', 'cancelled', 'superseded'] as const;

export const DirectorySyncRequest = z.strictObject({ reason: Reason });
export type DirectorySyncRequest = z.output<typeof DirectorySyncRequest>;

export const DirectorySyncReference = z.strictObject({ key: z.string().max(64), id: z.uuid() });
export type DirectorySyncReference = z.output<typeof DirectorySyncReference>;

export const DirectorySync = z
  .strictObject({
    id: z.uuid(),
    provider: z.string(),
    state: z
      .enum(directorySyncStates)
      .describe(
        '`waiting`: not begun. `held`: more people are missing from the listing than `settings.brake` lets go; `release` lets them go. `superseded`: a later listing took the place of one that was held.',
      ),
    cause: z.enum(['schedule', 'order']),
    actor: z.string().nullable().describe('Who asked for it; null: the schedule.'),
    reason: z.string().nullable(),
    traceId: z.string(),
    phase: z
      .enum(['people', 'groups', 'members', 'absences'])
      .nullable()
      .describe(
        'What is read now, or was read last. `absences`: each person missing from the listing is asked for once more.',
      ),
    pass: Count.describe('From 2 on: the provider took a page token no longer, so that its listing began anew.'),
    requests: Count.describe('Answered by the provider.'),
    people: z.strictObject({
      seen: Count,
      created: Count,
      changed: Count,
      skipped: Count,
      absent: Count.describe(
        'Not in the listing, but for those who are inactive for that already; of a sync that is or was held: only those who would go.',
      ),
      removed: Count.describe('Of them, deactivated or removed, as `cleanup.missing` says.'),
    }),
    groups: z.strictObject({ seen: Count, skipped: Count, removed: Count }),
    membersChanged: Count.describe('Memberships that came or went.'),
    problem: z
      .strictObject({ code: z.string(), at: Moment })
      .nullable()
      .describe(
        'Why it does not go on, or why it ended before its end. It is tried again by itself while it is running.',
      ),
    askedAt: Moment,
    startedAt: Moment.nullable(),
    progressedAt: Moment.nullable(),
    finishedAt: Moment.nullable(),
  })
  .meta({ id: 'DirectorySync' });
export type DirectorySync = z.output<typeof DirectorySync>;

export const DirectorySyncList = z
  .strictObject({ items: z.array(DirectorySync).describe('The newest first; those of the last 30 days, 100 at most.') })
  .meta({ id: 'DirectorySyncList' });
export type DirectorySyncList = z.output<typeof DirectorySyncList>;
