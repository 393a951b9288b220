import { z } from 'zod';
import { PageQuery } from './api.js';
import { ProviderKey } from './config-document.js';

/** The tokens with which identity providers push people and groups. */

const Name = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[A-Za-z0-9][A-Za-z0-9 ._@-]*$/, 'letters, digits and . _ @ - only')
  .describe('What uses it, e.g. `Okta production`.');

export const ScimToken = z
  .strictObject({
    id: z.uuid(),
    provider: ProviderKey.describe('Whose people and groups it may read and write; it sees nothing of any other.'),
    name: Name,
    createdAt: z.iso.datetime(),
    createdBy: z.string(),
    expiresAt: z.iso.datetime().nullable().describe('Null: valid until it is revoked.'),
    lastUsedAt: z.iso.datetime().nullable().describe('Recorded at most once a minute.'),
  })
  .meta({ id: 'ScimToken' });
export type ScimToken = z.output<typeof ScimToken>;

export const ScimTokenQuery = PageQuery.extend({ provider: ProviderKey.optional() });
export type ScimTokenQuery = z.output<typeof ScimTokenQuery>;

export const ScimTokenPage = z
  .strictObject({
    items: z.array(ScimToken),
    next: z.string().nullable().describe('Cursor of the next page; null on the last one.'),
  })
  .meta({ id: 'ScimTokenPage' });
export type ScimTokenPage = z.output<typeof ScimTokenPage>;

export const ScimTokenOrder = z
  .strictObject({
    provider: ProviderKey,
    name: Name,
    expiresAt: z.iso.datetime({ offset: true }).optional().describe('Left out: valid until it is revoked.'),
  })
  .meta({ id: 'ScimTokenOrder' });
export type ScimTokenOrder = z.output<typeof ScimTokenOrder>;

export const ScimTokenRotation = z
  .strictObject({
    overlapHours: z
      .int()
      .min(0)
      .max(720)
      .default(24)
      .describe('How long the old token is still valid, so that the identity provider can be told the new one.'),
    expiresAt: z.iso
      .datetime({ offset: true })
      .optional()
      .describe('Of the new token. Left out: when the old one would have ended without this.'),
  })
  .meta({ id: 'ScimTokenRotation' });
export type ScimTokenRotation = z.output<typeof ScimTokenRotation>;

export const ScimTokenCreated = ScimToken.extend({
  token: z.string().describe('Shown this once; only its hash is kept.'),
}).meta({ id: 'ScimTokenCreated' });
export type ScimTokenCreated = z.output<typeof ScimTokenCreated>;

export const ScimTokenReference = z.strictObject({ id: z.uuid() });
export type ScimTokenReference = z.output<typeof ScimTokenReference>;
