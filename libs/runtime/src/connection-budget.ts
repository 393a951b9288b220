import type { ServiceName } from '@gatehouse/contracts';

/**
 * Pools of the PostgreSQL connections that statements run on. Besides them a process has one that listens, and what
 * the queues need when they live in PostgreSQL too. The budget: 25 for a process of its own, 45 for everything in one.
 */
const poolSizes: Record<ServiceName, number> = {
  'auth-gateway': 10,
  console: 6,
  'claim-mapping': 6,
  'group-sync': 6,
  sandbox: 0,
};

/** Services of one process seldom all work at once. */
const sharedPoolMax = 20;

export function poolSizeOf(services: readonly ServiceName[]): number {
  const sum = services.reduce((total, name) => total + poolSizes[name], 0);
  return Math.min(sum, sharedPoolMax);
}
