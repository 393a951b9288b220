import { z } from 'zod';

/** What becomes of claimed groups, one by one, and of every rule. */

const Withheld = z.boolean().describe('A group of administrators, which only a rule with an exact name gives.');

export const ExplainedGroups = z.strictObject({
  state: z.enum(['list', 'empty', 'absent', 'truncated', 'malformed']),
  mode: z.enum(['manual', 'onTheFly']),
  update: z.enum(['off', 'newUsersOnly', 'everyLogin']),
  claimed: z.array(
    z.strictObject({
      claimed: z.string(),
      name: z.string().optional().describe('What was compared, where that differs: after path, prefix and transforms.'),
      outcome: z
        .enum(['mapped', 'not-mapped', 'excluded', 'not-allowed', 'unusable'])
        .describe('`not-allowed`: not in onTheFly.only. `unusable`: no group of Jira can have this name.'),
      pattern: z.string().optional().describe('Of `excluded`.'),
      through: z
        .string()
        .optional()
        .describe("Of a provider's directory: the group that the person is in itself, which is inside of this one."),
      gives: z.array(
        z.strictObject({
          group: z.string(),
          rule: z.int().optional().describe('Its place in the list of rules, from 0; left out: on the fly.'),
          withheld: Withheld,
        }),
      ),
    }),
  ),
  rules: z
    .array(
      z.strictObject({
        rule: z.int().describe('Its place in the list of rules, from 0.'),
        from: z.string().optional(),
        pattern: z.string().optional(),
        to: z.string(),
        claimed: z.array(z.string()).describe('What matched it; empty: nothing did.'),
        withheld: Withheld,
      }),
    )
    .describe('None in the mode onTheFly.'),
  hints: z
    .array(z.strictObject({ mapped: z.string(), claimed: z.string() }))
    .describe('Rules that nothing matched although something much like it is claimed.'),
  defaults: z.strictObject({
    groups: z.array(z.string()),
    for: z.enum(['all', 'new', 'none']),
    fallback: z.boolean().describe('Only if nothing is mapped.'),
    applies: z.boolean().describe('To those for whom they are.'),
  }),
});
export type ExplainedGroups = z.output<typeof ExplainedGroups>;
