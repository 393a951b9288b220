import { z } from 'zod';
import { PageQuery, StorableText } from './api.js';
import { Reason } from './api-operations.js';
import { ProviderKey } from './config-document.js';

/** Many accounts compared with Jira because an operator asks for it: count them, start, watch, pause, end (U19). */

const Moment = z.iso.datetime();
const accountsMax = 1_000;

export const ResyncSelection = z
  .strictObject({
    all: z.literal(true).optional().describe('Everybody whose access was decided.'),
    accounts: z.array(z.uuid()).min(1).max(accountsMax).optional(),
    provider: ProviderKey.optional().describe('Of whose people.'),
    group: StorableText.min(1)
      .max(255)
      .optional()
      .describe('Of Jira: those who should have it or were given it. Case does not count.'),
    state: z.enum(['pending', 'ready', 'refused', 'failed']).optional().describe('Of the account in Jira.'),
  })
  .refine((selection) => Object.keys(selection).length > 0, 'say who is meant, or `all`')
  .refine(({ all, ...others }) => !all || Object.keys(others).length === 0, {
    path: ['all'],
    message: 'excludes every other filter',
  })
  .describe('Who is meant; several filters narrow each other.');
export type ResyncSelection = z.output<typeof ResyncSelection>;

export const ResyncRequest = z.strictObject({
  selection: ResyncSelection,
  dryRun: z.boolean().default(false).describe('Only count them.'),
  reason: Reason,
});
export type ResyncRequest = z.output<typeof ResyncRequest>;

export const ResyncReferencePath = z.strictObject({ id: z.uuid() });
export type ResyncReferencePath = z.output<typeof ResyncReferencePath>;

export const ResyncState = z
  .strictObject({
    id: z.uuid(),
    state: z
      .enum(['running', 'paused', 'cancelled', 'done'])
      .describe('After a pause or an end, those that were handed over already are still reconciled.'),
    actor: z.string(),
    reason: z.string(),
    selection: ResyncSelection,
    traceId: z.string(),
    startedAt: Moment,
    total: z.int().min(0),
    sent: z.int().min(0).describe('Handed over to be reconciled.'),
    done: z.int().min(0).describe('Reconciled since the start, by whatever run.'),
    outcomes: z
      .strictObject({ applied: z.int(), unchanged: z.int(), paused: z.int(), refused: z.int(), failed: z.int() })
      .describe('Of those that are done. `paused`: a licence is full.'),
    etaSeconds: z.int().min(0).nullable().describe('At the pace since the start; null: nobody can say.'),
  })
  .meta({ id: 'ResyncState' });
export type ResyncState = z.output<typeof ResyncState>;

export const ResyncList = z.strictObject({ items: z.array(ResyncState) }).meta({ id: 'ResyncList' });
export type ResyncList = z.output<typeof ResyncList>;

export const ResyncAnswer = z
  .strictObject({
    dryRun: z.boolean(),
    total: z.int().min(0),
    resync: ResyncState.nullable().describe('Null with a dry run, and where nobody is meant.'),
  })
  .meta({ id: 'ResyncAnswer' });
export type ResyncAnswer = z.output<typeof ResyncAnswer>;

export const resyncOutcomes = ['waiting', 'applied', 'unchanged', 'paused', 'refused', 'failed'] as const;

export const ResyncItemsQuery = PageQuery.extend({ outcome: z.enum(resyncOutcomes).optional() });
export type ResyncItemsQuery = z.output<typeof ResyncItemsQuery>;

export const ResyncItemPage = z
  .strictObject({
    items: z.array(
      z.strictObject({
        account: z.uuid(),
        username: z.string().nullable().describe('The Jira user, as Jira spells it.'),
        outcome: z.enum(resyncOutcomes).describe('Of the last run since the start.'),
        code: z.string().nullable(),
        finishedAt: Moment.nullable(),
        changes: z.int().min(0).describe('Made in Jira by that run.'),
      }),
    ),
    next: z.string().nullable().describe('Cursor of the next page; null on the last one.'),
  })
  .meta({ id: 'ResyncItemPage' });
export type ResyncItemPage = z.output<typeof ResyncItemPage>;

export const DriftSweepList = z
  .strictObject({
    items: z.array(
      z.strictObject({
        scope: z.enum(['not-seen-for-long', 'all']),
        startedAt: Moment,
        finishedAt: Moment.nullable().describe('When all were sent on; their runs may still be under way.'),
        sent: z.int().min(0),
        checked: z.int().min(0).describe('Compared with Jira.'),
        differing: z.int().min(0).describe('Of those: Jira had something else than it should.'),
        repaired: z.int().min(0).describe('Of those: put right. What is left waits for a person.'),
      }),
    ),
  })
  .meta({ id: 'DriftSweepList' });
export type DriftSweepList = z.output<typeof DriftSweepList>;
