import {
  accessDesired,
  accountDriftCheckDue,
  accountKeyTaken,
  accountRemovalDue,
  accountSeatsDue,
  accountVerifyDue,
  driftAuditDue,
  driftSweepDue,
  identityMappingDue,
  identityVerified,
  mappingChanged,
  messagingTidyDue,
  removalsApproved,
  runsTidyDue,
} from './events.js';
import {
  mapClaims,
  reconcileAccount,
  releaseRemovals,
  remapProvider,
  sweepDrift,
  tidyMessaging,
  tidyRuns,
} from './jobs.js';
import { on, sameLane } from './route.js';
import type { Route } from './route.js';

/** The whole system on one screen: which fact starts which job, and in which lane it waits. */
export const flow: readonly Route[] = [
  on(identityVerified).start(mapClaims, 'interactive', ({ identityId, traceId }) => ({ identityId, traceId })),
  on(accessDesired).start(reconcileAccount, sameLane, ({ accountId, traceId }) => ({ accountId, traceId })),
  on(accountKeyTaken).start(mapClaims, sameLane, ({ identityId, traceId }) => ({ identityId, traceId })),
  on(accountVerifyDue).start(reconcileAccount, sameLane, ({ accountId, traceId }) => ({ accountId, traceId })),
  on(accountSeatsDue).start(reconcileAccount, sameLane, ({ accountId, traceId }) => ({ accountId, traceId })),
  on(removalsApproved).start(releaseRemovals, 'bulk', ({ configVersion, traceId }) => ({ configVersion, traceId })),
  on(accountRemovalDue).start(reconcileAccount, sameLane, ({ accountId, traceId }) => ({ accountId, traceId })),
  on(driftSweepDue).start(sweepDrift, 'bulk', ({ traceId }) => ({ scope: 'not-seen-for-long' as const, traceId })),
  on(driftAuditDue).start(sweepDrift, 'bulk', ({ traceId }) => ({ scope: 'all' as const, traceId })),
  on(accountDriftCheckDue).start(reconcileAccount, sameLane, ({ accountId, traceId }) => ({ accountId, traceId })),
  on(mappingChanged).start(remapProvider, 'bulk', ({ provider, traceId }) => ({ provider, traceId })),
  on(identityMappingDue).start(mapClaims, sameLane, ({ identityId, traceId }) => ({ identityId, traceId })),
  on(messagingTidyDue).start(tidyMessaging, 'bulk', ({ traceId }) => ({ traceId })),
  on(runsTidyDue).start(tidyRuns, 'bulk', ({ traceId }) => ({ traceId })),
];
