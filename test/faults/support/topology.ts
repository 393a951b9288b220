import type { ProgramName } from './service-process.js';

/** Which processes make an installation, and where jobs wait. */
export interface Topology {
  readonly name: string;
  readonly programs: readonly ProgramName[];
  readonly queues: 'postgres' | 'redis';
}

const everyService = ['console', 'auth-gateway', 'claim-mapping', 'group-sync'] as const;
const withScim = [...everyService, 'scim-ingest'] as const;

export const topologies = {
  suite: { name: 'one process on PostgreSQL', programs: ['suite'], queues: 'postgres' },
  suiteOnRedis: { name: 'one process on PostgreSQL and Redis', programs: ['suite'], queues: 'redis' },
  split: { name: 'separate processes on PostgreSQL', programs: everyService, queues: 'postgres' },
  splitOnRedis: { name: 'separate processes on PostgreSQL and Redis', programs: everyService, queues: 'redis' },
  scim: { name: 'separate processes with SCIM on PostgreSQL', programs: withScim, queues: 'postgres' },
  /** Two workers of each kind. */
  scimReplicas: {
    name: 'separate processes with SCIM, two of each worker, on PostgreSQL',
    programs: [...withScim, 'claim-mapping', 'group-sync'],
    queues: 'postgres',
  },
  scimReplicasOnRedis: {
    name: 'separate processes with SCIM, two of each worker, on PostgreSQL and Redis',
    programs: [...withScim, 'claim-mapping', 'group-sync'],
    queues: 'redis',
  },
  /** Two of what people and Jira meet. */
  replicas: {
    name: 'two replicas of the gateway and of group-sync',
    programs: [...everyService, 'auth-gateway', 'group-sync'],
    queues: 'postgres',
  },
} as const satisfies Record<string, Topology>;
