import { createServer } from 'node:net';
import { portVariable } from '@gatehouse/config';
import type { Config, ServicePort } from '@gatehouse/config';
import { isWhole } from './process-services.js';
import type { ServiceDefinition } from './service.js';
import { portTaken } from './start-failure.js';

/** Together they share the port of the one that comes first; alone each has its own. The sandbox has no part in it. */
export function listenPort(config: Config, services: readonly ServiceDefinition[]): number {
  return config.ports[portOwner(config, services)];
}

/** Looks before anything is started, so that a taken port costs no half-started installation. */
export async function assertPortsFree(config: Config, services: readonly ServiceDefinition[]): Promise<void> {
  if (services.some(({ module }) => module)) {
    const variable = isWhole(services.map(({ name }) => name)) ? 'PORT' : portVariable(portOwner(config, services));
    await assertFree(config.host, listenPort(config, services), variable);
  }
  if (!config.sandbox || !services.some(({ beside }) => beside)) return;
  await assertFree(config.host, config.sandbox.jiraPort, 'SANDBOX_JIRA_PORT');
  await assertFree(config.host, config.sandbox.idpPort, 'SANDBOX_IDP_PORT');
}

function portOwner({ ports }: Config, services: readonly ServiceDefinition[]): ServicePort {
  const owner = Object.keys(ports).find((name) => services.some((service) => service.name === name));
  if (owner === undefined) throw new Error('none of these services listens');
  return owner as ServicePort;
}

async function assertFree(host: string, port: number, variable: string): Promise<void> {
  const probe = createServer();
  try {
    await new Promise<void>((resolve, reject) => {
      probe.once('error', reject);
      probe.listen(port, host, resolve);
    });
  } catch {
    throw portTaken(port, variable);
  } finally {
    await new Promise((resolve) => probe.close(resolve));
  }
}
