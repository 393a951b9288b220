import { z } from 'zod';

/** What a sign-in would do in Jira, with the rule behind each step. Jira is only read for it. */

const Because = z.string().describe('The rule that does it.');

const TestedUser = z
  .strictObject({
    key: z.string(),
    username: z.string(),
    email: z.string(),
    displayName: z.string(),
    active: z.boolean(),
    groups: z.array(z.string()),
  })
  .describe('As Jira has it now.');

export const TestedSeats = z.union([
  z.strictObject({
    state: z.literal('known'),
    applications: z.array(
      z.strictObject({
        application: z.string(),
        change: z
          .enum(['takes', 'frees', 'keeps', 'none'])
          .describe('`keeps`: this person has one already. `none`: no group of theirs opens this application.'),
        remaining: z.int().nullable().describe('Left in Jira now, before this sign-in; null: there is no limit.'),
        group: z.string().nullable().describe('Of this person, that opens it or did until now; null: there is none.'),
        because: Because,
      }),
    ),
  }),
  z.strictObject({ state: z.literal('unknown'), because: z.string() }),
]);

const TestedStep = z.strictObject({ group: z.string(), because: Because });

export const TestedJira = z.union([
  z
    .strictObject({ state: z.literal('not-asked'), because: z.string() })
    .describe('The sign-in would end before Jira has a part in it.'),
  z
    .strictObject({ state: z.literal('unavailable'), code: z.string(), meaning: z.string(), action: z.string() })
    .describe('Jira could not be asked, and that says nothing about the provider.'),
  z.strictObject({
    state: z.literal('asked'),
    account: z.strictObject({
      action: z
        .enum(['create', 'match', 'linked', 'refuse'])
        .describe('`match`: the user that is there would be linked. `linked`: it is already.'),
      because: Because,
      code: z.string().nullable().describe('Of `refuse`.'),
      fix: z.string().nullable().describe('Of `refuse`: what to do about it.'),
      username: z.string(),
      user: TestedUser.nullable(),
    }),
    profile: z.array(
      z.strictObject({ field: z.enum(['email', 'displayName']), from: z.string(), to: z.string(), because: Because }),
    ),
    groups: z.strictObject({
      add: z.array(
        TestedStep.extend({ exists: z.boolean().nullable().describe('In Jira; null: that could not be asked.') }),
      ),
      remove: z.array(TestedStep),
      keep: z.array(TestedStep),
      withhold: z.array(TestedStep).describe('Wanted and not given.'),
    }),
    seats: TestedSeats,
  }),
]);
export type TestedJira = z.output<typeof TestedJira>;
export type AskedJira = Extract<TestedJira, { state: 'asked' }>;
