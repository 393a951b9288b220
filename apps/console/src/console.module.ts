import { Module } from '@nestjs/common';
import type { NestModule } from '@nestjs/common';
import { CONFIG } from '@gatehouse/config';
import type { Config } from '@gatehouse/config';
import { Encryption } from '@gatehouse/database';
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
import { ConfigApplier } from './config/config.applier.js';
import { ConfigController } from './config/config.controller.js';
import { StartConfiguration } from './config/start.configuration.js';
import { ParkedController } from './parked/parked.controller.js';
import { JiraRegistrar } from './registration/jira.registrar.js';
import { RegistrationController } from './registration/registration.controller.js';

@Module({
  // The last one answers what no other route of the API took.
  controllers: [
    ConfigController,
    ParkedController,
    RegistrationController,
    TokensController,
    OpenApiController,
    UnknownRouteController,
  ],
  providers: [
    AdminTokens,
    ApiTokens,
    ApiTokenGuard,
    TokenCheck,
    { provide: FailedAttempts, useFactory: () => new FailedAttempts() },
    ApiServer,
    ApiDescription,
    ConfigApplier,
    StartConfiguration,
    {
      provide: JiraRegistrar,
      inject: [DataSource, Encryption, CONFIG, LOGGER],
      useFactory: (dataSource: DataSource, encryption: Encryption, config: Config, logger: Logger) =>
        new JiraRegistrar({ dataSource, encryption, config, logger }),
    },
  ],
})
export class ConsoleModule implements NestModule {
  constructor(private readonly server: ApiServer) {}

  /** The one hook of a module that Nest calls before it registers routes. */
  configure(): void {
    this.server.prepare();
  }
}
