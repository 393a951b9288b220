import { createHash, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { newSigningKey, signed } from './forged-token.fixture.js';
import type { Claims, Forgery, RightToken } from './forged-token.fixture.js';
import { HostileGrants } from './hostile-grants.fixture.js';
import type { Grant } from './hostile-grants.fixture.js';
import { json } from './http-answers.fixture.js';
import type { HttpAnswer } from './http-answers.fixture.js';

/** How one sign-in goes wrong. Everything not named here is right. */
export interface Misbehaviour {
  /** Changes the answer on its way through the browser. */
  readonly redirect?: (answer: URLSearchParams) => void;
  readonly idToken?: Forgery;
  readonly token?: HttpAnswer;
  readonly userinfo?: HttpAnswer;
}

/** What is wrong for everybody, for as long as it stands here. */
interface Outage {
  discovery?: HttpAnswer | undefined;
  jwks?: HttpAnswer | undefined;
  token?: HttpAnswer | undefined;
}

export const hostileClient = { id: 'gateway', secret: 'hostile-client-secret-0123456789' };

/**
 * An identity provider of our own that keeps the protocol, and breaks it where it is told to. It signs in whoever
 * `person` names, without a form. What it hands out is kept, so that tests can look for it where it must not appear.
 */
export class HostileIdp {
  readonly issuer: string;
  readonly people = new Map<string, Claims>();
  person = 'ada';
  key = newSigningKey();
  published = [this.key];
  /** Members of discovery that differ; undefined: not advertised. */
  metadata: Record<string, unknown> = {};
  readonly outage: Outage = {};
  /** Paths asked for, in order. */
  readonly requests: string[] = [];
  /** Codes and tokens. */
  readonly handedOut: string[] = [];
  private next: Misbehaviour = {};
  private readonly grants: HostileGrants;
  private readonly accessTokens = new Map<string, Grant>();

  private constructor(
    private readonly server: Server,
    redirectUri: string,
  ) {
    this.issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    this.grants = new HostileGrants({ ...hostileClient, redirectUri });
    server.on('request', (request: IncomingMessage, response: ServerResponse) => void this.answer(request, response));
  }

  static async start(redirectUri: string): Promise<HostileIdp> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new HostileIdp(server, redirectUri);
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
  }

  /** For the next authorization request only. */
  misbehave(next: Misbehaviour): void {
    this.next = next;
  }

  /** Everything is right again; keys stay. */
  behave(): void {
    this.next = {};
    this.metadata = {};
    Object.assign(this.outage, { discovery: undefined, jwks: undefined, token: undefined });
  }

  /** From now on another key signs, and only that one is published. */
  rotate(key = newSigningKey()): void {
    this.key = key;
    this.published = [key];
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url!, this.issuer);
    this.requests.push(pathname);
    switch (pathname) {
      case '/.well-known/openid-configuration': {
        send(response, this.discovery(), this.outage.discovery);
        return;
      }
      case '/jwks': {
        send(response, { keys: this.published.map(({ jwk }) => jwk) }, this.outage.jwks);
        return;
      }
      case '/authorize': {
        this.authorize(searchParams, response);
        return;
      }
      case '/token':
        return this.token(request, response);
      case '/userinfo': {
        this.userinfo(request, response);
        return;
      }
      default:
        response.writeHead(404).end();
    }
  }

  private discovery(): Record<string, unknown> {
    return {
      issuer: this.issuer,
      authorization_endpoint: `${this.issuer}/authorize`,
      token_endpoint: `${this.issuer}/token`,
      userinfo_endpoint: `${this.issuer}/userinfo`,
      jwks_uri: `${this.issuer}/jwks`,
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'],
      code_challenge_methods_supported: ['S256'],
      token_endpoint_auth_methods_supported: ['client_secret_post', 'client_secret_basic'],
      authorization_response_iss_parameter_supported: true,
      ...this.metadata,
    };
  }

  private authorize(query: URLSearchParams, response: ServerResponse): void {
    const problem = this.grants.problemOf(query);
    if (problem) {
      response.writeHead(400, { 'content-type': 'text/plain' }).end(problem);
      return;
    }
    const misbehaviour = this.next;
    this.next = {};
    const code = this.grants.issue(query, this.person, misbehaviour);
    this.handedOut.push(code);
    const answer = new URLSearchParams({ code, state: query.get('state')!, iss: this.issuer });
    misbehaviour.redirect?.(answer);
    response.writeHead(302, { location: `${query.get('redirect_uri')!}?${answer.toString()}` }).end();
  }

  private async token(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const form = new URLSearchParams(await text(request));
    const grant = this.grants.redeem(form, request.headers.authorization);
    if (typeof grant === 'string') {
      const status = grant === 'invalid_client' ? 401 : 400;
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ error: grant }));
      return;
    }
    const right = this.rightToken(grant);
    const idToken = grant.misbehaviour.idToken ? grant.misbehaviour.idToken(right) : signed(right);
    this.accessTokens.set(right.accessToken, grant);
    this.handedOut.push(right.accessToken, ...(typeof idToken === 'string' ? [idToken] : []));
    const body = { access_token: right.accessToken, token_type: 'Bearer', expires_in: 600, id_token: idToken };
    send(response, body, grant.misbehaviour.token ?? this.outage.token);
  }

  /** An access token that looks like an ID token, as Cognito's does: same key, same issuer, no audience. */
  private rightToken({ person, nonce }: Grant): RightToken {
    const now = Math.floor(Date.now() / 1000);
    const { key } = this;
    const header = { alg: key.alg, kid: key.kid, typ: 'JWT' };
    const common = { iss: this.issuer, sub: person, iat: now, exp: now + 600, jti: randomUUID() };
    const access = { ...common, client_id: hostileClient.id, token_use: 'access', scope: 'openid' };
    const parts = { header, key, clientSecret: hostileClient.secret };
    const accessToken = signed({ ...parts, claims: access, accessToken: '' });
    const digest = createHash('sha256').update(accessToken).digest();
    const claims = { ...common, ...this.people.get(person), aud: hostileClient.id, nonce, auth_time: now };
    return { ...parts, accessToken, claims: { ...claims, at_hash: digest.subarray(0, 16).toString('base64url') } };
  }

  private userinfo(request: IncomingMessage, response: ServerResponse): void {
    const grant = this.accessTokens.get(request.headers.authorization?.replace(/^Bearer /, '') ?? '');
    if (!grant) {
      response.writeHead(401, { 'www-authenticate': 'Bearer error="invalid_token"' }).end();
      return;
    }
    send(response, { sub: grant.person, ...this.people.get(grant.person) }, grant.misbehaviour.userinfo);
  }
}

function send(response: ServerResponse, right: unknown, instead: HttpAnswer = json((body) => body)): void {
  response.setHeader('cache-control', 'no-store');
  instead(response, right);
}
