import type { INestApplication, INestApplicationContext } from '@nestjs/common';
import { CONFIG } from '@gatehouse/config';
import type { Config } from '@gatehouse/config';
import type { ServiceDefinition } from '@gatehouse/runtime';
import { seedDocument } from '@gatehouse/sandbox-seed';
import { adminTokenGreeting } from './access/admin-token-greeting.js';
import { AdminTokens } from './access/admin-tokens.store.js';
import { ApiDescription } from './api/openapi.description.js';
import { ConsoleModule } from './console.module.js';
import { ConsoleAddress } from './pages/console-address.js';
import { JiraRegistrar } from './registration/jira.registrar.js';

/** Jira beside us answers in milliseconds; one that is away must not hold up the start. */
const registeredWithinMs = 2_000;

/** Admin API, configuration as code, registration at Jira. */
export const consoleService: ServiceDefinition = {
  name: 'console',
  module: ConsoleModule,
  seed: seedDocument,
  afterListening: async (app) => {
    const { publicUrl } = app.get<Config>(CONFIG);
    app.get(ApiDescription).describe(httpApplication(app), ConsoleModule, publicUrl.href.replace(/\/+$/, ''));
    await app.get(JiraRegistrar).start(registeredWithinMs);
  },
  greeting: async (config, app) => {
    const tokens = app.get(AdminTokens);
    const { created } = await tokens.ensure();
    const token = { created, configured: config.adminToken !== undefined, file: await tokens.keptIn() };
    return [
      `Console:     ${new ConsoleAddress(config).href}  sign in with the admin token`,
      ...adminTokenGreeting(token),
    ];
  },
};

function httpApplication(app: INestApplicationContext): INestApplication {
  if (!('getHttpAdapter' in app)) throw new Error('the console needs an HTTP application');
  return app as INestApplication;
}
