import { environment, loadConfig } from '@gatehouse/config';
import type { Config, Variables } from '@gatehouse/config';
import { createLogger } from '@gatehouse/telemetry';
import type { Logger } from '@gatehouse/telemetry';
import { createApplication } from './application.js';
import { Closing } from './closing.js';
import { openPlatform } from './open-platform.js';
import { assertPortsFree } from './ports.js';
import type { ServiceDefinition } from './service.js';

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
  const config = loadConfig(variables);
  const logger = options.logger ?? createLogger(config.logLevel);
  const closing = new Closing(logger);
  try {
    await assertPortsFree(config, services);
    for (const warning of config.warnings) logger.warn(warning);
    const platform = await openPlatform(config, services, logger, closing);
    const app = await createApplication(services, platform, closing);
    for (const service of services) await service.afterListening?.(app);
    const greetings = await Promise.all(services.map(async (service) => service.greeting?.(config, app) ?? []));
    return { config, greeting: greetings.flat(), close: () => closing.close() };
  } catch (error) {
    await closing.close();
    throw error;
  }
}
