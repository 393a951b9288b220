import { Module } from '@nestjs/common';
import type { NestModule } from '@nestjs/common';
import { CONFIG } from '@gatehouse/config';
import type { Config } from '@gatehouse/config';
import { Encryption, Notifications } from '@gatehouse/database';
import { CleanupRunner, Cleanups, DirectoryPeople, DirectoryUsers } from '@gatehouse/directory';
import { JiraClientModule } from '@gatehouse/jira-client';
import { LOGGER } from '@gatehouse/telemetry';
import type { Logger } from '@gatehouse/telemetry';
import { DataSource } from 'typeorm';
import { AdminTokens } from './access/admin-tokens.store.js';
import { ApiTokenGuard } from './access/api-token.guard.js';
import { ApiTokens } from './access/api-tokens.store.js';
import { FailedAttempts } from './access/failed-attempts.js';
import { TokensController } from './access/tokens.controller.js';
import { TokenCheck } from './access/token-check.service.js';
import { ApiServer } from './api/api-server.js';
import { OpenApiController } from './api/openapi.controller.js';
import { ApiDescription } from './api/openapi.description.js';
import { UnknownRouteController } from './api/unknown-route.controller.js';
import { AuditController } from './audit/audit.controller.js';
import { LoginsController } from './audit/logins.controller.js';
import { BoardController } from './board/board.controller.js';
import { QueueBoard } from './board/queue-board.js';
import { ConfigApplier } from './config/config.applier.js';
import { ConfigController } from './config/config.controller.js';
import { ConfigVersionsController } from './config/versions.controller.js';
import { ConfigVersions } from './config/versions.reader.js';
import { StartConfiguration } from './config/start.configuration.js';
import { DirectoryLinksController } from './directory-links/directory-links.controller.js';
import { DirectoryLinks } from './directory-links/directory-links.store.js';
import { DirectoryQuestions } from './directory-links/directory-questions.service.js';
import { DirectoryReviewController } from './directory-review/directory-review.controller.js';
import { DirectoryReviews } from './directory-review/directory-review.store.js';
import { ReviewedConfiguration } from './directory-review/reviewed-configuration.reader.js';
import { ReviewedGroups } from './directory-review/reviewed-groups.service.js';
import { ReviewedPeople } from './directory-review/reviewed-people.service.js';
import { ExplainController } from './explain/explain.controller.js';
import { JiraMemberships } from './explain/jira-membership.reader.js';
import { MembershipExplainer } from './explain/membership-explainer.service.js';
import { MembershipFacts } from './explain/membership-facts.reader.js';
import { People } from './explain/people.reader.js';
import { SimulationsController } from './explain/simulations.controller.js';
import { TimelineController } from './explain/timeline.controller.js';
import { Timeline } from './explain/timeline.reader.js';
import { HeldRemovalsController } from './held-removals/held-removals.controller.js';
import { HeldRemovals } from './held-removals/held-removals.store.js';
import { JiraGroupsController } from './jira-groups/jira-groups.controller.js';
import { ConsoleAddress } from './pages/console-address.js';
import { ConsoleServer } from './pages/console-server.js';
import { HomeController } from './pages/home.controller.js';
import { BulkActionsController } from './operations/bulk-actions.controller.js';
import { ChangeLimit } from './operations/change-limit.js';
import { FailuresController } from './operations/failures.controller.js';
import { JiraHealthReader } from './operations/jira-health.reader.js';
import { LanesController } from './operations/lanes.controller.js';
import { OperatorChanges } from './operations/operator-changes.service.js';
import { OverviewController } from './operations/overview.controller.js';
import { SchedulesController } from './operations/schedules.controller.js';
import { WorkersController } from './operations/workers.controller.js';
import { ParkedController } from './parked/parked.controller.js';
import { ComparedPeople } from './plans/compared-people.service.js';
import { MetOnRecords } from './plans/met-on-records.reader.js';
import { PeopleOnRecord } from './plans/people-on-record.reader.js';
import { WordsOnRecord } from './plans/words-on-record.reader.js';
import { PlanMaker } from './plans/plan-maker.service.js';
import { PlanReplies } from './plans/plan-replies.service.js';
import { PlansController } from './plans/plans.controller.js';
import { Plans } from './plans/plans.store.js';
import { SeatsAsked } from './plans/seats-asked.reader.js';
import { DuplicatesController } from './people/duplicates.controller.js';
import { DuplicatePeople } from './people/duplicates.reader.js';
import { CleanupsController } from './cleanups/cleanups.controller.js';
import { PresetsController } from './providers/presets.controller.js';
import { ProviderProgress } from './providers/provider-progress.reader.js';
import { ProviderProvisioningController } from './providers/provider-provisioning.controller.js';
import { ProvidersController } from './providers/providers.controller.js';
import { ProviderSubjects } from './provider-tests/provider-subject.reader.js';
import { ProviderTestsController } from './provider-tests/provider-tests.controller.js';
import { ProviderTests } from './provider-tests/provider-tests.store.js';
import { PeopleController } from './people/people.controller.js';
import { PersonClaimsReader } from './people/person-claims.reader.js';
import { Provisioning } from './people/provisioning.service.js';
import { RunsSince } from './people/runs-since.reader.js';
import { JiraRegistrar } from './registration/jira.registrar.js';
import { RegistrationController } from './registration/registration.controller.js';
import { SandboxScimTokens } from './scim-tokens/sandbox-scim-tokens.js';
import { ScimTokensController } from './scim-tokens/scim-tokens.controller.js';
import { ScimTokens } from './scim-tokens/scim-tokens.store.js';
import { RenamesController } from './renames/renames.controller.js';
import { Renames } from './renames/renames.store.js';
import { DirectorySyncsController } from './directory-syncs/directory-syncs.controller.js';
import { DirectorySyncs } from './directory-syncs/directory-syncs.store.js';
import { DriftSweepsController } from './resyncs/drift-sweeps.controller.js';
import { ResyncsController } from './resyncs/resyncs.controller.js';
import { Resyncs } from './resyncs/resyncs.store.js';
import { ConsoleCookie } from './session/console.cookie.js';
import { ConsoleSessions } from './session/console-sessions.store.js';
import { OpKeysController } from './sessions/op-keys.controller.js';
import { AccountOrdersController } from './account-orders/account-orders.controller.js';
import { AccountOrders } from './account-orders/account-orders.store.js';
import { OpSigningKeys } from './sessions/op-keys.store.js';
import { SessionsController } from './sessions/sessions.controller.js';
import { Sessions } from './sessions/sessions.store.js';
import { SignInController } from './session/sign-in.controller.js';

