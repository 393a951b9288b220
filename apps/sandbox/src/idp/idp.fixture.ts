import { createHash, randomBytes } from 'node:crypto';
import { startSandboxIdp } from './index.js';
import type { IdpClient, SandboxIdp } from './index.js';

export const client: IdpClient = {
  key: 'cognito',
  name: 'Test <application>',
  clientId: 'test-client',
  clientSecret: 'test-secret_with.odd~marks',
  redirectUris: ['http://localhost:3000/_sso/callback/cognito'],
  logoutUris: ['http://localhost:3000/_sso/logged-out'],
};
export const partner: IdpClient = {
  key: 'partner',
  name: 'Partner application',
  clientId: 'test-partner',
  clientSecret: 'partner-secret',
  // The second is the other client's too, so that only the client tells their codes apart.
  redirectUris: ['http://localhost:3000/_sso/callback/partner', client.redirectUris[0]!],
  logoutUris: ['http://localhost:3000/'],
  scopes: ['openid', 'email'],
};
export const redirectUri = client.redirectUris[0]!;
export const verifier = randomBytes(32).toString('base64url');
export const challenge = createHash('sha256').update(verifier).digest('base64url');

/** The provider on a free port with a clock that only moves when told, and hands to press its buttons. */
export class TestIdp {
  private clockMs = Date.now();
  private idp!: SandboxIdp;

  static async start(clients: readonly IdpClient[] = [client, partner]): Promise<TestIdp> {
    const test = new TestIdp();
    test.idp = await startSandboxIdp({
      host: '127.0.0.1',
      port: 0,
      clients,
      now: () => test.clockMs,
    });
    return test;
  }

  get issuer(): string {
    return this.idp.issuer;
  }

  get domain(): string {
    return this.idp.hostedDomain;
  }

  get port(): number {
    return this.idp.port;
  }

  close(): Promise<void> {
    return this.idp.close();
  }

  passes(milliseconds: number): void {
    this.clockMs += milliseconds;
  }

  /** A good request of the client, changed; undefined leaves a parameter out. */
  authorizeUrl(changes: Record<string, string | undefined> = {}, endpoint = '/oauth2/authorize'): URL {
    const parameters: Record<string, string | undefined> = {
      response_type: 'code',
      client_id: client.clientId,
      redirect_uri: redirectUri,
      scope: 'openid email profile',
      state: 'opaque-state',
      nonce: 'opaque-nonce',
      code_challenge: challenge,
      code_challenge_method: 'S256',
      ...changes,
    };
    const url = new URL(endpoint, this.domain);
    for (const [name, value] of Object.entries(parameters)) if (value !== undefined) url.searchParams.set(name, value);
    return url;
  }

  async code(username: string, changes: Record<string, string | undefined> = {}): Promise<string> {
    const callback = await new Visitor().signIn(this.authorizeUrl(changes), username);
    return callback.searchParams.get('code')!;
  }

  /** @param form changes of a good code exchange; undefined leaves a field out */
  exchange(
    code: string | undefined,
    form: Record<string, string | undefined> = {},
    headers: Record<string, string> = {},
  ) {
    return this.post(
      '/oauth2/token',
      {
        grant_type: 'authorization_code',
        code,
        redirect_uri: redirectUri,
        code_verifier: verifier,
        ...secret,
        ...form,
      },
      headers,
    );
  }

  async tokens(username: string, changes: Record<string, string | undefined> = {}): Promise<Record<string, string>> {
    const { status, body } = await this.exchange(await this.code(username, changes));
    if (status !== 200) throw new Error(`the exchange was refused: ${JSON.stringify(body)}`);
    return body as Record<string, string>;
  }

  async post(path: string, form: Record<string, string | undefined>, headers: Record<string, string> = {}) {
    const fields = Object.entries(form).filter((entry): entry is [string, string] => entry[1] !== undefined);
    const response = await fetch(new URL(path, this.domain), {
      method: 'POST',
      headers,
      body: new URLSearchParams(fields),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: (text ? JSON.parse(text) : undefined) as unknown,
    };
  }

  async userInfo(accessToken: string | undefined) {
    const headers: Record<string, string> = accessToken === undefined ? {} : { authorization: `Bearer ${accessToken}` };
    const response = await fetch(new URL('/oauth2/userInfo', this.domain), { headers });
    return {
      status: response.status,
      headers: response.headers,
      body: (await response.json()) as Record<string, unknown>,
    };
  }

  control(method: string, path: string, body?: unknown): Promise<Response> {
    const json =
      body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
    return fetch(new URL(`/__test${path}`, this.domain), { method, ...json });
  }
}

export const secret = { client_id: client.clientId, client_secret: client.clientSecret };

export function payloadOf(token: string | undefined): Record<string, unknown> {
  return JSON.parse(Buffer.from(token!.split('.')[1]!, 'base64url').toString()) as Record<string, unknown>;
}

/** A browser with one tab, no script, and cookies for the one host it visits. */
export class Visitor {
  readonly cookies = new Map<string, string>();

  async visit(url: string | URL, init: RequestInit = {}): Promise<Response> {
    const cookie = [...this.cookies].map((pair) => pair.join('=')).join('; ');
    const response = await fetch(url, { ...init, redirect: 'manual', headers: { cookie } });
    for (const header of response.headers.getSetCookie()) {
      const [name, value] = header.split(';')[0]!.split('=') as [string, string];
      if (value) this.cookies.set(name, value);
      else this.cookies.delete(name);
    }
    return response;
  }

  /** Follows from the authorization endpoint to the form. */
  async openForm(url: URL): Promise<{ address: URL; html: string }> {
    const address = locationOf(await this.visit(url), url);
    return { address, html: await (await this.visit(address)).text() };
  }

  async send(form: { address: URL; html: string }, fields: Record<string, string>): Promise<Response> {
    const action = unescaped(/<form[^>]* action="([^"]*)"/.exec(form.html)![1]!);
    const csrf = /name="_csrf" value="([^"]*)"/.exec(form.html)![1]!;
    const body = new URLSearchParams({ _csrf: csrf, ...fields });
    return this.visit(new URL(action, form.address), { method: 'POST', body });
  }

  /** @returns the callback with its code */
  async signIn(url: URL, username: string, password = 'demo'): Promise<URL> {
    return locationOf(await this.send(await this.openForm(url), { username, password }), url);
  }
}

export function locationOf(response: Response, base?: URL): URL {
  const location = response.headers.get('location');
  if (response.status !== 302 || !location) throw new Error(`no redirect but ${response.status}`);
  return new URL(location, base);
}

function unescaped(html: string): string {
  return html.replaceAll('&amp;', '&');
}
