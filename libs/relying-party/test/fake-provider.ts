import { createHash, generateKeyPairSync, randomUUID } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SignJWT } from 'jose';
import { Provider } from '@gatehouse/contracts';
import type { ProviderConfig } from '@gatehouse/contracts';

export interface SigningKey {
  readonly kid: string | undefined;
  readonly alg: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly form: URLSearchParams;
}

type Handler = (request: SeenRequest, response: ServerResponse) => void;
type Members = Record<string, unknown>;

export const rsaKey = (kid: string | undefined = randomUUID()): SigningKey => ({
  kid,
  alg: 'RS256',
  ...generateKeyPairSync('rsa', { modulusLength: 2048 }),
});
export const ecKey = (kid: string | undefined = randomUUID()): SigningKey => ({
  kid,
  alg: 'ES256',
  ...generateKeyPairSync('ec', { namedCurve: 'P-256' }),
});

/** An identity provider over real HTTP that enforces codes, redirect URIs and PKCE, and can be told to answer otherwise. */
export class FakeProvider {
  readonly requests: SeenRequest[] = [];
  /** Paths that are answered otherwise. */
  readonly otherwise = new Map<string, Handler>();
  key = rsaKey();
  published: SigningKey[] | undefined;
  metadata: Members = {};
  /** Added to the ID token. */
  idToken: Members = {};
  userinfo: Members = { sub: 'ada', email: 'ada@example.com' };
  private readonly codes = new Map<string, URLSearchParams>();

  private constructor(private readonly server: Server) {}

  static async start(): Promise<FakeProvider> {
    const server = createServer();
    const fake = new FakeProvider(server);
    server.on('request', (request, response) => void fake.answer(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return fake;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  get issuer(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  config(members: Members = {}): ProviderConfig {
    return Provider.parse({ name: 'Fake', issuer: this.issuer, clientId: 'us', ...members });
  }

  get endpoints() {
    return {
      authorization: `${this.issuer}/authorize`,
      token: `${this.issuer}/token`,
      userinfo: `${this.issuer}/userinfo`,
    };
  }

  asked(path: string): SeenRequest[] {
    return this.requests.filter((request) => request.path === path);
  }

  /** What a browser does at the authorization endpoint. @returns the query it comes back with */
  authorize(url: URL): string {
    const code = randomUUID();
    this.codes.set(code, url.searchParams);
    return `?${new URLSearchParams({ code, state: url.searchParams.get('state')! }).toString()}`;
  }

  async signed(claims: Members, key = this.key): Promise<string> {
    const header = { alg: key.alg, ...(key.kid === undefined ? {} : { kid: key.kid }) };
    return new SignJWT(claims).setProtectedHeader(header).sign(key.privateKey);
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const seen = {
      method: request.method!,
      path: new URL(request.url!, this.issuer).pathname,
      headers: request.headers,
      form: new URLSearchParams(body),
    };
    this.requests.push(seen);
    const otherwise = this.otherwise.get(seen.path);
    if (otherwise) otherwise(seen, response);
    else if (seen.path === '/.well-known/openid-configuration')
      json(response, { ...this.discovered, ...this.metadata });
    else if (seen.path === '/jwks') json(response, { keys: (this.published ?? [this.key]).map(jwkOf) });
    else if (seen.path === '/token') await this.exchange(seen, response);
    else if (seen.path !== '/userinfo') response.writeHead(404).end();
    else if (seen.headers.authorization === 'Bearer access') json(response, this.userinfo);
    else response.writeHead(401).end();
  }

  get discovered(): Members {
    const { issuer } = this;
    return {
      issuer,
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      userinfo_endpoint: `${issuer}/userinfo`,
      jwks_uri: `${issuer}/jwks`,
    };
  }

  private async exchange({ form }: SeenRequest, response: ServerResponse): Promise<void> {
    const authorization = this.codes.get(form.get('code') ?? '');
    this.codes.delete(form.get('code') ?? '');
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    const isRight =
      authorization?.get('code_challenge') === challenge &&
      authorization.get('redirect_uri') === form.get('redirect_uri');
    if (!isRight) {
      json(response, { error: 'invalid_grant' }, 400);
      return;
    }
    const nonce = authorization.get('nonce');
    const now = Math.floor(Date.now() / 1000);
    const claims = { iss: this.issuer, aud: 'us', sub: 'ada', iat: now, exp: now + 300, nonce, ...this.idToken };
    const idToken = nonce === null ? {} : { id_token: await this.signed(claims) };
    json(response, { access_token: 'access', token_type: 'Bearer', ...idToken });
  }
}

export function json(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function jwkOf({ kid, alg, publicKey }: SigningKey) {
  return { ...publicKey.export({ format: 'jwk' }), ...(kid === undefined ? {} : { kid }), alg, use: 'sig' };
}
