import { z } from 'zod';
import { PageQuery } from './api.js';

/** Accounts that may be one person (P05). */

export const DuplicatesQuery = PageQuery;
export type DuplicatesQuery = z.output<typeof DuplicatesQuery>;

export const Duplicates = z
  .strictObject({
    items: z.array(
      z.strictObject({
        by: z
          .enum(['email', 'name'])
          .describe('`email`: the same address but for its case. `name`: the same but for accents.'),
        value: z.string().describe('What they have in common.'),
        count: z.int().min(2),
        accounts: z
          .array(
            z.strictObject({
              account: z.uuid(),
              name: z.string().describe('The account goes by it, in lower case.'),
              username: z.string().nullable().describe('Of its Jira user.'),
              email: z.string().nullable(),
              providers: z.array(z.string()),
            }),
          )
          .max(20)
          .describe('The first twenty.'),
      }),
    ),
    next: z.string().nullable().describe('Cursor of the next page; null on the last one.'),
  })
  .meta({ id: 'Duplicates' });
export type Duplicates = z.output<typeof Duplicates>;
