import { z } from 'zod';
import { PageQuery, StorableText } from './api.js';

/** What happened, for whoever looks later. Neither has a token, a claim or a secret. */

const Moment = z.iso.datetime();
const Since = z.iso.datetime({ offset: true });
const period = {
  from: Since.optional().describe('Not before.'),
  until: Since.optional().describe('Before.'),
};
const explained = {
  code: z.string().nullable().describe('Why, or what was worth noting about one that was accepted.'),
  meaning: z.string().nullable(),
  action: z.string().nullable().describe('What to do about it.'),
};
const text = StorableText.min(1).max(255);

export const LoginQuery = PageQuery.extend({
  provider: text.optional(),
  outcome: z.enum(['accepted', 'refused', 'failed']).optional(),
  code: text.optional().describe('Of docs/errors.md.'),
  traceId: text.optional().describe('The reference that an error page shows.'),
  subject: text.optional().describe('Whom the provider named, exactly.'),
  ...period,
});
export type LoginQuery = z.output<typeof LoginQuery>;

export const LoginAttempt = z
  .strictObject({
    id: z.uuid(),
    at: Moment,
    provider: z.string(),
    outcome: z
      .enum(['accepted', 'refused', 'failed'])
      .describe('Refused: this person may not enter. Failed: nobody could be recognised.'),
    ...explained,
    account: z
      .strictObject(explained)
      .nullable()
      .describe(
        'Of one that was accepted: why its Jira account cannot be used now; null: nothing is known against it.',
      ),
    reason: z.string().nullable().describe('The technical cause, in our words.'),
    subject: z.string().nullable().describe('Whom the provider named, once that was verified.'),
    identity: z.uuid().nullable(),
    traceId: z.string(),
    durationMs: z.int().min(0).describe('From the answer of the provider to the decision.'),
  })
  .meta({ id: 'LoginAttempt' });
export type LoginAttempt = z.output<typeof LoginAttempt>;

export const LoginPage = z
  .strictObject({
    items: z.array(LoginAttempt),
    next: z.string().nullable().describe('Cursor of the next page; null on the last one.'),
  })
  .meta({ id: 'LoginPage' });
export type LoginPage = z.output<typeof LoginPage>;

export const AuditQuery = PageQuery.extend({
  actor: text.optional().describe('`token:<name>`, `session:<name>`, `file:<name>`, `seed` or `start`.'),
  action: text.optional(),
  object: text.optional(),
  traceId: text.optional(),
  ...period,
});
export type AuditQuery = z.output<typeof AuditQuery>;

export const AuditLine = z
  .strictObject({
    id: z.string(),
    at: Moment,
    actor: z.string(),
    action: z.string(),
    object: z.string().nullable(),
    details: z
      .record(z.string(), z.unknown())
      .describe(
        'By action. `config.applied`: each change with `before` and `after`, or `leftOut` where they are long; of a secret only that it changed. `sessions.ended`: whose they were. `provider.checked`, `provider-test.created`: which servers were called. `op-keys.rotated`, `op-keys.made`: the keys before and after. `api-token.revoked`: what the token was.',
      ),
    traceId: z.string().nullable(),
  })
  .meta({ id: 'AuditLine' });
export type AuditLine = z.output<typeof AuditLine>;

export const AuditPage = z
  .strictObject({
    items: z.array(AuditLine),
    next: z.string().nullable().describe('Cursor of the next page; null on the last one.'),
  })
  .meta({ id: 'AuditPage' });
export type AuditPage = z.output<typeof AuditPage>;
