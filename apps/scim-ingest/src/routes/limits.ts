import type { ServiceLimits } from '@gatehouse/scim';
import { bodyBytesMax } from '../http/read-body.js';

/** What ServiceProviderConfig says, and what holds. */
export const limits: ServiceLimits = {
  bulkOperationsMax: 1_000,
  bodyBytesMax,
  pageSizeDefault: 100,
  pageSizeMax: 1_000,
  cursorTimeoutSeconds: 3_600,
};
