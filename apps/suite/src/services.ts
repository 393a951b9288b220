import { authGateway } from '../../auth-gateway/src/service.js';
import { claimMapping } from '../../claim-mapping/src/service.js';
import { consoleService } from '../../console/src/service.js';
import { groupSync } from '../../group-sync/src/service.js';
import { scimIngest } from '../../scim-ingest/src/service.js';
import { sandbox } from '../../sandbox/src/service.js';

/** Everything in one process: the embedded default. */
export const allServices = [sandbox, consoleService, authGateway, scimIngest, claimMapping, groupSync];
