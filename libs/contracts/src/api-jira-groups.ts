import { z } from 'zod';
import { StorableText } from './api.js';

/** Groups of Jira: to choose from, and those that a mapping names (S36). */

export const JiraGroupsQuery = z.strictObject({
  query: StorableText.max(255).default('').describe('Anywhere in the name; case does not count.'),
});
export type JiraGroupsQuery = z.output<typeof JiraGroupsQuery>;

export const JiraGroups = z
  .strictObject({
    items: z.array(z.string()).max(20).describe('As Jira spells them; never more than 20.'),
    total: z.int().min(0).describe('That match. More than there are items: type more of the name.'),
  })
  .meta({ id: 'JiraGroups' });
export type JiraGroups = z.output<typeof JiraGroups>;

export const MappedGroupsQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(20).default(20).describe('Jira is asked for each of them.'),
  after: z.string().min(1).max(512).optional().describe('`next` of the page before.'),
});
export type MappedGroupsQuery = z.output<typeof MappedGroupsQuery>;

export const MappedGroups = z
  .strictObject({
    items: z.array(
      z.strictObject({
        group: z.string(),
        paths: z.array(z.string()).max(5).describe('Where the mapping names it, the first five.'),
        exists: z.boolean().nullable().describe('In Jira; null: it could not be asked.'),
      }),
    ),
    total: z.int().min(0).describe('Groups of Jira that the mapping names, each counted once.'),
    next: z.string().nullable().describe('Cursor of the next page; null on the last one.'),
  })
  .meta({ id: 'MappedGroups' });
export type MappedGroups = z.output<typeof MappedGroups>;
