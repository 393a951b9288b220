import { accessDesired, accountKeyTaken, AccountReference, IdentityReference } from './events.js';
import { defineJob } from './job.js';

export const mapClaims = defineJob({
  name: 'map-claims',
  service: 'claim-mapping',
  meaning: "Turn an identity's claims into the access its account should have.",
  payload: IdentityReference,
  key: ({ identityId }) => identityId,
  attempts: 8,
  emits: [accessDesired],
});

export const reconcileAccount = defineJob({
  name: 'reconcile-account',
  service: 'group-sync',
  meaning: 'Make one Jira account equal to what the rules say it should be.',
  payload: AccountReference,
  key: ({ accountId }) => accountId,
  attempts: 8,
  emits: [accountKeyTaken],
});
