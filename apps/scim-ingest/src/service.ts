import type { ServiceDefinition } from '@gatehouse/runtime';
import { ScimFront } from './scim.front.js';
import { ScimIngestModule } from './scim-ingest.module.js';

/** SCIM 2.0: identity providers push people and groups. */
export const scimIngest: ServiceDefinition = {
  name: 'scim-ingest',
  module: ScimIngestModule,
  front: (app) => app.get(ScimFront),
};
