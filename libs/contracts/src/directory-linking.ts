import { z } from 'zod';

/** By what somebody in a directory is found who is known already. */
export const linkKeys = ['externalId', 'userName', 'email'] as const;
export type LinkKey = (typeof linkKeys)[number];

/**
 * When somebody in a provider's directory meets an account that was made otherwise, or a Jira user that is there already.
 * Whatever is chosen: several who match are none, administrators and reserved names are never linked automatically, and
 * the addresses count that count at a sign-in.
 */
export const DirectoryLinking = z
  .strictObject({
    by: z
      .array(z.enum(linkKeys))
      .max(linkKeys.length)
      .refine((keys) => new Set(keys).size === keys.length, 'names one of them twice')
      .default(['externalId', 'userName'])
      .describe(
        'What is compared, in this order; what is left out is not. `externalId` with the subject of a sign-in at the same provider; `userName` and `email` with accounts and Jira users, where `userName` finds a Jira user as `match` of the mapping says. `email` needs allowedEmailDomains of the provider.',
      ),
    onMatch: z
      .enum(['automatic', 'ask', 'refuse'])
      .default('automatic')
      .describe(
        'What a match does. `automatic`: it links where the rules of a sign-in would. `ask`: nothing, until an administrator decides under /api/v1/directory-links. `refuse`: the person gets no Jira user; SCIM is answered as always.',
      ),
  })
  .prefault({});

export const directoryProvisioning = ['on', 'review', 'dryRun'] as const;

/** How far what a directory says goes. */
export const DirectoryProvisioning = z
  .enum(directoryProvisioning)
  .default('on')
  .describe(
    '`on`: Jira follows. `review` and `dryRun`: everything is received, answered and stored, and nothing of it reaches Jira; what would be done is told by /api/v1/providers/{key}/dry-run. `review` besides waits for decisions on its groups and people, and is ended by /api/v1/providers/{key}/review/apply. Whom the directory marks inactive does not sign in even so.',
  );

const groupName = z.string().min(1).max(255);

/** Groups about which somebody has decided, in the order of their names. */
export const DecidedGroups = z
  .array(
    z.strictObject({
      group: groupName.describe('Exactly as the identity provider names it.'),
      to: groupName.nullable().describe('The Jira group it leads to, and no other. Null: to none.'),
      create: z.boolean().default(false).describe('On: the Jira group is made when it is not there.'),
    }),
  )
  .max(10_000)
  .superRefine((decided, context) => {
    const seen = new Set<string>();
    decided.forEach(({ group, to, create }, index) => {
      if (seen.has(group)) context.addIssue({ code: 'custom', path: [index, 'group'], message: 'is decided twice' });
      if (to === null && create)
        context.addIssue({ code: 'custom', path: [index, 'create'], message: 'cannot be on where to is null' });
      seen.add(group);
    });
  })
  .default([])
  .describe(
    'Groups of which it is decided one by one what they lead to, in both modes; no rule and no like name counts for them.',
  );
