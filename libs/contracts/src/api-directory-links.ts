import { z } from 'zod';
import { PageQuery, StorableText } from './api.js';
import { Reason } from './api-operations.js';
import { ProviderKey } from './config-document.js';
import { linkKeys } from './directory-linking.js';

/** People of directories who may be somebody that is known already, and an administrator's word on it. */

export const linkVerdicts = ['link', 'separate', 'refuse'] as const;
const linkOutcomes = ['waiting', 'linked', 'refused'] as const;

export const DirectoryLinksQuery = PageQuery.extend({
  provider: ProviderKey.optional(),
  outcome: z
    .enum(linkOutcomes)
    .default('waiting')
    .describe(
      '`waiting`: who waits for a decision now. `linked`, `refused`: every meeting with an account that ended so, by itself or by a decision, also of people whom the provider has removed since.',
    ),
});
export type DirectoryLinksQuery = z.output<typeof DirectoryLinksQuery>;

export const DirectoryLinkItem = z
  .strictObject({
    person: z.uuid().describe('The SCIM id.'),
    provider: z.string(),
    userName: z.string(),
    outcome: z.enum(linkOutcomes),
    account: z.uuid().nullable().describe('Whom they met; null: it is about a Jira user that nobody has yet.'),
    jiraKey: z.string().nullable().describe('Of the Jira user that may be theirs; null: it is about an account.'),
    username: z.string().nullable().describe('The Jira user, as Jira spells it; null: the account has none.'),
    by: z
      .enum([...linkKeys, 'jiraUser'])
      .nullable()
      .describe('`jiraUser`: two accounts lead to one. Null: Jira was asked.'),
    caution: z
      .string()
      .nullable()
      .describe('The code of what stands against it by the rules of a sign-in; of the refused, why they were.'),
    reason: z.string().nullable().describe('The same, for a person.'),
    askedAt: z.iso.datetime().describe('When they met: asked about, linked or refused.'),
  })
  .meta({ id: 'DirectoryLink' });
export type DirectoryLinkItem = z.output<typeof DirectoryLinkItem>;

export const DirectoryLinkPage = z
  .strictObject({
    items: z.array(DirectoryLinkItem),
    next: z.string().nullable().describe('Cursor of the next page; null on the last one.'),
  })
  .meta({ id: 'DirectoryLinkPage' });
export type DirectoryLinkPage = z.output<typeof DirectoryLinkPage>;

export const DirectoryLinkReference = z.strictObject({ person: z.uuid() });
export type DirectoryLinkReference = z.output<typeof DirectoryLinkReference>;

export const DirectoryLinkDecision = z
  .strictObject({
    verdict: z
      .enum(linkVerdicts)
      .describe(
        '`link`: they are one person. `separate`: they are two, and the person gets an account of their own. `refuse`: the person gets none.',
      ),
    account: z.uuid().optional().describe('As listed; either this or `jiraKey`.'),
    jiraKey: StorableText.min(1).max(255).optional().describe('As listed; either this or `account`.'),
    reason: Reason,
  })
  .refine(({ account, jiraKey }) => (account === undefined) !== (jiraKey === undefined), {
    path: ['account'],
    message: 'give either account or jiraKey, as it is listed',
  });
export type DirectoryLinkDecision = z.output<typeof DirectoryLinkDecision>;

export const DirectoryLinkDecided = z
  .strictObject({ person: z.uuid(), verdict: z.enum(linkVerdicts), changed: z.boolean() })
  .meta({ id: 'DirectoryLinkDecided' });
export type DirectoryLinkDecided = z.output<typeof DirectoryLinkDecided>;
