import type { ServiceDefinition } from '@gatehouse/runtime';
import { ClaimMappingModule } from './claim-mapping.module.js';

export const claimMapping: ServiceDefinition = { name: 'claim-mapping', module: ClaimMappingModule };
