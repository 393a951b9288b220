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

export const accessRevoked = defineEvent({
  name: 'access.revoked',
  meaning: 'an account was deactivated: its sessions are over',
  data: AccountReference,
});

export const accountDeactivationOrdered = defineEvent({
  name: 'account.deactivation-ordered',
  meaning: 'an administrator deactivated an account, whatever anybody else says',
  data: AccountReference,
});

export const accountReactivationOrdered = defineEvent({
  name: 'account.reactivation-ordered',
  meaning: 'an administrator lifted what deactivates an account',
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

export const accountRenameDue = defineEvent({
  name: 'account.rename-due',
  meaning: 'a provider that names Jira users gives another name than the Jira user of this account has',
  data: AccountReference,
});

export const accountRenamed = defineEvent({
  name: 'account.renamed',
  meaning: 'the Jira user this identity leads to has got the name that its provider gives',
  data: IdentityReference,
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

export const DirectoryUserReference = z.strictObject({ directoryUserId: z.uuid(), traceId: TraceId });
export const DirectoryGroupReference = z.strictObject({ groupId: z.uuid(), traceId: TraceId });

export const directoryUserChanged = defineEvent({
  name: 'directory.user-changed',
  meaning: "a person in a provider's directory is new, or changed, or active again",
  data: DirectoryUserReference,
});

export const directoryUserDeactivated = defineEvent({
  name: 'directory.user-deactivated',
  meaning: "a provider's directory has deactivated or removed a person",
  data: DirectoryUserReference,
});

export const directoryGroupChanged = defineEvent({
  name: 'directory.group-changed',
  meaning: "a group in a provider's directory was renamed or removed, or has other members",
  data: DirectoryGroupReference,
});

export const directorySyncDue = defineEvent({
  name: 'directory-sync.due',
  meaning: "a provider's directory is to be read, or to be read further, or somebody has decided about such a listing",
  data: ProviderReference,
});

export const directorySyncsDue = defineEvent({
  name: 'directory-syncs.due',
  meaning: 'it is time to look which directories are to be read again',
  data: z.strictObject({ traceId: TraceId }),
});

export const directoryUserMappingDue = defineEvent({
  name: 'directory.user-mapping-due',
  meaning: 'what decides about this person has changed: a group around them, the rules, or whose their Jira user is',
  data: DirectoryUserReference,
});

export const directoryLinkDecided = defineEvent({
  name: 'directory.link-decided',
  meaning: 'an administrator decided whether a person of a directory is who an account or a Jira user stands for',
  data: DirectoryUserReference,
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

export const ResyncReference = z.strictObject({ resyncId: z.uuid(), traceId: TraceId });

export const resyncDue = defineEvent({
  name: 'resync.due',
  meaning: 'an operator wants many accounts compared with Jira, and there are some that were not sent on yet',
  data: ResyncReference,
});

export const accountResyncDue = defineEvent({
  name: 'account.resync-due',
  meaning: 'an operator wants an account compared with Jira, however lately it was seen there',
  data: AccountReference,
});

export const accountProvisionDue = defineEvent({
  name: 'account.provision-due',
  meaning: 'an operator wants one person brought to Jira now',
  data: AccountReference,
});

export const identityProvisionDue = defineEvent({
  name: 'identity.provision-due',
  meaning: 'an operator wants one person brought to Jira now: their claims are to be mapped again',
  data: IdentityReference,
});

export const directoryUserProvisionDue = defineEvent({
  name: 'directory.user-provision-due',
  meaning: 'an operator wants one person brought to Jira now: what a directory says of them is to be mapped again',
  data: DirectoryUserReference,
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

export const inactivitySweepDue = defineEvent({
  name: 'inactivity.sweep-due',
  meaning: 'it is time to look for accounts that nobody has used for long',
  data: Moment,
});
