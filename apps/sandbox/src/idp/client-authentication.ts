import { createHash, timingSafeEqual } from 'node:crypto';
import type { Parameters } from './authorization-request.js';
import type { IdpClient } from './options.js';

export type ClientCheck =
  | { readonly kind: 'client'; readonly client: IdpClient }
  | { readonly kind: 'refused'; readonly error: 'invalid_client' | 'invalid_request' };

/** client_secret_basic or client_secret_post, never both (RFC 6749 section 2.3). Every client has a secret. */
export function authenticateClient(
  authorization: string | undefined,
  body: Parameters,
  clients: readonly IdpClient[],
): ClientCheck {
  const { client_id: clientId, client_secret: clientSecret } = body;
  if (authorization === undefined) return clientOf([{ id: clientId, secret: clientSecret }], clients);
  if (clientSecret !== undefined) return { kind: 'refused', error: 'invalid_request' };
  const check = clientOf(basicCredentials(authorization), clients);
  // The body may repeat the client_id, as Cognito's own examples do, but not name another.
  const contradicts = check.kind === 'client' && clientId !== undefined && clientId !== check.client.clientId;
  return contradicts ? { kind: 'refused', error: 'invalid_client' } : check;
}

export function equalInConstantTime(left: string, right: string): boolean {
  return timingSafeEqual(createHash('sha256').update(left).digest(), createHash('sha256').update(right).digest());
}

interface Credentials {
  readonly id: string | undefined;
  readonly secret: string | undefined;
}

/**
 * RFC 6749 section 2.3.1 wants id and secret form-encoded inside Basic, most software sends them as they are.
 * Cognito's own are alphanumeric, so it cannot show which of the two it reads; ours contain dashes, so both are read.
 */
function basicCredentials(authorization: string): Credentials[] {
  const encoded = /^Basic ([A-Za-z0-9+/]+=*)$/i.exec(authorization)?.[1];
  const text = Buffer.from(encoded ?? '', 'base64').toString('utf8');
  const separator = text.indexOf(':');
  if (separator < 0) return [];
  const raw = { id: text.slice(0, separator), secret: text.slice(separator + 1) };
  return [raw, { id: formDecoded(raw.id), secret: formDecoded(raw.secret) }];
}

function formDecoded(text: string): string {
  return new URLSearchParams(`v=${text.replaceAll('&', '%26')}`).get('v') ?? text;
}

function clientOf(candidates: readonly Credentials[], clients: readonly IdpClient[]): ClientCheck {
  for (const { id, secret } of candidates) {
    const client = clients.find(({ clientId }) => clientId === id);
    if (client && secret !== undefined && equalInConstantTime(secret, client.clientSecret))
      return { kind: 'client', client };
  }
  return { kind: 'refused', error: 'invalid_client' };
}
