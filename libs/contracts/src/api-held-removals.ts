import { z } from 'zod';
import { PageQuery, StorableText } from './api.js';
import { Reason } from './api-operations.js';

/** Removals that the brake holds (`settings.brake`), and an administrator's word on them. */

const Moment = z.iso.datetime();
const group = StorableText.min(1).max(255);

const Totals = {
  people: z.int().min(0),
  removals: z.int().min(0).describe('Memberships that would go.'),
};

export const HeldVersion = z
  .strictObject({
    configVersion: z.int().min(0).describe('Of the configuration by which they were decided.'),
    ...Totals,
    oldestAt: Moment,
    tripped: z
      .array(z.enum(['group', 'run']))
      .describe('What went over its threshold: single groups, or the configuration as a whole.'),
    groups: z.array(z.strictObject({ group: z.string(), people: z.int().min(1) })).describe('The largest first.'),
  })
  .meta({ id: 'HeldVersion' });
export type HeldVersion = z.output<typeof HeldVersion>;

export const HeldRemovals = z.strictObject({ ...Totals, versions: z.array(HeldVersion) }).meta({ id: 'HeldRemovals' });
export type HeldRemovals = z.output<typeof HeldRemovals>;

export const HeldVersionReference = z.strictObject({
  configVersion: z.coerce.number().int().min(0).max(2_147_483_647),
});
export type HeldVersionReference = z.output<typeof HeldVersionReference>;

export const HeldRemovalsQuery = PageQuery.extend({ group: group.optional() });
export type HeldRemovalsQuery = z.output<typeof HeldRemovalsQuery>;

export const HeldRemovalPage = z
  .strictObject({
    items: z.array(
      z.strictObject({
        account: z.uuid(),
        username: z.string().nullable().describe('The Jira user, as Jira spells it.'),
        group: z.string(),
        because: z
          .string()
          .describe(
            '`managed`: a rule names the group. `granted`: we gave it, and nothing does any more. `swept`. `deactivated`, of the group `*`: the Jira user itself would be deactivated. `removed`, of the group `*removed`: it would be removed for good; approving all of a version does not approve these.',
          ),
        tripped: z.enum(['group', 'run']),
        heldAt: Moment,
      }),
    ),
    next: z.string().nullable().describe('Cursor of the next page; null on the last one.'),
  })
  .meta({ id: 'HeldRemovalPage' });
export type HeldRemovalPage = z.output<typeof HeldRemovalPage>;

export const HeldRemovalsDecision = z.strictObject({
  reason: Reason,
  group: group.optional().describe('Only this one; left out: every group, also those that come to be held later.'),
});
export type HeldRemovalsDecision = z.output<typeof HeldRemovalsDecision>;

export const HeldRemovalsDecided = z
  .strictObject({
    configVersion: z.int().min(0),
    group: z.string().nullable(),
    verdict: z.enum(['approve', 'dismiss']),
    changed: z.boolean().describe('False: that was said already.'),
    ...Totals,
  })
  .meta({ id: 'HeldRemovalsDecided' });
export type HeldRemovalsDecided = z.output<typeof HeldRemovalsDecided>;
