import { z } from 'zod';
import { ConfigChange, ConfigWarning, Problem } from './api.js';

/** What an edited configuration would do to everybody, before it is applied (P24, P04). */

const count = z.int().min(0);
const version = z.int().min(0);
const fromTo = z.strictObject({ from: z.string().nullable(), to: z.string().nullable() });

const Begins = {
  plan: z.uuid().describe('For `PUT /config?plan=`, once the plan is complete.'),
  baseVersion: version.describe('The configuration it is compared with.'),
  people: count.describe('Accounts, and identities that have none yet.'),
  changes: z.array(ConfigChange),
  warnings: z.array(ConfigWarning),
  basis: z.string().describe('What the forecast knows and what it does not.'),
};

const Person = {
  account: z.uuid().nullable().describe('Null: the identity has no account yet.'),
  identity: z.uuid().nullable().describe('Of somebody without an account.'),
  username: z.string().nullable(),
  providers: z.array(z.string()),
  gains: z.array(
    z.strictObject({
      group: z.string(),
      because: z.array(z.strictObject({ provider: z.string(), reason: z.string() })),
    }),
  ),
  loses: z.array(
    z.strictObject({
      group: z.string(),
      because: z
        .enum(['managed', 'granted', 'swept'])
        .describe('`managed`: a rule names the group. `granted`: we gave it, and nothing does any more. `swept`.'),
    }),
  ),
  kept: z
    .array(z.strictObject({ group: z.string(), because: z.string() }))
    .describe('Would go by the edited document alone, and stays.'),
  profile: z
    .strictObject({ email: fromTo.optional(), displayName: fromTo.optional() })
    .describe('Null as the old value: Jira has one of its own, which is not known here.'),
  properties: z.array(z.string()).describe('Keys of user properties that would be written or removed.'),
  refusal: fromTo
    .nullable()
    .describe(
      'Codes of errors, null for "may sign in". Null as a whole: no change. Who is refused keeps their groups.',
    ),
  creation: fromTo
    .nullable()
    .describe('Codes of errors, null for "a Jira user would be made". Null as a whole: no change.'),
  removed: z.boolean().describe('Their Jira user would be removed for good, if Jira lets it go.'),
};

const Totals = {
  complete: z.literal(true),
  people: count,
  affected: count,
  unchanged: count,
  gained: count.describe('Memberships.'),
  lost: count.describe('Memberships.'),
  peopleLosing: count,
  kept: count.describe('Memberships that would go by the edited document alone, and stay.'),
  profiles: count.describe('People whose e-mail or display name would be written.'),
  created: count.describe('Jira users that would be made.'),
  removed: count.describe('Jira users that would be removed for good, as far as Jira lets them go.'),
  refused: z.strictObject({ begins: count, ends: count }),
  notForeseen: count.describe('People whose last run was refused for something that only Jira can tell anew.'),
  groups: z
    .array(z.strictObject({ group: z.string(), gained: count, lost: count }))
    .describe('The largest changes first.'),
  moreGroups: count.describe('Groups with changes that are not among them.'),
  newlyManaged: z
    .array(z.string())
    .describe('Managed now and not before: members whom somebody put there by hand would go too, and are not counted.'),
  newlySwept: count.describe('People of whom groups given by hand would go too, which are not counted.'),
  seats: z
    .array(
      z.strictObject({
        application: z.string(),
        takes: count.describe('At most: whoever has a seat by a group given by hand takes none.'),
        frees: count,
        remaining: z.int().nullable().describe('Before it. Null: as many as one likes.'),
      }),
    )
    .nullable()
    .describe('Null: Jira did not tell its licences.'),
  brake: z
    .strictObject({
      holds: z.boolean(),
      tripped: z.array(
        z.strictObject({
          scope: z.enum(['run', 'group']),
          group: z.string().nullable(),
          people: count.describe('Who lose something.'),
          of: count,
          threshold: z.enum(['number', 'share']),
          max: count,
          percentMax: count,
        }),
      ),
    })
    .describe('Whether removals would wait for an approval (`settings.brake` of the edited document).'),
  expiresAt: z.iso.datetime().describe('Until then it can be applied.'),
};

export const PlanPerson = z.strictObject({ kind: z.literal('person'), ...Person });
export type PlanPerson = z.output<typeof PlanPerson>;

export const PlanTotals = z.strictObject({ kind: z.literal('totals'), ...Totals });
export type PlanTotals = z.output<typeof PlanTotals>;

export const PlanBegins = z.strictObject({ kind: z.literal('begins'), ...Begins });
export type PlanBegins = z.output<typeof PlanBegins>;

export const PlanLine = z
  .discriminatedUnion('kind', [
    PlanBegins,
    PlanPerson,
    z.strictObject({ kind: z.literal('progress'), done: count, total: count }),
    PlanTotals,
    z.strictObject({ kind: z.literal('failed'), error: Problem }),
  ])
  .meta({ id: 'PlanLine' });
export type PlanLine = z.output<typeof PlanLine>;

export const planPeopleShown = 200;

export const PlanSummary = z
  .strictObject({
    ...Begins,
    affected: z.array(z.strictObject(Person)).describe(`The first ${planPeopleShown} of them.`),
    totals: z.strictObject(Totals),
  })
  .meta({ id: 'PlanSummary' });
export type PlanSummary = z.output<typeof PlanSummary>;

/** A line of x-ndjson, or the whole as JSON. */
export const PlanAnswer = z.union([PlanLine, PlanSummary]).meta({ id: 'PlanAnswer' });
