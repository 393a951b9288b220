import { z } from 'zod';
import { Reason } from './api-operations.js';

/** An administrator's word about an account, which holds against directories and sign-ins (D10). */

export const AccountOrderRequest = z.strictObject({ reason: Reason });
export type AccountOrderRequest = z.output<typeof AccountOrderRequest>;

export const AccountOrdered = z
  .strictObject({
    account: z.uuid(),
    order: z.enum(['deactivate', 'reactivate']),
    orderedAt: z.iso.datetime(),
    sessions: z.int().min(0).describe('How many were alive when this was asked.'),
    remaining: z.int().min(0).describe('How many of them still are. They let nobody in any more.'),
  })
  .meta({ id: 'AccountOrdered' });
export type AccountOrdered = z.output<typeof AccountOrdered>;
