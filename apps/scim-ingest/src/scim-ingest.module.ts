import { Module } from '@nestjs/common';
import { DirectoryGroups, DirectoryUsers } from '@gatehouse/directory';
import { Commits } from '@gatehouse/messaging';
import { Quotas } from './access/quotas.service.js';
import { Tenants } from './access/tenants.store.js';
import { AbsentPeople } from './pull/absent-people.store.js';
import { CognitoPools } from './pull/aws.cognito-pools.js';
import { PullDirectoryHandler } from './pull/pull-directory.handler.js';
import { PullSteps } from './pull/pull-steps.service.js';
import { PullSyncs } from './pull/pull-syncs.store.js';
import { PulledGroups } from './pull/pulled-groups.store.js';
import { PulledPeople } from './pull/pulled-people.store.js';
import { StartDirectorySyncsHandler } from './pull/start-directory-syncs.handler.js';
import { DialectsReader } from './resources/dialects.reader.js';
import { Groups } from './resources/groups.service.js';
import { PassedOver } from './resources/passed-over.js';
import { Resources } from './resources/resources.store.js';
import { Revivals } from './resources/revivals.service.js';
import { Users } from './resources/users.service.js';
import { Bulk } from './routes/bulk.service.js';
import { Lists } from './routes/lists.service.js';
import { Presenter } from './routes/presenter.service.js';
import { ResourceRoutes } from './routes/resource.routes.js';
import { ScimFront } from './scim.front.js';
import { ScimRouter } from './scim.router.js';

@Module({
  controllers: [StartDirectorySyncsHandler, PullDirectoryHandler],
  providers: [
    Tenants,
    Quotas,
    DialectsReader,
    Commits,
    DirectoryUsers,
    DirectoryGroups,
    Resources,
    PassedOver,
    Revivals,
    Users,
    Groups,
    Presenter,
    Lists,
    ResourceRoutes,
    Bulk,
    ScimRouter,
    ScimFront,
    ...[CognitoPools, PullSyncs, PullSteps, PulledPeople, PulledGroups, AbsentPeople],
  ],
})
export class ScimIngestModule {}
