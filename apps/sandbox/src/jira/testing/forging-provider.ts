import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import type { JWTPayload } from 'jose';

type KeyPair = Awaited<ReturnType<typeof generateKeyPair>>;
export type Key = KeyPair['privateKey'];

/** What goes into a token: the honest claims and key, to be changed by a test. */
export interface Draft {
  readonly claims: JWTPayload;
  readonly key: Key | Uint8Array;
  readonly algorithm: string;
  readonly kid: string;
}

/** A provider that can lie: it redirects at once and signs whatever the test makes of the honest token. */
export class ForgingProvider {
  /** Changes the honest token. */
  forge: (draft: Draft) => Draft = (draft) => draft;
  /** Answers instead of a token response, when set. */
  tokenAnswer: { status: number; body: string } | undefined;
  /** Added to the redirect back. */
  callbackParameters: Record<string, string> = {};
  discoveries = 0;
  lastTokenRequest: { authorization: string | undefined; body: URLSearchParams } | undefined;
  private kid = 'first';
  private keys: KeyPair;

  private constructor(
    readonly issuer: string,
    private readonly server: Server,
    keys: KeyPair,
    /** Published too, without its algorithm. */
    readonly pssKeys: KeyPair,
  ) {
    this.keys = keys;
  }

  static async start(): Promise<ForgingProvider> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const provider = new ForgingProvider(issuer, server, await keyPair('RS256'), await keyPair('PS256'));
    server.on('request', (request, response) => void provider.answer(request, response));
    return provider;
  }

  async rotateKeys(): Promise<void> {
    this.kid = 'second';
    this.keys = await keyPair('RS256');
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.issuer);
    switch (url.pathname) {
      case '/.well-known/openid-configuration':
        this.discoveries += 1;
        json(response, this.metadata());
        break;
      case '/jwks':
        json(response, { keys: await this.publicKeys() });
        break;
      case '/authorize':
        this.redirectBack(url.searchParams, response);
        break;
      case '/token':
        await this.answerToken(request, response);
        break;
      default:
        json(response, {}, 404);
    }
  }

  private async publicKeys() {
    return [
      { ...(await exportJWK(this.keys.publicKey)), kid: this.kid, alg: 'RS256' },
      { ...(await exportJWK(this.pssKeys.publicKey)), kid: 'pss' },
    ];
  }

  private metadata() {
    return {
      issuer: this.issuer,
      authorization_endpoint: `${this.issuer}/authorize`,
      token_endpoint: `${this.issuer}/token`,
      jwks_uri: `${this.issuer}/jwks`,
    };
  }

  private redirectBack(asked: URLSearchParams, response: ServerResponse): void {
    const target = new URL(asked.get('redirect_uri')!);
    const parameters = { code: asked.get('nonce')!, state: asked.get('state')!, ...this.callbackParameters };
    for (const [name, value] of Object.entries(parameters)) target.searchParams.set(name, value);
    response.writeHead(302, { location: target.href }).end();
  }

  private async answerToken(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    this.lastTokenRequest = { authorization: request.headers.authorization, body: new URLSearchParams(body) };
    if (this.tokenAnswer) {
      response.writeHead(this.tokenAnswer.status, { 'content-type': 'application/json' }).end(this.tokenAnswer.body);
      return;
    }
    json(response, {
      access_token: 'opaque',
      token_type: 'Bearer',
      expires_in: 60,
      id_token: await this.idToken(this.lastTokenRequest.body.get('code')!),
    });
  }

  /** The code is the nonce it was asked with: two logins at once need no memory. */
  private async idToken(code: string): Promise<string> {
    const now = Math.floor(Date.now() / 1000);
    const honest: Draft = {
      claims: {
        iss: this.issuer,
        aud: 'jira',
        sub: 'subject',
        iat: now,
        exp: now + 60,
        nonce: code,
        preferred_username: 'ada',
      },
      key: this.keys.privateKey,
      algorithm: 'RS256',
      kid: this.kid,
    };
    const { claims, key, algorithm, kid } = this.forge(honest);
    if (algorithm === 'none') return `${encode({ alg: 'none' })}.${encode(claims)}.`;
    return new SignJWT(claims).setProtectedHeader({ alg: algorithm, kid }).sign(key);
  }
}

function json(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function keyPair(algorithm: string): Promise<KeyPair> {
  return generateKeyPair(algorithm, { extractable: true });
}
