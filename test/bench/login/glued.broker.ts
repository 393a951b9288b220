/**
 * The same two libraries, glued by hand: openid-client towards the identity provider, oidc-provider towards Jira with
 * the library's own memory storage, sessions in a Map. As little as is correct: state, nonce, PKCE, signature of the
 * ID token, userinfo. It keeps nothing, logs nothing, and knows neither accounts nor replicas.
 */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import Provider from 'oidc-provider';
import { interactionPolicy } from 'oidc-provider';
import type { KoaContextWithOIDC } from 'oidc-provider';
import * as oidc from 'openid-client';
import { clientAtIdp, jira, provider, required, scopes, tellPort } from './shape.js';

interface Pending {
  readonly nonce: string;
  readonly verifier: string;
  readonly interaction: string;
}

const port = Number(required('BENCH_PORT'));
const origin = `http://localhost:${port}`;
const pending = new Map<string, Pending>();
const usernames = new Map<string, string>();
const sessions = new Map<string, string>();

const upstream = await oidc.discovery(
  new URL(required('BENCH_ISSUER')),
  clientAtIdp.id,
  undefined,
  oidc.ClientSecretPost(clientAtIdp.secret),
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- marked so only to stand out; nothing here is reachable from outside
  { execute: [oidc.allowInsecureRequests, oidc.enableNonRepudiationChecks] },
);
const op = newProvider();
const answerOp = op.callback();

const server = createServer((request, response) => void answer(request, response));
server.keepAliveTimeout = 65_000;
server.listen(port, () => tellPort(port));

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url!, origin);
  if (url.pathname.startsWith('/login/')) await begin(request, response);
  else if (url.pathname === `/callback/${provider}`) await finish(url, request, response);
  else await answerOp(request, response);
}

async function begin(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { uid } = await op.interactionDetails(request, response);
  const state = oidc.randomState();
  const nonce = oidc.randomNonce();
  const verifier = oidc.randomPKCECodeVerifier();
  pending.set(state, { nonce, verifier, interaction: uid });
  const url = oidc.buildAuthorizationUrl(upstream, {
    redirect_uri: `${origin}/callback/${provider}`,
    scope: scopes.join(' '),
    state,
    nonce,
    code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  });
  response.writeHead(302, { location: url.href, 'set-cookie': `tx=${state}; Path=/; HttpOnly; SameSite=Lax` }).end();
}

async function finish(url: URL, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const state = url.searchParams.get('state') ?? '';
  const started = pending.get(state);
  pending.delete(state);
  const bound = request.headers.cookie?.includes(`tx=${state}`);
  if (!started || !bound) {
    response.writeHead(400).end();
    return;
  }
  const tokens = await oidc.authorizationCodeGrant(upstream, url, {
    expectedState: state,
    expectedNonce: started.nonce,
    pkceCodeVerifier: started.verifier,
    idTokenExpected: true,
  });
  const { sub } = tokens.claims()!;
  const userinfo = await oidc.fetchUserInfo(upstream, tokens.access_token, sub);
  usernames.set(sub, userinfo.preferred_username!);
  const session = randomBytes(32).toString('base64url');
  sessions.set(session, sub);
  if (sessions.size > 10_000) sessions.delete(sessions.keys().next().value!);
  response.appendHeader('set-cookie', `session=${session}; Path=/; HttpOnly; SameSite=Lax`);
  await op.interactionFinished(request, response, { login: { accountId: sub, remember: false } });
}

function newProvider(): Provider {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const login = interactionPolicy.base().get('login')!;
  const made: Provider = new Provider(origin, {
    clients: [
      {
        client_id: jira.clientId,
        client_secret: required('BENCH_JIRA_SECRET'),
        redirect_uris: [jira.callback],
        token_endpoint_auth_method: 'client_secret_basic',
      },
    ],
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), alg: 'RS256', use: 'sig', kid: 'op-1' }] },
    responseTypes: ['code'],
    scopes: ['openid', 'profile', 'email'],
    claims: { openid: ['sub', 'preferred_username'] },
    conformIdTokenClaims: false,
    pkce: { required: () => false },
    // One path for both, so that the callback finds the interaction.
    cookies: { keys: ['bench'], short: { signed: true, path: '/', sameSite: 'lax' }, long: { signed: true } },
    features: { devInteractions: { enabled: false } },
    interactions: { policy: [login], url: (_ctx, { uid }) => `/login/${uid}` },
    findAccount: (_ctx, sub) => ({
      accountId: sub,
      claims: () => ({ sub, preferred_username: usernames.get(sub) }),
    }),
    loadExistingGrant: async (ctx: KoaContextWithOIDC) => {
      const grant = new made.Grant({ accountId: ctx.oidc.session!.accountId, clientId: jira.clientId });
      grant.addOIDCScope('openid profile email');
      await grant.save();
      return grant;
    },
    ttl: { AuthorizationCode: 60, AccessToken: 300, IdToken: 600, Interaction: 3_600, Session: 86_400, Grant: 86_400 },
  });
  made.silent = true;
  return made;
}
