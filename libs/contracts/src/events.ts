import { z } from 'zod';
import { defineEvent } from './event.js';
import { TraceId } from './trace.js';

export const IdentityReference = z.strictObject({ identityId: z.uuid(), traceId: TraceId });
export const AccountReference = z.strictObject({ accountId: z.uuid(), traceId: TraceId });

export const ProviderReference = z.strictObject({ provider: z.string(), traceId: TraceId });

export const identityVerified = defineEvent({
  name: 'identity.verified',
  meaning: "the identity provider's answer was verified and the person may enter",
  data: IdentityReference,
});

export const accessDesired = defineEvent({
  name: 'access.desired',
  meaning: 'what an account should be in Jira was decided (again)',
  data: AccountReference,
});

export const accountKeyTaken = defineEvent({
  name: 'account.key-taken',
  meaning: 'the Jira user this identity leads to is held by another account',
  data: IdentityReference,
});

export const accountVerifyDue = defineEvent({
  name: 'account.verify-due',
  meaning: 'two workers may have met at an account: it is to be read in Jira once more',
  data: AccountReference,
});

export const mappingChanged = defineEvent({
  name: 'mapping.changed',
  meaning: 'what a provider gives to its people was configured anew',
  data: z.strictObject({ provider: z.string(), configVersion: z.int().positive(), traceId: TraceId }),
});

export const identityMappingDue = defineEvent({
  name: 'identity.mapping-due',
  meaning: 'the rules have changed since the claims of this identity were mapped',
  data: IdentityReference,
});

export const removalsApproved = defineEvent({
  name: 'removals.approved',
  meaning: 'an administrator let removals go on that the brake held',
  data: z.strictObject({ configVersion: z.int().min(0), traceId: TraceId }),
});

export const accountRemovalDue = defineEvent({
  name: 'account.removal-due',
  meaning: 'what was held of this account may be taken away now',
  data: AccountReference,
});

export const accountSeatsDue = defineEvent({
  name: 'account.seats-due',
  meaning: 'a licence was full when this account needed a seat: it is time to look again',
  data: AccountReference,
});

export const accountDriftCheckDue = defineEvent({
  name: 'account.drift-check-due',
  meaning: 'what an account has in Jira was not compared for long: somebody may have changed it there by hand',
  data: AccountReference,
});

export const Moment = z.strictObject({ traceId: TraceId });

export const messagingTidyDue = defineEvent({
  name: 'messaging.tidy-due',
  meaning: 'it is time to remove what the messaging tables have kept long enough',
  data: Moment,
});

export const runsTidyDue = defineEvent({
  name: 'runs.tidy-due',
  meaning: 'it is time to remove reconcile runs that were kept long enough',
  data: Moment,
});

export const driftSweepDue = defineEvent({
  name: 'drift.sweep-due',
  meaning: 'it is time to compare accounts with Jira that were not seen there for long',
  data: Moment,
});

export const driftAuditDue = defineEvent({
  name: 'drift.audit-due',
  meaning: 'it is time to compare all accounts with Jira',
  data: Moment,
});