@Module({
  imports: [JiraClientModule],
  // The last two answer what no other route of the API and of the console took.
  controllers: [
    ConfigController,
    ConfigVersionsController,
    PlansController,
    PresetsController,
    ProvidersController,
    ProviderProvisioningController,
    DirectoryLinksController,
    DirectoryReviewController,
    LoginsController,
    AuditController,
    OverviewController,
    LanesController,
    FailuresController,
    BulkActionsController,
    ParkedController,
    WorkersController,
    SchedulesController,
    HeldRemovalsController,
    RenamesController,
    JiraGroupsController,
    DuplicatesController,
    ResyncsController,
    DirectorySyncsController,
    DriftSweepsController,
    ExplainController,
    SimulationsController,
    TimelineController,
    PeopleController,
    AccountOrdersController,
    RegistrationController,
    ProviderTestsController,
    CleanupsController,
    TokensController,
    ScimTokensController,
    SessionsController,
    OpKeysController,
    SignInController,
    BoardController,
    OpenApiController,
    UnknownRouteController,
    HomeController,
  ],
  providers: [
    AdminTokens,
    ApiTokens,
    ScimTokens,
    SandboxScimTokens,
    ProviderProgress,
    ...[DirectoryLinks, DirectoryQuestions, DirectoryReviews, ReviewedConfiguration, ReviewedGroups, ReviewedPeople],
    ApiTokenGuard,
    TokenCheck,
    { provide: FailedAttempts, useFactory: () => new FailedAttempts() },
    ApiServer,
    ConsoleAddress,
    ConsoleServer,
    ConsoleCookie,
    ConsoleSessions,
    QueueBoard,
    { provide: ChangeLimit, useFactory: () => new ChangeLimit() },
    OperatorChanges,
    Sessions,
    OpSigningKeys,
    JiraHealthReader,
    HeldRemovals,
    Renames,
    DuplicatePeople,
    Resyncs,
    DirectorySyncs,
    DirectoryPeople,
    DirectoryUsers,
    Cleanups,
    CleanupRunner,
    People,
    MembershipFacts,
    JiraMemberships,
    MembershipExplainer,
    Timeline,
    RunsSince,
    PersonClaimsReader,
    Provisioning,
    AccountOrders,
    ApiDescription,
    ConfigApplier,
    ConfigVersions,
    Plans,
    PlanMaker,
    PlanReplies,
    ComparedPeople,
    MetOnRecords,
    PeopleOnRecord,
    WordsOnRecord,
    SeatsAsked,
    ProviderSubjects,
    ProviderTests,
    StartConfiguration,
    {
      provide: JiraRegistrar,
      inject: [DataSource, Encryption, Notifications, CONFIG, LOGGER],
      useFactory: (
        dataSource: DataSource,
        encryption: Encryption,
        notifications: Notifications,
        config: Config,
        logger: Logger,
      ) => new JiraRegistrar({ dataSource, encryption, notifications, config, logger }),
    },
  ],
})
export class ConsoleModule implements NestModule {
  constructor(
    private readonly api: ApiServer,
    private readonly pages: ConsoleServer,
  ) {}

  /** The one hook of a module that Nest calls before it registers routes. */
  configure(): void {
    this.api.prepare();
    this.pages.prepare();
  }
}
