import type { IncomingMessage } from 'node:http';
import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { MicroserviceOptions } from '@nestjs/microservices';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { NestLogger } from '@gatehouse/telemetry';
import type { Closing } from './closing.js';
import { FrontServer, withoutBasePath } from './front-server.js';
import { Draining } from './health.controller.js';
import { PlatformModule } from './platform.module.js';
import type { Platform } from './platform.module.js';
import { listenPort } from './ports.js';
import type { ServiceDefinition } from './service.js';

const bodyLimitBytes = 1_048_576;

@Module({})
class RootModule {
  static of(services: readonly ServiceDefinition[], platform: Platform): DynamicModule {
    const modules = services.flatMap((service) => service.module ?? []);
    return { module: RootModule, imports: [PlatformModule.of(platform), ...modules] };
  }
}

/** One Nest application for all services of this process: HTTP, jobs, and what goes in front of both. */
export async function createApplication(
  services: readonly ServiceDefinition[],
  platform: Platform,
  closing: Closing,
): Promise<NestFastifyApplication> {
  const { config, messaging } = platform;
  const frontServer = new FrontServer();
  const adapter = new FastifyAdapter({
    serverFactory: frontServer.factory,
    rewriteUrl: (request: IncomingMessage) => withoutBasePath(request.url ?? '/', config.basePath),
    bodyLimit: bodyLimitBytes,
    forceCloseConnections: true,
  });
  const app = await NestFactory.create<NestFastifyApplication>(RootModule.of(services, platform), adapter, {
    logger: new NestLogger(platform.logger),
    abortOnError: false,
  });
  closing.add('application', () => app.close());
  // Before connectMicroservice: registered afterwards, the filter is silently ignored.
  app.useGlobalFilters(messaging.rpcExceptionFilter);
  app.connectMicroservice<MicroserviceOptions>({ strategy: messaging.strategy }, { inheritAppConfig: true });
  await app.init();
  frontServer.front = services.map((service) => service.front?.(app)).find((front) => front !== undefined);
  await app.startAllMicroservices();
  await messaging.start();
  await app.listen(listenPort(config, services), config.host);
  closing.add('draining', () => {
    app.get(Draining).started = true;
    return Promise.resolve();
  });
  return app;
}
