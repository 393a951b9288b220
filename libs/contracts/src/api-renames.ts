import { z } from 'zod';
import { PageQuery } from './api.js';

/** Jira users that are to have another name (`settings.renames`), and what became of it. */

export const renameStates = ['reported', 'pending', 'under-way', 'blocked', 'done'] as const;

export const RenamesQuery = PageQuery.extend({ state: z.enum(renameStates).optional() });
export type RenamesQuery = z.output<typeof RenamesQuery>;

export const RenameItem = z
  .strictObject({
    account: z.uuid(),
    jiraKey: z.string(),
    from: z.string().describe('As Jira spells it.'),
    to: z.string().describe('As the provider gives it.'),
    state: z
      .enum(renameStates)
      .describe(
        '`reported`: it waits for somebody to apply it. `pending`: it will be done. `blocked`: something stands against it; it is looked at again when it is applied, or after a day by the policy `apply`.',
      ),
    code: z.string().nullable(),
    reason: z.string().nullable(),
    instruction: z.string().nullable().describe('What to do about it.'),
    noticedAt: z.iso.datetime(),
    changedAt: z.iso.datetime(),
    traceId: z.string(),
  })
  .meta({ id: 'Rename' });
export type RenameItem = z.output<typeof RenameItem>;

export const RenamePage = z
  .strictObject({
    items: z.array(RenameItem),
    next: z.string().nullable().describe('Cursor of the next page; null on the last one.'),
  })
  .meta({ id: 'RenamePage' });
export type RenamePage = z.output<typeof RenamePage>;

export const RenameReference = z.strictObject({ account: z.uuid() });
export type RenameReference = z.output<typeof RenameReference>;
