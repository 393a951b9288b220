import type { RequestListener } from 'node:http';
import { Memory } from './context.js';
import type { IdpContext, Sites } from './context.js';
import { Faults } from './faults.js';
import { listen } from './listen.js';
import { defaultPoolId } from './options.js';
import type { SandboxIdp, SandboxIdpOptions } from './options.js';
import { People } from './people.js';
import { createServer } from './server.js';
import { SigningKeys } from './signing-keys.js';

export type { IdpClient, SandboxIdp, SandboxIdpOptions } from './options.js';
export { demoPassword, demoPeople } from './people.js';

/**
 * An identity provider in the shape of an Amazon Cognito user pool, to try everything against.
 *
 * It is written on fastify and jose and not on oidc-provider, because Cognito is not shaped like a certified provider:
 * issuer and endpoints lie on two sites, discovery hides what is supported, userInfo has strings for booleans, sign-out
 * has parameters of its own, and what is refused, how and where, is Cognito's. Bending all that out of a library that
 * is right by design would leave little of the library, and it would be the one our own provider is built on.
 */
export async function startSandboxIdp(options: SandboxIdpOptions): Promise<SandboxIdp> {
  const now = options.now ?? Date.now;
  const poolId = options.poolId ?? defaultPoolId;
  const keys = await SigningKeys.create();
  // The addresses in every answer need the port, so the listeners are open a moment before there is an answer.
  let handle: RequestListener = (_, response) => response.writeHead(503).end();
  const listening = await listen(options.host, options.port, (request, response) => handle(request, response));
  const sites = sitesOf(options, poolId, listening.port);
  const context: IdpContext = {
    sites,
    poolId,
    clients: options.clients,
    keys,
    people: new People(poolId),
    faults: new Faults(),
    memory: new Memory(now),
    now,
  };
  const closing = new AbortController();
  const app = await createServer(context, closing.signal);
  handle = (request, response) => app.routing(request, response);
  return {
    port: listening.port,
    issuer: sites.issuer,
    hostedDomain: sites.domain,
    close: async () => {
      closing.abort();
      await listening.close();
      await app.close();
    },
  };
}

function sitesOf(options: SandboxIdpOptions, poolId: string, port: number): Sites {
  const issuerOrigin = new URL(options.issuerOrigin ?? `http://127.0.0.1:${port}`);
  const domain = new URL(options.hostedDomain ?? `http://localhost:${port}`);
  return {
    issuer: `${issuerOrigin.origin}/${poolId}`,
    issuerHost: issuerOrigin.host,
    domain: domain.origin,
    domainHost: domain.host,
  };
}
