import type { IncomingMessage } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { MicroserviceOptions } from '@nestjs/microservices';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { NestLogger } from '@gatehouse/telemetry';
import type { Closing } from './closing.js';
import { FrontServer, trustGateway, withoutBasePath } from './front-server.js';
import { Draining } from './health.controller.js';
import { inOrder } from './fronts.js';
import { PlatformModule } from './platform.module.js';
import type { Platform } from './platform.module.js';
import { listenPort } from './ports.js';
import type { ServiceDefinition } from './service.js';

const bodyLimitBytes = 1_048_576;
/** For answers under way when the process stops; whoever reads more slowly is cut off. */
const lastAnswersWithinMs = 3_000;

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
  const frontServer = new FrontServer(platform.encryption);
  const adapter = new FastifyAdapter({
    serverFactory: frontServer.factory,
    rewriteUrl: (request: IncomingMessage) => withoutBasePath(request.url ?? '/', config.basePath),
    bodyLimit: bodyLimitBytes,
    forceCloseConnections: 'idle',
    trustProxy: trustGateway,
  });
  const app = await NestFactory.create<NestFastifyApplication>(RootModule.of(services, platform), adapter, {
    logger: new NestLogger(platform.logger),
    abortOnError: false,
  });
  closing.add('application', async () => {
    const cut = setTimeout(() => frontServer.closeAllConnections(), lastAnswersWithinMs);
    await app.close().finally(() => clearTimeout(cut));
  });
  // Before connectMicroservice: registered afterwards, the filter is silently ignored.
  app.useGlobalFilters(messaging.rpcExceptionFilter);
  app.connectMicroservice<MicroserviceOptions>({ strategy: messaging.strategy }, { inheritAppConfig: true });
  await app.init();
  frontServer.front = inOrder(services.flatMap((service) => service.front?.(app) ?? []));
  await app.startAllMicroservices();
  await messaging.start();
  await app.listen(listenPort(config, services), config.host);
  // Says so first and goes on serving for balancers to notice; meanwhile no job is taken any more.
  closing.add('draining', async () => {
    app.get(Draining).started = true;
    await Promise.all([delay(config.stopDelayMs), messaging.operations.drain(), messaging.strategy.close()]);
  });
  return app;
}
