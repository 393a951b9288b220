import { Agent, request } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { createPublicKey, randomBytes, verify } from 'node:crypto';
import type { JsonWebKey } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { CookieJar } from './cookie-jar.js';
import { jira } from './shape.js';

/** A broker as Jira is configured for it. */
export interface Broker {
  readonly name: string;
  readonly authorizationUrl: string;
  readonly tokenUrl: string;
  readonly jwksUrl: string;
  readonly secret: string;
}

export interface Login {
  readonly wallMs: number;
  /** Of the request with the provider's answer, to the redirect that it is answered with. */
  readonly callbackMs: number;
  readonly idToken: string;
  /** Requests that reached the broker, from Jira's authorization request to its token request. */
  readonly requests: number;
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

const hopsMax = 12;
const waitsMax = 60;
const beforeAskingAgainMs = 500;
const agent = new Agent({ keepAlive: true, maxSockets: 64 });

/**
 * One login from nothing, as a browser and Jira's SSO app make it together: no cookie, no session, every redirect
 * followed, the code exchanged, the ID token read. Jira does not ask userinfo.
 * @throws Error when it ends anywhere but with an ID token of this very person and request
 */
export async function logIn(broker: Broker, idpOrigin: string, person: string): Promise<Login> {
  const startedAt = performance.now();
  const cookies = new CookieJar();
  const [state, nonce] = [randomBytes(16).toString('base64url'), randomBytes(16).toString('base64url')];
  const query = { client_id: jira.clientId, response_type: 'code', scope: 'openid', redirect_uri: jira.callback };
  let url = new URL(`${broker.authorizationUrl}?${new URLSearchParams({ ...query, state, nonce }).toString()}`);
  let requests = 0;
  let callbackMs = 0;
  let waits = 0;
  for (let hop = 0; url.origin !== jira.origin; hop += 1) {
    if (hop > hopsMax + waits) throw new Error(`${broker.name}: the redirects have no end`);
    if (url.origin === idpOrigin) url.searchParams.set('person', person);
    else requests += 1;
    const sentAt = performance.now();
    const answer = await send(url, { headers: { cookie: cookies.header(url), accept: 'text/html' } });
    if (url.pathname.includes('/callback')) callbackMs = performance.now() - sentAt;
    const { location } = answer.headers;
    if (location === undefined && url.pathname.includes('/wait/') && waits < waitsMax) {
      waits += 1; // The page is there for whoever waits long, and asks again by itself.
      await delay(beforeAskingAgainMs);
      continue;
    }
    if (location === undefined) throw new Error(`${broker.name}: ${url.pathname} answered ${describe(answer)}`);
    cookies.take(url, answer.headers['set-cookie'] ?? []);
    url = new URL(location, url);
  }
  if (url.searchParams.get('state') !== state) throw new Error(`${broker.name}: ${url.search}`);
  const idToken = await exchange(broker, url.searchParams.get('code') ?? '');
  const claims = part(idToken, 1);
  if (claims['preferred_username'] !== person || claims['nonce'] !== nonce)
    throw new Error(`${broker.name}: the ID token is not of this login`);
  return { wallMs: performance.now() - startedAt, callbackMs, idToken, requests: requests + 1 };
}

async function exchange(broker: Broker, code: string): Promise<string> {
  const answer = await send(new URL(broker.tokenUrl), {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(`${jira.clientId}:${broker.secret}`).toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: new URLSearchParams({ grant_type: 'authorization_code', code, redirect_uri: jira.callback }).toString(),
  });
  if (answer.status !== 200) throw new Error(`${broker.name}: the token endpoint answered ${describe(answer)}`);
  return (JSON.parse(answer.body) as { id_token: string }).id_token;
}

/** Once per contestant, before anything is measured: the driver does not pay for it in every login. */
export async function assertSigned(broker: Broker, idToken: string): Promise<void> {
  const { keys } = JSON.parse((await send(new URL(broker.jwksUrl), {})).body) as { keys: [JsonWebKey] };
  const [head, body, signature] = idToken.split('.') as [string, string, string];
  const key = createPublicKey({ key: keys[0], format: 'jwk' });
  const { alg } = part(idToken, 0);
  if (alg !== 'RS256' || !verify('sha256', Buffer.from(`${head}.${body}`), key, Buffer.from(signature, 'base64url')))
    throw new Error(`${broker.name}: the ID token is not signed with RS256 by the published key`);
}

function send(
  url: URL,
  { method = 'GET', headers, body }: { method?: string; headers?: Record<string, string>; body?: string },
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers: withoutEmpty(headers), agent }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, body: text }));
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

function withoutEmpty(headers: Record<string, string> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== ''));
}

function part(token: string, index: number): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[index]!, 'base64url').toString()) as Record<string, unknown>;
}

function describe({ status, body }: Answer): string {
  return `${status}: ${body
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .slice(0, 300)}`;
}
