import type { ServiceName } from '@gatehouse/contracts';

/**
 * Connections to PostgreSQL: for transactions and questions of any kind, and for the statements that are planned once.
 * Besides them a process has one that listens, and what the queues need when they live in PostgreSQL too. The budget: 25
 * for a process of its own, 45 for everything in one.
 */
export interface PoolSizes {
  readonly transactions: number;
  readonly statements: number;
}

const poolSizes: Record<ServiceName, PoolSizes> = {
  'auth-gateway': { transactions: 6, statements: 7 },
  console: { transactions: 6, statements: 2 },
  'claim-mapping': { transactions: 4, statements: 5 },
  'group-sync': { transactions: 3, statements: 6 },
  'scim-ingest': { transactions: 6, statements: 9 },
  sandbox: { transactions: 0, statements: 0 },
};

/** Services of one process seldom all work at once. */
const sharedPoolMax = 12;

export function poolSizesOf(services: readonly ServiceName[]): PoolSizes {
  const shared = (kind: keyof PoolSizes) =>
    Math.min(
      services.reduce((total, name) => total + poolSizes[name][kind], 0),
      sharedPoolMax,
    );
  return { transactions: shared('transactions'), statements: shared('statements') };
}
