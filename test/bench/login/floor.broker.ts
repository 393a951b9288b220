/**
 * How little a login can cost in Node: the same exchanges with the same checks, by hand, on `node:crypto` and Maps.
 * Nobody should run this. It says how far the libraries are from the machine.
 */
import { createHash, createPublicKey, generateKeyPairSync, randomBytes, sign, verify } from 'node:crypto';
import type { JsonWebKey } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { clientAtIdp, jira, provider, required, scopes, tellPort } from './shape.js';

interface Login {
  readonly jiraState: string;
  readonly jiraNonce: string;
  readonly interaction: string;
  readonly verifier: string;
  readonly nonce: string;
  username?: string;
}

const port = Number(required('BENCH_PORT'));
const origin = `http://localhost:${port}`;
const redirectUri = `${origin}/callback/${provider}`;
const idp = (await fetchJson(`${required('BENCH_ISSUER')}/.well-known/openid-configuration`)) as Record<string, string>;
const { keys } = (await fetchJson(idp['jwks_uri']!)) as { keys: [JsonWebKey] };
const idpKey = createPublicKey({ key: keys[0], format: 'jwk' });
const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const header = encode({ alg: 'RS256', typ: 'JWT', kid: 'op-1' });
const logins = new Map<string, Login>();
const states = new Map<string, Login>();
const codes = new Map<string, Login>();
const expectedAuthorization = `Basic ${Buffer.from(`${jira.clientId}:${required('BENCH_JIRA_SECRET')}`).toString('base64')}`;

const server = createServer((request, response) => void answer(request, response));
server.keepAliveTimeout = 65_000;
server.listen(port, () => tellPort(port));

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url!, origin);
  if (url.pathname === '/auth') {
    authorize(url.searchParams, response);
    return;
  }
  if (url.pathname.startsWith('/auth/')) {
    resume(request, response);
    return;
  }
  if (url.pathname.startsWith('/login/')) {
    begin(request, response);
    return;
  }
  if (url.pathname === `/callback/${provider}`) return callback(url.searchParams, request, response);
  if (url.pathname === '/token') return token(request, response);
  if (url.pathname === '/jwks') {
    json(response, { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'op-1' }] });
    return;
  }
  response.writeHead(404).end();
}

function authorize(query: URLSearchParams, response: ServerResponse): void {
  if (query.get('redirect_uri') !== jira.callback || query.get('client_id') !== jira.clientId) {
    response.writeHead(400).end();
    return;
  }
  const interaction = random();
  logins.set(interaction, {
    jiraState: query.get('state')!,
    jiraNonce: query.get('nonce')!,
    interaction,
    verifier: random(),
    nonce: random(),
  });
  redirect(response, `/login/${interaction}`, `interaction=${interaction}; Path=/; HttpOnly`);
}

function begin(request: IncomingMessage, response: ServerResponse): void {
  const login = logins.get(cookie(request, 'interaction'))!;
  const state = random();
  states.set(state, login);
  const query = new URLSearchParams({
    client_id: clientAtIdp.id,
    response_type: 'code',
    redirect_uri: redirectUri,
    scope: scopes.join(' '),
    state,
    nonce: login.nonce,
    code_challenge: createHash('sha256').update(login.verifier).digest('base64url'),
    code_challenge_method: 'S256',
  });
  redirect(response, `${idp['authorization_endpoint']}?${query.toString()}`, `tx=${state}; Path=/; HttpOnly`);
}

async function callback(query: URLSearchParams, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const state = query.get('state')!;
  const login = states.get(state);
  states.delete(state);
  if (!login || cookie(request, 'tx') !== state) {
    response.writeHead(400).end();
    return;
  }
  const tokens = (await fetchJson(idp['token_endpoint']!, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      code: query.get('code')!,
      redirect_uri: redirectUri,
      code_verifier: login.verifier,
      client_id: clientAtIdp.id,
      client_secret: clientAtIdp.secret,
    }),
  })) as { access_token: string; id_token: string };
  const claims = verifiedClaims(tokens.id_token, login.nonce);
  const userinfo = (await fetchJson(idp['userinfo_endpoint']!, {
    headers: { authorization: `Bearer ${tokens.access_token}` },
  })) as Record<string, unknown>;
  if (userinfo['sub'] !== claims['sub']) throw new Error('userinfo speaks of somebody else');
  login.username = String(userinfo['preferred_username']);
  redirect(response, `/auth/${login.interaction}`, `session=${random()}; Path=/; HttpOnly`);
}

function verifiedClaims(idToken: string, nonce: string): Record<string, unknown> {
  const [head, body, signature] = idToken.split('.') as [string, string, string];
  const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as Record<string, unknown>;
  const sound =
    verify('sha256', Buffer.from(`${head}.${body}`), idpKey, Buffer.from(signature, 'base64url')) &&
    claims['iss'] === idp['issuer'] &&
    claims['aud'] === clientAtIdp.id &&
    claims['nonce'] === nonce &&
    Number(claims['exp']) > Date.now() / 1000;
  if (!sound) throw new Error('the ID token is not sound');
  return claims;
}

function resume(request: IncomingMessage, response: ServerResponse): void {
  const login = logins.get(cookie(request, 'interaction'))!;
  logins.delete(login.interaction);
  const code = random();
  codes.set(code, login);
  const query = new URLSearchParams({ code, state: login.jiraState, iss: origin });
  redirect(response, `${jira.callback}?${query.toString()}`, 'interaction=; Path=/; Max-Age=0');
}

async function token(request: IncomingMessage, response: ServerResponse): Promise<void> {
  let body = '';
  for await (const chunk of request.setEncoding('utf8')) body += chunk as string;
  const code = new URLSearchParams(body).get('code')!;
  const login = codes.get(code);
  codes.delete(code);
  if (!login || request.headers.authorization !== expectedAuthorization) {
    response.writeHead(400).end();
    return;
  }
  const iat = Math.floor(Date.now() / 1000);
  const claims = { sub: login.username, preferred_username: login.username, nonce: login.jiraNonce };
  const signed = `${header}.${encode({ ...claims, iss: origin, aud: jira.clientId, iat, exp: iat + 600 })}`;
  const idToken = `${signed}.${sign('sha256', Buffer.from(signed), privateKey).toString('base64url')}`;
  json(response, { access_token: random(), id_token: idToken, token_type: 'Bearer', expires_in: 300 });
}

async function fetchJson(url: string, init?: RequestInit): Promise<unknown> {
  const response = await fetch(url, init);
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return response.json();
}

function redirect(response: ServerResponse, location: string, setCookie: string): void {
  response.writeHead(303, { location, 'set-cookie': setCookie }).end();
}

function json(response: ServerResponse, body: unknown): void {
  const text = JSON.stringify(body);
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }).end(text);
}

function cookie(request: IncomingMessage, name: string): string {
  return new RegExp(`(?:^|; )${name}=([^;]*)`).exec(request.headers.cookie ?? '')?.[1] ?? '';
}

function random(): string {
  return randomBytes(32).toString('base64url');
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
