/**
 * The identity provider of the benchmark, in a process of its own: as little as an honest one can do. It checks the
 * client, the code and PKCE, and signs each ID token (the nonce differs every time).
 */
import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { clientAtIdp, tellPort } from './shape.js';

interface Granted {
  readonly person: string;
  readonly nonce: string;
  readonly challenge: string;
  readonly redirectUri: string;
}

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const kid = 'idp-1';
const header = encode({ alg: 'RS256', typ: 'JWT', kid });
const codes = new Map<string, Granted>();
const people = new Map<string, string>();

const server = createServer((request, response) => void answer(request, response));
server.keepAliveTimeout = 65_000;
server.listen(0, '127.0.0.1', () => tellPort((server.address() as AddressInfo).port));

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url!, issuer());
  switch (url.pathname) {
    case '/.well-known/openid-configuration':
      json(response, 200, metadata());
      return;
    case '/jwks':
      json(response, 200, {
        keys: [{ ...publicKey.export({ format: 'jwk' }), kid, alg: 'RS256', use: 'sig' }],
      });
      return;
    case '/authorize':
      authorize(url, response);
      return;
    case '/token':
      exchange(new URLSearchParams(await bodyOf(request)), response);
      return;
    case '/userinfo': {
      const person = people.get((request.headers.authorization ?? '').slice('Bearer '.length));
      json(response, person === undefined ? 401 : 200, person === undefined ? {} : claimsOf(person));
      return;
    }
    default:
      response.writeHead(404).end();
  }
}

/** The driver says who signs in, as a person would at the form. */
function authorize({ searchParams }: URL, response: ServerResponse): void {
  const code = randomBytes(24).toString('base64url');
  const redirectUri = searchParams.get('redirect_uri')!;
  codes.set(code, {
    person: searchParams.get('person')!,
    nonce: searchParams.get('nonce')!,
    challenge: searchParams.get('code_challenge')!,
    redirectUri,
  });
  const answer = new URLSearchParams({ code, state: searchParams.get('state')! });
  response.writeHead(302, { location: `${redirectUri}?${answer.toString()}` }).end();
}

function exchange(form: URLSearchParams, response: ServerResponse): void {
  const granted = codes.get(form.get('code') ?? '');
  codes.delete(form.get('code') ?? '');
  const verified =
    granted?.redirectUri === form.get('redirect_uri') &&
    form.get('client_id') === clientAtIdp.id &&
    form.get('client_secret') === clientAtIdp.secret &&
    createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url') === granted.challenge;
  if (!verified) {
    json(response, 400, { error: 'invalid_grant' });
    return;
  }
  const accessToken = randomBytes(24).toString('base64url');
  people.set(accessToken, granted.person);
  if (people.size > 1_000) people.delete(people.keys().next().value!);
  json(response, 200, {
    access_token: accessToken,
    id_token: idToken(granted),
    token_type: 'Bearer',
    expires_in: 300,
  });
}

function idToken({ person, nonce }: Granted): string {
  const iat = Math.floor(Date.now() / 1000);
  const claims = { ...claimsOf(person), iss: issuer(), aud: clientAtIdp.id, iat, exp: iat + 300, nonce };
  const signed = `${header}.${encode(claims)}`;
  return `${signed}.${sign('sha256', Buffer.from(signed), privateKey).toString('base64url')}`;
}

function claimsOf(person: string) {
  return {
    sub: `subject-of-${person}`,
    preferred_username: person,
    email: `${person}@example.com`,
    email_verified: true,
    given_name: person,
    family_name: 'Example',
    groups: groupsOf(person),
  };
}

/** A person's name tells how many more than the usual ones: `-in-2000`. */
function groupsOf(person: string): string[] {
  const usual = ['dev', 'ops', 'all-staff', 'berlin', 'vpn-users'];
  const count = Number(/-in-(\d+)$/.exec(person)?.[1] ?? usual.length);
  return [...usual, ...Array.from({ length: count - usual.length }, (_, n) => `project-${n}-members`)];
}

function metadata() {
  return {
    issuer: issuer(),
    authorization_endpoint: `${issuer()}/authorize`,
    token_endpoint: `${issuer()}/token`,
    userinfo_endpoint: `${issuer()}/userinfo`,
    jwks_uri: `${issuer()}/jwks`,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    code_challenge_methods_supported: ['S256'],
  };
}

function issuer(): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request.setEncoding('utf8')) body += chunk as string;
  return body;
}

function json(response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body);
  response
    .writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) })
    .end(text);
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
