import { createServer } from 'node:http';
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { decodeJwt } from 'jose';

export interface JiraSide {
  readonly origin: string;
  /** Set once the gateway is up. */
  op: { issuer: string; secret: string };
  /** Added to the next authorization requests. */
  extra: Record<string, string>;
  /** False: keep the code of the next answers instead of exchanging it. */
  exchanging: boolean;
  readonly codes: string[];
  /** Of the newest request. */
  lastHeaders: IncomingHttpHeaders;
  /** Asks the token endpoint as Jira would. */
  exchange(
    code: string,
    options?: { basic?: boolean; verifier?: string; secret?: string; redirectUri?: string },
  ): Promise<TokenAnswer>;
  close(): Promise<void>;
}

export interface TokenAnswer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

/** The bundled SSO app as far as the OP can tell: authorization request, code exchange, ID token. */
export async function startJiraSide(): Promise<JiraSide> {
  const server = createServer((request, response) => {
    jira.lastHeaders = request.headers;
    void answer(new URL(request.url!, jira.origin), response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://localhost:${(server.address() as AddressInfo).port}`;
  const callback = `${origin}/plugins/servlet/oidc/callback`;

  async function answer(url: URL, response: ServerResponse): Promise<void> {
    if (url.pathname === '/login') {
      const parameters = new URLSearchParams({
        client_id: 'jira',
        response_type: 'code',
        scope: 'openid',
        redirect_uri: callback,
        state: 'jira-state',
        nonce: 'jira-nonce',
        ...jira.extra,
      });
      response.writeHead(302, { location: `${jira.op.issuer}/auth?${parameters.toString()}` }).end();
      return;
    }
    const code = url.searchParams.get('code');
    if (code === null) {
      response.writeHead(400).end(url.search);
      return;
    }
    jira.codes.push(code);
    if (!jira.exchanging) {
      response.writeHead(200).end('kept');
      return;
    }
    const tokens = await jira.exchange(code);
    const idToken = tokens.body['id_token'];
    const claims = typeof idToken === 'string' ? decodeJwt(idToken) : tokens.body;
    response.writeHead(tokens.status, { 'content-type': 'application/json' }).end(JSON.stringify(claims));
  }

  const jira: JiraSide = {
    origin,
    op: { issuer: '', secret: '' },
    extra: {},
    exchanging: true,
    codes: [],
    lastHeaders: {},
    async exchange(code, { basic = true, verifier, secret = jira.op.secret, redirectUri = callback } = {}) {
      const fields = {
        grant_type: 'authorization_code',
        code,
        redirect_uri: redirectUri,
        ...(verifier === undefined ? {} : { code_verifier: verifier }),
        ...(basic ? {} : { client_id: 'jira', client_secret: secret }),
      };
      const response = await fetch(`${jira.op.issuer}/token`, {
        method: 'POST',
        body: new URLSearchParams(fields),
        headers: basic ? { authorization: `Basic ${Buffer.from(`jira:${secret}`).toString('base64')}` } : {},
      });
      return { status: response.status, body: (await response.json()) as Record<string, unknown> };
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return jira;
}
