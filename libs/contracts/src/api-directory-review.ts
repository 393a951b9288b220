import { z } from 'zod';
import { PageQuery, StorableText } from './api.js';
import { linkVerdicts } from './api-directory-links.js';
import { ConfiguredProviderReference } from './api-providers.js';
import { Reason } from './api-operations.js';
import { directoryProvisioning, linkKeys } from './directory-linking.js';

/** A directory before anything of it reaches Jira: what it would meet there, and what is decided about it (P28). */

const Count = z.int().min(0);
const jiraGroup = StorableText.min(1).max(255);

export const DirectoryReview = z
  .strictObject({
    provider: z.string(),
    provisioning: z.enum(directoryProvisioning),
    groups: z.strictObject({ total: Count, decided: Count }),
    people: z.strictObject({ total: Count, decided: Count.describe('With at least one decision about a link.') }),
  })
  .meta({ id: 'DirectoryReview' });
export type DirectoryReview = z.output<typeof DirectoryReview>;

/** Jira is asked about everybody on a page while somebody waits. */
export const DirectoryReviewQuery = PageQuery.extend({
  limit: z.coerce.number().int().min(1).max(25).default(25).describe('Items per page.'),
});
export type DirectoryReviewQuery = z.output<typeof DirectoryReviewQuery>;

const verdict = z
  .enum(['link', 'rename', 'skip'])
  .describe(
    '`link`: to a group that Jira has. `rename`: to one that Jira does not have, and that is made. `skip`: to none.',
  );

export const ReviewedGroup = z
  .strictObject({
    group: z.uuid().describe('The SCIM id.'),
    name: z.string(),
    members: Count.describe('People who are in it themselves.'),
    matched: Count.describe('Of them those who have an account with a Jira user, or signed in.'),
    leadsTo: z
      .array(
        z.strictObject({
          group: z.string(),
          exists: z.boolean().nullable().describe('Null: Jira did not say.'),
          members: Count.nullable().describe('Of the Jira group, those of groups inside it included.'),
          ours: Count.describe('People whose membership Gatehouse gave or manages.'),
          administrators: z.boolean(),
        }),
      )
      .describe('By the mapping as it is; with a decision, by that.'),
    conflict: z
      .boolean()
      .nullable()
      .describe(
        'On: Jira has a group to which this one leads, and nobody is in it through Gatehouse, or more people are than came through it. Null: Jira did not say.',
      ),
    decision: z
      .strictObject({ verdict, to: z.string().nullable(), by: z.string(), reason: z.string(), at: z.iso.datetime() })
      .nullable(),
  })
  .meta({ id: 'ReviewedGroup' });
export type ReviewedGroup = z.output<typeof ReviewedGroup>;

export const ReviewedGroupPage = z
  .strictObject({ items: z.array(ReviewedGroup), next: z.string().nullable() })
  .meta({ id: 'ReviewedGroupPage' });
export type ReviewedGroupPage = z.output<typeof ReviewedGroupPage>;

export const ReviewedGroupReference = ConfiguredProviderReference.extend({ group: z.uuid() });
export type ReviewedGroupReference = z.output<typeof ReviewedGroupReference>;

export const GroupDecision = z
  .strictObject({
    verdict,
    to: jiraGroup.optional().describe('The Jira group of `link` and `rename`.'),
    reason: Reason,
  })
  .refine(({ verdict: said, to }) => (said === 'skip') === (to === undefined), {
    path: ['to'],
    message: 'names the Jira group with link and rename, and is left out with skip',
  });
export type GroupDecision = z.output<typeof GroupDecision>;

export const ReviewedPerson = z
  .strictObject({
    person: z.uuid().describe('The SCIM id.'),
    userName: z.string(),
    outcome: z
      .enum(['linked', 'adopted', 'created', 'asked', 'refused', 'unknown'])
      .describe(
        '`linked`: to an account that Gatehouse has. `adopted`: the Jira user that is there. `asked`: an administrator would have to decide, under /api/v1/directory-links. `unknown`: Jira did not say.',
      ),
    by: z.enum(linkKeys).nullable().describe('Of an account.'),
    account: z.uuid().nullable(),
    jiraKey: z.string().nullable(),
    username: z.string().nullable().describe('The Jira user, as Jira spells it.'),
    code: z.string().nullable().describe('Why they are asked about or refused.'),
    reason: z.string().nullable(),
    verdicts: z.array(z.enum(linkVerdicts)).describe('What is decided about this person so far.'),
  })
  .meta({ id: 'ReviewedPerson' });
export type ReviewedPerson = z.output<typeof ReviewedPerson>;

export const ReviewedPersonPage = z
  .strictObject({ items: z.array(ReviewedPerson), next: z.string().nullable() })
  .meta({ id: 'ReviewedPersonPage' });
export type ReviewedPersonPage = z.output<typeof ReviewedPersonPage>;

export const ReviewApply = z.strictObject({
  remaining: z
    .enum(['asMapped', 'skip'])
    .describe('Groups about which nothing is decided: as the mapping says, or left out one by one.'),
  note: StorableText.trim().min(1).max(200).describe('Why, kept with the version. Name nobody.'),
});
export type ReviewApply = z.output<typeof ReviewApply>;
