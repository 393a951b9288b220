import { z } from 'zod';
import { PageQuery, StorableText } from './api.js';
import { Reason } from './api-operations.js';
import { OpKeyStep } from './op-key-steps.js';

/** Who is signed in, and ending it; the keys that sessions are signed with. Never the cookie of a session, nor a token of the provider. */

const Moment = z.iso.datetime();

const narrowing = {
  account: z.uuid().optional().describe('Id of an account: every session of this Jira user.'),
  identity: z.uuid().optional().describe('Id of an identity: one person at one provider.'),
  provider: StorableText.min(1).max(63).optional().describe('Key of a provider.'),
};

export const SessionState = z
  .strictObject({
    id: z.uuid(),
    account: z.uuid(),
    username: z.string().nullable().describe('The Jira user, as Jira spells it.'),
    identity: z.uuid(),
    provider: z.string(),
    openedAt: Moment.describe('When it was opened, or renewed by signing in again.'),
    authenticatedAt: Moment.describe('When the person proved who they are, as far as the provider says it.'),
    lastSeenAt: Moment,
    expiresAt: Moment.describe('At the latest; without use it ends earlier unless it is remembered.'),
    remembered: z.boolean().describe('It outlives the browser, and no idleness ends it.'),
  })
  .meta({ id: 'SessionState' });
export type SessionState = z.output<typeof SessionState>;

export const SessionPage = z
  .strictObject({
    items: z.array(SessionState),
    next: z.string().nullable().describe('Cursor of the next page; null on the last one.'),
  })
  .meta({ id: 'SessionPage' });
export type SessionPage = z.output<typeof SessionPage>;

export const SessionQuery = PageQuery.extend(narrowing);
export type SessionQuery = z.output<typeof SessionQuery>;

export const SessionReference = z.strictObject({ id: z.uuid() });
export type SessionReference = z.output<typeof SessionReference>;

/** Of which sessions; what is given must all fit. */
export const SessionsEndRequest = z
  .strictObject({ ...narrowing, reason: Reason })
  .refine(({ account, identity, provider }) => account ?? identity ?? provider, {
    message: 'name an account, an identity or a provider',
  });
export type SessionsEndRequest = z.output<typeof SessionsEndRequest>;

export const SessionEndQuery = z.strictObject({ reason: Reason.optional() });
export type SessionEndQuery = z.output<typeof SessionEndQuery>;

export const SessionsEnded = z
  .strictObject({
    sessions: z.int().min(0).describe('How many were alive when this was asked.'),
    remaining: z.int().min(0).describe('How many of them still are: the gateway ends them as soon as it can.'),
  })
  .meta({ id: 'SessionsEnded' });
export type SessionsEnded = z.output<typeof SessionsEnded>;

export const OpKeys = z.strictObject({ keys: z.array(OpKeyStep) }).meta({ id: 'OpKeys' });
export type OpKeys = z.output<typeof OpKeys>;

export const OpKeyRotationOrdered = z
  .strictObject({
    orderedAt: Moment.describe('Every key made before this is on its way out.'),
    carriedOut: z
      .boolean()
      .describe('Whether a gateway has made the new keys; if not, it does as soon as one runs: GET /op-keys shows it.'),
    keys: z.array(OpKeyStep),
  })
  .meta({ id: 'OpKeyRotationOrdered' });
export type OpKeyRotationOrdered = z.output<typeof OpKeyRotationOrdered>;
