import { decodeKey } from '@gatehouse/config';
import type { Config } from '@gatehouse/config';
import type { ServiceName } from '@gatehouse/contracts';
import {
  Encryption,
  LiveConfigReader,
  migrate,
  Notifications,
  openDatabase,
  resolveEncryptionKey,
  startEmbeddedPostgres,
} from '@gatehouse/database';
import { Messaging } from '@gatehouse/messaging';
import type { Logger } from '@gatehouse/telemetry';
import type { DataSource } from 'typeorm';
import type { Closing } from './closing.js';
import { poolSizesOf } from './connection-budget.js';
import type { PoolSizes } from './connection-budget.js';
import type { Platform } from './platform.module.js';
import { isWhole } from './process-services.js';
import type { ServiceDefinition } from './service.js';
import { databaseNeeded, databaseUnreachable } from './start-failure.js';

/** Opens everything the services stand on: PostgreSQL, the sandbox beside, the encryption key, the queues. */
export async function openPlatform(
  config: Config,
  services: readonly ServiceDefinition[],
  logger: Logger,
  closing: Closing,
): Promise<Platform> {
  const names = services.map(({ name }) => name);
  const databaseUrl = await chooseDatabase(config, names, logger, closing);
  await startBeside(config, services, logger, closing);
  const dataSource = await open(databaseUrl, poolSizesOf(names), closing);
  const encryption = new Encryption(
    await resolveEncryptionKey({
      configured: config.encryptionKey && decodeKey(config.encryptionKey.reveal()),
      dataDir: config.dataDir,
      dataSource,
    }),
  );
  const notifications = new Notifications(databaseUrl);
  closing.add('notifications', () => notifications.close());
  await notifications.start();
  const liveConfig = new LiveConfigReader(dataSource, encryption);
  await liveConfig.follow(notifications);
  const messaging = await Messaging.open({
    databaseUrl,
    redisUrl: config.redisUrl?.reveal(),
    dataSource,
    notifications,
    logger,
    services: names,
  });
  closing.add('messaging', () => messaging.close());
  const seed = services.map((service) => service.seed?.(config)).find((document) => document !== undefined);
  return { config, logger, dataSource, encryption, notifications, liveConfig, messaging, seed, services: names };
}

/** Servers that need nothing of the platform. */
export async function startBeside(
  config: Config,
  services: readonly ServiceDefinition[],
  logger: Logger,
  closing: Closing,
): Promise<void> {
  for (const service of services) {
    const beside = await service.beside?.(config, logger);
    if (beside) closing.add(service.name, () => beside.close());
  }
}

async function chooseDatabase(
  config: Config,
  services: readonly ServiceName[],
  logger: Logger,
  closing: Closing,
): Promise<string> {
  if (config.databaseUrl) return config.databaseUrl;
  // One process owns the embedded server, and the others would find it stopped with that one.
  if (!isWhole(services)) throw databaseNeeded(services);
  const embedded = await startEmbeddedPostgres({
    dataDir: config.dataDir,
    log: (message) => logger.debug(message),
    warn: (message) => logger.warn(message),
  });
  closing.add('embedded PostgreSQL', () => embedded.close());
  return embedded.url;
}

async function open(databaseUrl: string, pools: PoolSizes, closing: Closing): Promise<DataSource> {
  try {
    const dataSource = await openDatabase(databaseUrl, pools.transactions, pools.statements);
    closing.add('database', () => dataSource.destroy());
    await migrate(dataSource);
    return dataSource;
  } catch (error) {
    throw databaseUnreachable(error, databaseUrl);
  }
}
