import { setMaxListeners } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Directory } from './data/directory.js';
import { initialData } from './data/initial-data.js';
import { Licence } from './data/licence.js';
import { Sessions } from './data/sessions.js';
import { SsoSettings } from './data/sso-settings.js';
import { Store } from './data/store.js';
import type { Instance } from './instance.js';
import type { RunningSandboxJira, SandboxJiraOptions } from './options.js';
import { Representation } from './rest/represent.js';
import { buildServer } from './server/build-server.js';
import { Captcha } from './server/captcha.js';
import { CallLog } from './server/call-log.js';
import { Faults } from './server/faults.js';
import { RateLimits } from './server/rate-limits.js';
import { callbackPath, OidcLogin } from './sso/oidc-login.js';
import { SwitchBoard, switchesIn } from './switches.js';

export type { RunningSandboxJira, SandboxJiraOptions } from './options.js';

/** Starts a stand-in of Jira Data Center, 10.3 unless told otherwise: its user and group REST, its SSO app and its login. */
export async function startSandboxJira(options: SandboxJiraOptions = {}): Promise<RunningSandboxJira> {
  const host = options.host ?? '127.0.0.1';
  const contextPath = contextPathOf(options);
  const closing = new AbortController();
  setMaxListeners(0, closing.signal);
  let port = 0;
  const address = () => `http://${host.includes(':') ? `[${host}]` : host}:${port}${contextPath}`;
  const jira = assemble(
    options,
    contextPath,
    () => options.publicUrl?.replace(/\/+$/, '') ?? address(),
    closing.signal,
  );
  const app = await buildServer(jira);
  await app.listen({ host, port: options.port ?? 0 });
  port = (app.server.address() as AddressInfo).port;
  return {
    port,
    url: address(),
    async close() {
      closing.abort();
      const closed = app.close();
      app.server.closeAllConnections();
      await closed;
    },
  };
}

function assemble(
  options: SandboxJiraOptions,
  contextPath: string,
  baseUrl: () => string,
  closing: AbortSignal,
): Instance {
  const store = new Store(options.dataFile, initialData);
  const switches = new SwitchBoard(switchesIn(options));
  switches.watch(({ nodes, replicationLagMs }) => store.replicate({ nodes, lagMs: replicationLagMs }));
  const directory = new Directory(store, switches, options.nestedGroups);
  const licence = new Licence(directory, switches);
  const sso = new SsoSettings(store);
  return {
    options,
    contextPath,
    baseUrl,
    store,
    switches,
    directory,
    licence,
    sso,
    closing,
    sessions: new Sessions(store, (key) => directory.byKey(key)),
    oidc: new OidcLogin(directory, sso, {
      redirectUri: () => baseUrl() + callbackPath,
      pkce: options.pkce ?? false,
      provisions: () => switches.now.jit === 'groups',
      closing,
    }),
    represent: new Representation(directory, licence, baseUrl),
    calls: new CallLog(),
    faults: new Faults(),
    rateLimits: new RateLimits(switches),
    captcha: new Captcha(switches),
  };
}

function contextPathOf({ publicUrl, contextPath }: SandboxJiraOptions): string {
  return (publicUrl === undefined ? (contextPath ?? '') : new URL(publicUrl).pathname).replace(/\/+$/, '');
}
