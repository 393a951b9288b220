import type { CustomFetchOptions } from 'openid-client';
import { request } from 'undici';
import type { Dispatcher } from 'undici';
import { version } from '@gatehouse/telemetry';
import { AddressRefusedError, agents } from './guarded.agents.js';
import { destinationOf, refusalOf } from './reach.js';
import type { Reach } from './reach.js';
import { unreachableReason } from './unreachable-reason.js';

/** What a provider answered, read whole. */
export interface ProviderAnswer {
  readonly status: number;
  readonly contentType: string | undefined;
  /** RFC 6750 section 3: how userinfo says that a token is not accepted. */
  readonly challenge: string | undefined;
  /** The provider's clock. */
  readonly date: string | undefined;
  readonly text: string;
}

/** No answer, or nothing that HTTP knows as one. The cause says why: a name, a certificate, a time-out, a size. */
export class ProviderUnreachableError extends Error {
  readonly code = 'PROVIDER_UNREACHABLE';
  /** In our words. */
  readonly reason: string;

  constructor(cause: unknown) {
    const reason = unreachableReason(cause);
    super(`the provider gave no answer: ${reason}`, { cause });
    this.name = 'ProviderUnreachableError';
    this.reason = reason;
  }
}

/** Nothing is decompressed here: a few bytes could become a gigabyte. Firewalls turn away who gives no name. */
const ownHeaders = { 'accept-encoding': 'identity', 'user-agent': `Gatehouse/${version}` };

/** What openid-client gives to its `fetch`, whose signal is not used. */
export type ProviderRequest = Pick<CustomFetchOptions, 'method' | 'headers' | 'body'>;

/**
 * One request, never redirected, its answer read within the limit.
 * @param withinMs for all of it
 * @param through which agents; they bound the size of the answer
 * @throws ProviderUnreachableError
 */
export async function askProvider(
  address: string,
  { method, headers, body }: ProviderRequest,
  withinMs: number,
  reach: Reach,
  through = agents,
): Promise<ProviderAnswer> {
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(new DOMException('too slow', 'TimeoutError')), Math.max(0, withinMs));
  try {
    const url = new URL(address);
    const refusal = refusalOf(url, reach);
    if (refusal !== undefined) throw new AddressRefusedError(refusal);
    return await read(
      await request(url, {
        method: method as 'GET' | 'POST',
        headers: { ...headers, ...ownHeaders },
        body: textOf(body),
        signal: timeout.signal,
        dispatcher: through[destinationOf(url, reach)],
      }),
    );
  } catch (error) {
    throw new ProviderUnreachableError(error);
  } finally {
    clearTimeout(timer);
  }
}

/** The same in the form that openid-client reads. */
export function responseOf({ status, contentType, challenge, text }: ProviderAnswer): Response {
  const headers: [string, string][] = [];
  if (contentType !== undefined) headers.push(['content-type', contentType]);
  if (challenge !== undefined) headers.push(['www-authenticate', challenge]);
  return new Response(mayHaveBody(status) ? text : null, { status, headers });
}

async function read({ statusCode, headers, body }: Dispatcher.ResponseData): Promise<ProviderAnswer> {
  const encoding = single(headers['content-encoding']);
  const problem =
    encoding !== undefined && encoding.toLowerCase() !== 'identity'
      ? 'a content encoding that was not asked for'
      : statusCode < 200 || statusCode > 599
        ? 'a status that HTTP does not know'
        : undefined;
  if (problem !== undefined) {
    body.on('error', () => undefined).destroy();
    throw new Error(problem);
  }
  return {
    status: statusCode,
    contentType: single(headers['content-type']),
    challenge: single(headers['www-authenticate']),
    date: single(headers['date']),
    text: await body.text(),
  };
}

function textOf(body: CustomFetchOptions['body']): string | null {
  if (body === null || body === undefined) return null;
  if (typeof body === 'string' || body instanceof URLSearchParams) return body.toString();
  throw new TypeError('a request to a provider is a form');
}

function mayHaveBody(status: number): boolean {
  return status !== 204 && status !== 205 && status !== 304;
}

function single(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' ? header : header?.join(', ');
}
