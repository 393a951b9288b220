import { z } from 'zod';
import { ClaimSelector } from './claim-selector.js';
import { DecidedGroups } from './directory-linking.js';
import { faultOfPatterns, NamePattern, NamePatterns } from './name-pattern.js';
import { TextTransforms } from './regular-expression.js';

const patternRulesMax = 200;
const groupName = z.string().min(1).max(255);
const patterns = NamePatterns.default([]);

const GroupRule = z
  .strictObject({
    from: groupName.optional().describe('A group exactly as the identity provider names it.'),
    pattern: NamePattern.optional().describe(
      'Instead of `from`: `*` stands for any characters, or after `regex:` an expression (RE2) of the whole name. Gives no group of administrators.',
    ),
    to: groupName.describe('A Jira group.'),
  })
  .refine(({ from, pattern }) => (from === undefined) !== (pattern === undefined), {
    path: ['from'],
    message: 'must have either from, which is a name, or pattern',
    // Also where something else of the rule is wrong: all mistakes are reported together.
    when: ({ value }) => typeof value === 'object' && value !== null,
  });

const rowMembers = new Set(['from', 'pattern', 'to']);
const blankRow = { from: ' ', to: ' ' };

/** A row of a form that nobody filled in (S37). */
function isBlank(row: unknown): boolean {
  if (typeof row !== 'object' || row === null || Array.isArray(row)) return false;
  const members = Object.entries(row);
  return members.length > 0 && members.every(([name, value]) => rowMembers.has(name) && isNothing(value));
}

function isNothing(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === 'string' && value.trim() === '');
}

/** Blank rows go once all are checked: a mistake in another one is told by the number that its author sees. */
const GroupRules = z.preprocess(
  (rows: z.input<typeof GroupRule>[]) =>
    Array.isArray(rows) ? rows.map((row: unknown) => (isBlank(row) ? blankRow : row)) : rows,
  z
    .array(GroupRule)
    .max(10_000)
    .overwrite((rows) => rows.filter((row) => !isBlank(row))),
);

const GroupNames = z
  .strictObject({
    path: z
      .enum(['keep', 'last', 'join'])
      .default('keep')
      .describe('Of `/a/b`, as Keycloak writes groups: as it is, `b`, or `a-b`.'),
    stripPrefix: z.string().max(100).default('').describe('Taken off the beginning, in this very case.'),
    transforms: TextTransforms.default([]).describe('Then each of these; a name of which nothing is left is left out.'),
    ignoreCase: z
      .boolean()
      .default(false)
      .describe('On: rules and required groups are compared without regard to case.'),
  })
  .prefault({});

const OnTheFly = z
  .strictObject({
    createMissing: z
      .boolean()
      .default(false)
      .describe('On: a group that Jira does not have is made. Off: it is left out.'),
    keepExisting: z
      .boolean()
      .default(true)
      .describe('On: only additions. Off: everybody leaves every Jira group that a complete list does not name.'),
    exclude: patterns.describe(
      'Jira groups that are neither given nor taken away: names, with `*` for any characters, or `regex:` and an expression (RE2). Case does not count.',
    ),
    only: patterns.describe(
      'Not empty: all other Jira groups are neither given nor taken away. Written like `exclude`.',
    ),
  })
  .prefault({});

const EntryDefaults = z.strictObject({
  entry: NamePattern.describe(
    'Pages of Jira, as paths below its context path: `/servicedesk/customer/*` is the customer portal. `*` stands for any characters, or after `regex:` an expression (RE2) of the whole path.',
  ),
  groups: z.array(groupName).min(1).max(20).describe('Jira groups.'),
  for: z.enum(['all', 'new']).default('all').describe('Everybody who comes in there, or only users created then.'),
});

/** What the groups of a person at the provider mean in Jira. */
export const GroupMapping = z
  .strictObject({
    claim: ClaimSelector.default('groups').describe(
      'The claim with the groups: its exact name, a path with dots, or a path as a list of names.',
    ),
    format: z
      .enum(['list', 'separated', 'json'])
      .default('list')
      .describe('How the claim holds several: an array, one string with separators, or an array written as a string.'),
    separator: z.string().length(1).default(',').describe('Of the format `separated`.'),
    cutAt: z
      .number()
      .int()
      .min(1)
      .max(10_000)
      .optional()
      .describe('A list of this length or more was cut by the provider (Okta: 100); nothing is taken away on it.'),
    names: GroupNames,
    update: z
      .enum(['off', 'newUsersOnly', 'everyLogin'])
      .default('everyLogin')
      .describe(
        'When claims change groups of Jira: never, only when this sign-in created the user ("Disable Group Mapping" elsewhere), or always. Default groups do not depend on it.',
      ),
    mode: z
      .enum(['manual', 'onTheFly'])
      .default('manual')
      .describe(
        '`manual`: only what `rules` name is given. `onTheFly`: the Jira group of the same name, by `onTheFly`.',
      ),
    keepExisting: z
      .boolean()
      .default(true)
      .describe('Of `manual`. On: only additions. Off: a mapped group that is no longer earned is taken away.'),
    rules: GroupRules.default([]).describe(
      'Of `manual`. Several groups may lead to one Jira group, and one to several. Rows with nothing in them are left out.',
    ),
    onTheFly: OnTheFly,
    decided: DecidedGroups,
    defaultGroups: z.array(groupName).max(100).default([]).describe('Jira groups that need no claim.'),
    defaultGroupsFor: z
      .enum(['all', 'new', 'none'])
      .default('all')
      .describe('Who gets them: everybody at every sign-in, only users created by this sign-in, or nobody.'),
    defaultGroupsByEntry: z
      .array(EntryDefaults)
      .max(50)
      .default([])
      .describe(
        'Jira groups for those who signed in by a page of one product, from the first such sign-in on; in addition to `defaultGroups`. Needs the edge: where Jira is not reached through Gatehouse nobody knows the page.',
      ),
    onlyIfNothingMapped: z
      .boolean()
      .default(false)
      .describe('On: they are given only when the groups claimed lead to no Jira group.'),
  })
  .superRefine(({ rules }, context) => {
    const list = rules.flatMap(({ pattern }) => (pattern === undefined ? [] : [pattern]));
    const isTooMany = list.length > patternRulesMax;
    const message = isTooMany ? `at most ${patternRulesMax} rules have a pattern` : faultOfPatterns(list);
    if (message !== undefined) context.addIssue({ code: 'custom', path: ['rules'], message });
  });
