import { z } from 'zod';
import type { Deactivation, DesiredAccess } from './desired-access.js';

export type DeactivatedBy = Deactivation['by'];

/** Whose word it is that it may be used again. */
export const LiftedBy = z.enum(['directory', 'administrator', 'sign-in', 'sign-in-over-directory']);
export type LiftedBy = z.output<typeof LiftedBy>;

/**
 * Whether a Jira user that we deactivated is activated again (S60, D10): by the same word or a stronger one. A sign-in is
 * one only where the mapping lets it activate anybody. Nobody's word revives nobody: a row may have been lost.
 */
export function mayRevive(
  deactivatedBy: DeactivatedBy,
  { lifted, awaitsSignIn, mayActivate }: Pick<DesiredAccess, 'lifted' | 'awaitsSignIn' | 'mayActivate'>,
): boolean {
  switch (lifted) {
    case undefined:
      return false;
    case 'administrator':
      return true;
    case 'directory':
      return deactivatedBy !== 'administrator';
    case 'sign-in-over-directory':
      return deactivatedBy !== 'administrator' && mayActivate && !awaitsSignIn;
    case 'sign-in':
      return deactivatedBy === 'inactivity' && mayActivate;
  }
}
