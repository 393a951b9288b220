import type { Settings } from '@gatehouse/contracts';

/**
 * How long an applied account is not read again, in minutes. Half of the time for which a username may be handed to
 * Jira at most: a login that waits for a fresh verification must never meet a run that finds nothing to do.
 */
export function windowMinutesOf({ verificationWindowMinutes, usernameVerifiedHours }: Settings): number {
  return Math.min(verificationWindowMinutes, usernameVerifiedHours * 30);
}
