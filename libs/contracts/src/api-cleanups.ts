import { z } from 'zod';
import { StorableText } from './api.js';
import { Reason } from './api-operations.js';

/** Whom a complete list of a provider's people lacks: look at the plan, then apply it (X32, X51, X52). */

export const cleanupValuesMax = 10_000;

export const CleanupKey = z.enum(['userName', 'externalId', 'id']);
export type CleanupKey = z.output<typeof CleanupKey>;

const part = {
  values: z.array(StorableText.min(1).max(500)).max(cleanupValuesMax),
  more: z.boolean().default(false).describe('Another part of the list follows; nothing is compared before the last.'),
};

export const CleanupRequest = z
  .union([
    z
      .strictObject({
        listedAt: z.iso
          .datetime()
          .describe('When the list was begun, not in the future. Who was created or changed later is not missing.'),
        by: CleanupKey.describe('What the values are. Names are compared without case.'),
        ...part,
      })
      .describe('The first part of the list.'),
    z.strictObject({ cleanup: z.uuid(), ...part }).describe('A further part.'),
    z
      .strictObject({
        apply: z.uuid(),
        acceptPeople: z.int().min(0).optional().describe('Of a plan that the brake holds: the exact number of people.'),
        reason: Reason,
      })
      .describe('What was planned.'),
  ])
  .meta({ id: 'CleanupRequest' });
export type CleanupRequest = z.output<typeof CleanupRequest>;

export const CleanupReferencePath = z.strictObject({ key: z.string().max(64), id: z.uuid() });
export type CleanupReferencePath = z.output<typeof CleanupReferencePath>;

const Count = z.int().min(0);

export const CleanupCounts = z.strictObject({
  listed: Count,
  compared: Count.describe('Of the directory; inactive people only with `remove`.'),
  known: Count.describe('Of those compared: listed.'),
  withoutKey: Count.describe('Of those compared: have no external id. They are never missing.'),
  changedSince: Count.describe('Not listed, and created or changed since `listedAt`.'),
  exceptNames: Count,
  exceptGroups: Count,
  people: Count.describe('Missing, and no exception.'),
});
export type CleanupCounts = z.output<typeof CleanupCounts>;

export const CleanupState = z
  .strictObject({
    id: z.uuid(),
    provider: z.string(),
    state: z.enum(['listing', 'planned', 'applied']),
    action: z.enum(['deactivate', 'remove', 'keep']).nullable().describe('`directory.cleanup.missing` of the mapping.'),
    counts: CleanupCounts.nullable(),
    held: z
      .enum(['number', 'share', 'unusable'])
      .nullable()
      .describe('Over `settings.brake`, by number or as a share; `unusable`: the list is none of this directory.'),
    people: z.array(z.strictObject({ id: z.uuid(), userName: z.string() })).describe('The first hundred of them.'),
    result: z
      .strictObject({ changed: Count, skipped: Count.describe('Changed by the provider meanwhile, and left alone.') })
      .nullable(),
  })
  .meta({ id: 'CleanupState' });
export type CleanupState = z.output<typeof CleanupState>;
