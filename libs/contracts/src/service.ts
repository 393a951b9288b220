/** The deployable parts. A job names the one service that handles it. */
export const serviceNames = [
  'auth-gateway',
  'claim-mapping',
  'group-sync',
  'scim-ingest',
  'console',
  'sandbox',
] as const;
export type ServiceName = (typeof serviceNames)[number];
