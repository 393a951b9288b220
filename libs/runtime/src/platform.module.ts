import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { CONFIG, SEED_DOCUMENT } from '@gatehouse/config';
import type { Config } from '@gatehouse/config';
import type { ConfigDocumentInput, ServiceName } from '@gatehouse/contracts';
import { Encryption, LiveConfigReader, Notifications } from '@gatehouse/database';
import { MessagingModule } from '@gatehouse/messaging';
import type { Messaging } from '@gatehouse/messaging';
import { LOGGER } from '@gatehouse/telemetry';
import type { Logger } from '@gatehouse/telemetry';
import { DataSource } from 'typeorm';
import { Draining, HealthController } from './health.controller.js';
import { PROCESS_SERVICES } from './process-services.js';
import { MetricsController } from './metrics/metrics.controller.js';

/** What every service stands on, opened once per process by `run`. */
export interface Platform {
  readonly config: Config;
  readonly logger: Logger;
  readonly dataSource: DataSource;
  readonly encryption: Encryption;
  readonly notifications: Notifications;
  readonly liveConfig: LiveConfigReader;
  readonly messaging: Messaging;
  readonly seed: ConfigDocumentInput | undefined;
  /** Of this process. */
  readonly services: readonly ServiceName[];
}

@Module({})
export class PlatformModule {
  static of(platform: Platform): DynamicModule {
    const providers = [
      { provide: CONFIG, useValue: platform.config },
      { provide: LOGGER, useValue: platform.logger },
      { provide: SEED_DOCUMENT, useValue: platform.seed },
      { provide: PROCESS_SERVICES, useValue: platform.services },
      { provide: DataSource, useValue: platform.dataSource },
      { provide: Encryption, useValue: platform.encryption },
      { provide: Notifications, useValue: platform.notifications },
      { provide: LiveConfigReader, useValue: platform.liveConfig },
      Draining,
    ];
    return {
      module: PlatformModule,
      global: true,
      imports: [MessagingModule.register(platform.messaging)],
      controllers: [HealthController, MetricsController],
      providers,
      exports: providers,
    };
  }
}
