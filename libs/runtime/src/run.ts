import { environment, loadConfig } from '@gatehouse/config';
import type { Config, Variables } from '@gatehouse/config';
import { createLogger } from '@gatehouse/telemetry';
import type { Logger } from '@gatehouse/telemetry';
import { createApplication } from './application.js';
import { Closing } from './closing.js';
import { openPlatform, startBeside } from './open-platform.js';
import { assertPortsFree, listenPort } from './ports.js';
import { isWhole } from './process-services.js';
import type { ServiceDefinition } from './service.js';
import { nothingToStart } from './start-failure.js';

export interface Running {
  readonly config: Config;
  /** For a person at a terminal: addresses, accounts, the admin token when it is new. */
  readonly greeting: readonly string[];
  close(): Promise<void>;
}

export interface RunOptions {
  /** Where log lines go; standard output unless a test wants to read them. */
  readonly logger?: Logger;
}

/**
 * The one bootstrap: every entry point, the suite and the tests start services through it.
 * @throws ConfigError, StartError or EmbeddedPostgresError, each with a message for a person
 */
export async function run(
  services: readonly ServiceDefinition[],
  variables: Variables = environment(),
  options: RunOptions = {},
): Promise<Running> {
  const names = services.map(({ name }) => name);
  const config = loadConfig(variables, names);
  const logger = options.logger ?? createLogger(config.logLevel);
  const closing = new Closing(logger);
  try {
    await assertPortsFree(config, services);
    for (const warning of config.warnings) logger.warn(warning);
    const greeting = services.some(({ module }) => module)
      ? await startServices(config, services, logger, closing)
      : await startSandboxAlone(config, services, logger, closing);
    return { config, greeting, close: () => closing.close() };
  } catch (error) {
    await closing.close();
    throw error;
  }
}

async function startServices(
  config: Config,
  services: readonly ServiceDefinition[],
  logger: Logger,
  closing: Closing,
): Promise<readonly string[]> {
  const platform = await openPlatform(config, services, logger, closing);
  const app = await createApplication(services, platform, closing);
  for (const service of services) await service.afterListening?.(app);
  const greetings = await Promise.all(services.map(async (service) => service.greeting?.(config, app) ?? []));
  const lines = [...besideGreetings(config, services), ...greetings.flat()];
  if (isWhole(platform.services)) return lines;
  const address = `http://${config.host}:${listenPort(config, services)}${config.basePath}`;
  return [`${platform.services.join(', ')}: ready at ${address}/readyz`, ...lines];
}

/** It stands for systems of others, so it needs neither PostgreSQL nor a port of ours. */
async function startSandboxAlone(
  config: Config,
  services: readonly ServiceDefinition[],
  logger: Logger,
  closing: Closing,
): Promise<readonly string[]> {
  if (!config.sandbox) throw nothingToStart();
  await startBeside(config, services, logger, closing);
  return besideGreetings(config, services);
}

function besideGreetings(config: Config, services: readonly ServiceDefinition[]): readonly string[] {
  return services.flatMap((service) => service.besideGreeting?.(config) ?? []);
}
