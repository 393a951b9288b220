import { createServer } from 'node:net';
import type { Config } from '@gatehouse/config';
import type { ServiceName } from '@gatehouse/contracts';
import type { ServiceDefinition } from './service.js';
import { portTaken } from './start-failure.js';

/** Services on their own listen at PORT plus this; together with the gateway they share its port. */
const portOffset: Record<ServiceName, number> = {
  'auth-gateway': 0,
  console: 1,
  'claim-mapping': 3,
  'group-sync': 4,
  sandbox: 5,
};

export function listenPort(config: Config, services: readonly ServiceDefinition[]): number {
  return config.port + Math.min(...services.map(({ name }) => portOffset[name]));
}

/** Looks before anything is started, so that a taken port costs no half-started installation. */
export async function assertPortsFree(config: Config, services: readonly ServiceDefinition[]): Promise<void> {
  await assertFree(config.host, listenPort(config, services), 'PORT');
  if (!config.sandbox || !services.some(({ beside }) => beside)) return;
  await assertFree(config.host, config.sandbox.jiraPort, 'SANDBOX_JIRA_PORT');
  await assertFree(config.host, config.sandbox.idpPort, 'SANDBOX_IDP_PORT');
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
