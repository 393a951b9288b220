/** The deployable parts. A job names the one service that handles it. */
export const serviceNames = ['auth-gateway', 'claim-mapping', 'group-sync', 'console', 'sandbox'] as const;
export type ServiceName = (typeof serviceNames)[number];
