import { z } from 'zod';
import {
  accessDesired,
  accessRevoked,
  accountDriftCheckDue,
  accountKeyTaken,
  AccountReference,
  accountRemovalDue,
  accountRenamed,
  accountRenameDue,
  accountResyncDue,
  accountSeatsDue,
  accountVerifyDue,
  DirectoryGroupReference,
  directoryGroupChanged,
  directorySyncDue,
  directoryUserChanged,
  directoryUserDeactivated,
  directoryUserMappingDue,
  DirectoryUserReference,
  identityMappingDue,
  IdentityReference,
  Moment,
  ProviderReference,
  removalsApproved,
  resyncDue,
  ResyncReference,
} from './events.js';
import { defineJob } from './job.js';
import { TraceId } from './trace.js';

export const mapClaims = defineJob({
  name: 'map-claims',
  service: 'claim-mapping',
  meaning: "Turn an identity's claims into the access its account should have.",
  payload: IdentityReference,
  key: ({ identityId }) => identityId,
  attempts: 8,
  emits: [accessDesired, accessRevoked],
});

export const decideAccount = defineJob({
  name: 'decide-account',
  service: 'claim-mapping',
  meaning: 'Decide anew what an account should be, from all that is known of it and what an administrator ordered.',
  payload: AccountReference,
  key: ({ accountId }) => accountId,
  attempts: 8,
  emits: [accessDesired, accessRevoked],
});

export const sweepInactivity = defineJob({
  name: 'sweep-inactivity',
  service: 'claim-mapping',
  meaning:
    'Deactivate accounts that nobody has used for as many days as the settings say, so that their seats are free.',
  payload: Moment,
  key: () => 'all',
  attempts: 3,
  emits: [accessDesired, accessRevoked],
});

export const endSessions = defineJob({
  name: 'end-sessions',
  service: 'auth-gateway',
  meaning: 'End the sessions of an account that was deactivated, and what was issued under them.',
  payload: AccountReference,
  key: ({ accountId }) => accountId,
  attempts: 8,
  emits: [],
});

export const mapDirectoryUser = defineJob({
  name: 'map-directory-user',
  service: 'claim-mapping',
  meaning: "Turn what a provider's directory says of a person into the access the person's account should have.",
  payload: DirectoryUserReference,
  key: ({ directoryUserId }) => directoryUserId,
  attempts: 8,
  emits: [accessDesired, accessRevoked],
});

export const fanOutGroup = defineJob({
  name: 'fan-out-group',
  service: 'claim-mapping',
  meaning: 'Have everybody mapped again whom a change of a directory group affects, page by page.',
  payload: DirectoryGroupReference,
  key: ({ groupId }) => groupId,
  attempts: 8,
  emits: [directoryUserMappingDue],
});

export const startDirectorySyncs = defineJob({
  name: 'start-directory-syncs',
  service: 'scim-ingest',
  meaning: 'Begin to read the directories of providers that push nothing, each as often as its configuration says.',
  payload: Moment,
  key: () => 'all',
  attempts: 3,
  emits: [directorySyncDue],
});

export const pullDirectory = defineJob({
  name: 'pull-directory',
  service: 'scim-ingest',
  meaning: "Read a provider's people, groups and members page by page, and have its directory follow.",
  payload: ProviderReference,
  key: ({ provider }) => provider,
  attempts: 8,
  emits: [directorySyncDue, directoryUserChanged, directoryUserDeactivated, directoryGroupChanged],
});

export const remapProvider = defineJob({
  name: 'remap-provider',
  service: 'claim-mapping',
  meaning: 'Map everybody of one provider again, from claims and from its directory, page by page.',
  payload: ProviderReference,
  key: ({ provider }) => provider,
  attempts: 8,
  emits: [identityMappingDue, directoryUserMappingDue],
});

export const reconcileAccount = defineJob({
  name: 'reconcile-account',
  service: 'group-sync',
  meaning: 'Make one Jira account equal to what the rules say it should be.',
  payload: AccountReference,
  key: ({ accountId }) => accountId,
  attempts: 8,
  lease: 'account',
  needs: 'jira',
  emits: [accountKeyTaken, directoryUserMappingDue, accountVerifyDue, accountSeatsDue, accountRenameDue],
});

export const renameAccount = defineJob({
  name: 'rename-account',
  service: 'group-sync',
  meaning: 'Give one Jira user the name that its provider gives, if nothing stands against it and nobody signs in.',
  payload: AccountReference,
  key: ({ accountId }) => accountId,
  attempts: 8,
  lease: 'account',
  needs: 'jira',
  emits: [accountRenamed, accountVerifyDue, directoryUserMappingDue],
});

export const releaseRemovals = defineJob({
  name: 'release-removals',
  service: 'group-sync',
  meaning: 'Have the accounts reconciled again whose removals were held by the brake and are approved, page by page.',
  payload: removalsApproved.data,
  key: ({ configVersion }) => String(configVersion),
  attempts: 8,
  emits: [accountRemovalDue],
});

export const sweepDrift = defineJob({
  name: 'sweep-drift',
  service: 'group-sync',
  meaning: 'Have accounts compared with Jira that were not seen there for long, or all of them, page by page.',
  payload: z.strictObject({ scope: z.enum(['not-seen-for-long', 'all']), traceId: TraceId }),
  key: ({ scope }) => scope,
  attempts: 8,
  emits: [accountDriftCheckDue],
});

export const sendResync = defineJob({
  name: 'send-resync',
  service: 'group-sync',
  meaning:
    'Have the accounts that an operator chose reconciled, a window at a time, so that it can be paused and ended.',
  payload: ResyncReference,
  key: ({ resyncId }) => resyncId,
  attempts: 8,
  emits: [accountResyncDue, resyncDue],
});

export const provisionAccount = defineJob({
  name: 'provision-account',
  service: 'group-sync',
  meaning: 'Have one account reconciled that an operator asked for, however lately it was seen in Jira.',
  payload: AccountReference,
  key: ({ accountId }) => accountId,
  attempts: 8,
  emits: [accountResyncDue],
});

export const tidyMessaging = defineJob({
  name: 'tidy-messaging',
  service: 'claim-mapping',
  meaning: 'Remove resolved parked jobs, failed attempts and finished actions by age.',
  payload: Moment,
  key: () => 'all',
  attempts: 3,
  emits: [],
});

export const tidyRuns = defineJob({
  name: 'tidy-runs',
  service: 'group-sync',
  meaning: 'Remove the history of reconcile runs by age.',
  payload: Moment,
  key: () => 'all',
  attempts: 3,
  emits: [],
});
