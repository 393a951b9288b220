import { join } from 'node:path';
import type { Config } from '@gatehouse/config';
import { portTaken } from '@gatehouse/runtime';
import type { ServiceDefinition, Stoppable } from '@gatehouse/runtime';
import { sandboxScimTokens } from '@gatehouse/sandbox-seed';
import type { Logger } from '@gatehouse/telemetry';
import { demoPassword, demoPeople, startSandboxIdp } from './idp/index.js';
import { startSandboxJira } from './jira/index.js';
import { base, idpClients } from './clients.js';

/** An identity provider and a Jira to try everything with. The configuration refuses it in production. */
export const sandbox: ServiceDefinition = {
  name: 'sandbox',
  beside: startSandbox,
  besideGreeting: greeting,
};

async function startSandbox(config: Config, logger: Logger): Promise<Stoppable> {
  const { sandbox: ports, host, publicUrl, dataDir } = config;
  if (!ports) return { close: async () => {} };
  const idp = await orPortTaken(
    startSandboxIdp({
      host,
      port: ports.idpPort,
      hostedDomain: hostedDomain(publicUrl, ports.idpPort),
      clients: idpClients(publicUrl),
    }),
    ports.idpPort,
    'SANDBOX_IDP_PORT',
  );
  try {
    const dataFile = join(dataDir, 'sandbox-jira.json');
    const jira = await orPortTaken(
      startSandboxJira({
        host,
        port: ports.jiraPort,
        publicUrl: publicUrl.origin,
        dataFile,
        onDefect: (error) => logger.error({ err: error }, 'the sandbox Jira failed'),
      }),
      ports.jiraPort,
      'SANDBOX_JIRA_PORT',
    );
    return {
      close: async () => {
        await Promise.all([jira.close(), idp.close()]);
      },
    };
  } catch (error) {
    await idp.close();
    throw error;
  }
}

/** The runtime has looked at the main address; the other loopback address shows only here. */
async function orPortTaken<T>(started: Promise<T>, port: number, variable: string): Promise<T> {
  try {
    return await started;
  } catch (error) {
    const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
    if (code === 'EADDRINUSE') throw portTaken(port, variable);
    throw error;
  }
}

function greeting(config: Config): readonly string[] {
  if (!config.sandbox) return [];
  const { jiraPort, idpPort } = config.sandbox;
  const width = Math.max(...demoPeople.map(({ username }) => username.length));
  return [
    '',
    'Sandbox (nobody in it is real, anyone can sign in)',
    `  Jira                ${config.publicUrl.origin}/  start here`,
    `  Jira, direct        http://${browserHost(config.publicUrl)}:${jiraPort}/  local administrator admin / admin`,
    `  identity provider   ${hostedDomain(config.publicUrl, idpPort)}/`,
    `  SCIM                ${base(config.publicUrl)}/scim/v2  token ${sandboxScimTokens.cognito}`,
    `  people, password ${demoPassword}:`,
    ...demoPeople.map(({ username, hint }) => `    ${username.padEnd(width)}  ${hint}`),
  ];
}

function hostedDomain(publicUrl: URL, idpPort: number): string {
  return `http://${browserHost(publicUrl)}:${idpPort}`;
}

/** Loopback keeps the name that the outside contract fixes; otherwise browsers reach the sandbox where they reach us. */
function browserHost({ hostname }: URL): string {
  return /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname) ? 'localhost' : hostname;
}
