import { z } from 'zod';
import {
  accessDesired,
  accountDriftCheckDue,
  accountKeyTaken,
  AccountReference,
  accountRemovalDue,
  accountSeatsDue,
  accountVerifyDue,
  identityMappingDue,
  IdentityReference,
  Moment,
  ProviderReference,
  removalsApproved,
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
  emits: [accessDesired],
});

export const remapProvider = defineJob({
  name: 'remap-provider',
  service: 'claim-mapping',
  meaning: 'Map the claims of everybody of one provider again, page by page.',
  payload: ProviderReference,
  key: ({ provider }) => provider,
  attempts: 8,
  emits: [identityMappingDue],
});

export const reconcileAccount = defineJob({
  name: 'reconcile-account',
  service: 'group-sync',
  meaning: 'Make one Jira account equal to what the rules say it should be.',
  payload: AccountReference,
  key: ({ accountId }) => accountId,
  attempts: 8,
  needs: 'jira',
  emits: [accountKeyTaken, accountVerifyDue, accountSeatsDue],
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
