import type { ServiceDefinition } from '@gatehouse/runtime';
import { GroupSyncModule } from './group-sync.module.js';

export const groupSync: ServiceDefinition = { name: 'group-sync', module: GroupSyncModule };
