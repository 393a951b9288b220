import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SignJWT } from 'jose';
import Provider from 'oidc-provider';
import type { JWK, KoaContextWithOIDC } from 'oidc-provider';

export type Person = Record<string, unknown>;

export const upstreamClient = { id: 'gateway', secret: 'upstream-client-secret-0123456789' };

/** A real identity provider that signs in whoever `person` names, without a form, and can be told to answer wrongly. */
export interface UpstreamIdp {
  readonly issuer: string;
  readonly people: Map<string, Person>;
  /** Who signs in next, unless the IdP's own session of that browser is still alive. */
  person: string;
  /** Changes the token endpoint's answer on its way out. */
  tamper: ((answer: Record<string, unknown>) => Promise<void> | void) | undefined;
  /** Takes requests before the provider does. */
  intercept: ((request: IncomingMessage, response: ServerResponse) => boolean) | undefined;
  /** Paths asked for, in order. */
  readonly requests: string[];
  /** From now on another key signs, and only that one is published. */
  rotate(): void;
  /** Signs as the provider would, for answers that are wrong in one claim only. */
  sign(claims: Record<string, unknown>, header?: Record<string, unknown>): Promise<string>;
  close(): Promise<void>;
}

/** @param redirectUris callbacks of ours; what else the client registers lies beside them */
export async function startUpstreamIdp(redirectUris: string[]): Promise<UpstreamIdp> {
  let key = newKey();
  const server = createServer((request, response) => {
    idp.requests.push(new URL(request.url!, idp.issuer).pathname);
    if (idp.intercept?.(request, response)) return;
    if (request.url!.startsWith('/interaction/')) void finish(request, response);
    else if (request.url === '/token' && idp.tamper) tampered(request, response);
    else void provider.callback()(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const idp: UpstreamIdp = {
    issuer,
    people: new Map(),
    person: 'ada',
    tamper: undefined,
    intercept: undefined,
    requests: [],
    rotate() {
      key = newKey();
      provider = newProvider();
    },
    sign: (claims, header = {}) =>
      new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: key.kid, ...header }).sign(key.privateKey),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  let provider = newProvider();

  function newProvider(): Provider {
    const made: Provider = new Provider(issuer, {
      clients: [
        {
          client_id: upstreamClient.id,
          client_secret: upstreamClient.secret,
          redirect_uris: redirectUris,
          token_endpoint_auth_method: 'client_secret_post',
          post_logout_redirect_uris: redirectUris.map((uri) => uri.replace(/callback\/[^/]*$/, 'logged-out')),
          ...(redirectUris[0] === undefined
            ? {}
            : { backchannel_logout_uri: redirectUris[0].replace('/callback/', '/backchannel-logout/') }),
          backchannel_logout_session_required: true,
        },
      ],
      jwks: { keys: [key.jwk] },
      cookies: {
        keys: ['upstream'],
        names: { session: 'upstream_session', interaction: 'upstream_interaction', resume: 'upstream_resume' },
      },
      claims: {
        openid: ['sub', 'preferred_username', 'email', 'email_verified', 'given_name', 'family_name', 'groups'],
      },
      conformIdTokenClaims: false,
      features: {
        devInteractions: { enabled: false },
        backchannelLogout: { enabled: true },
        rpInitiatedLogout: {
          enabled: true,
          // Its own page sends the form by script.
          logoutSource: (ctx, form) => {
            ctx.body = form.replace('</form>', '<button name="logout" value="yes">Sign out</button></form>');
          },
        },
      },
      // Its own refuses private addresses, where the gateway under test listens.
      fetch: (url, options) => fetch(url, { ...options, dispatcher: undefined }),
      interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
      findAccount: (_ctx, sub) => ({ accountId: sub, claims: () => ({ sub, ...idp.people.get(sub) }) }),
      loadExistingGrant: async (ctx: KoaContextWithOIDC) => {
        const grant = new made.Grant({ accountId: ctx.oidc.session!.accountId, clientId: ctx.oidc.client!.clientId });
        grant.addOIDCScope('openid email profile');
        await grant.save();
        return grant;
      },
      expiresWithSession: () => false,
      ttl: { AccessToken: 600, AuthorizationCode: 60, Grant: 600, IdToken: 600, Interaction: 600, Session: 600 },
    });
    made.silent = true;
    return made;
  }

  async function finish(request: IncomingMessage, response: ServerResponse): Promise<void> {
    await provider.interactionFinished(request, response, { login: { accountId: idp.person } });
  }

  function tampered(request: IncomingMessage, response: ServerResponse): void {
    const end = response.end.bind(response);
    response.end = ((body: string | Buffer) => {
      const answer = JSON.parse(body.toString()) as Record<string, unknown>;
      void Promise.resolve(idp.tamper?.(answer)).then(() => {
        const text = JSON.stringify(answer);
        response.setHeader('content-length', Buffer.byteLength(text));
        end(text);
      });
      return response;
    }) as typeof response.end;
    void provider.callback()(request, response);
  }
  return idp;
}

function newKey() {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const kid = randomUUID();
  const jwk = { ...privateKey.export({ format: 'jwk' }), kid, alg: 'RS256', use: 'sig' } as unknown as JWK;
  return { privateKey, kid, jwk };
}
