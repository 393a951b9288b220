import type { CustomFetchOptions } from 'openid-client';
import { Agent, request } from 'undici';
import type { Dispatcher } from 'undici';
import { version } from '@gatehouse/telemetry';

/** A provider that answers more than this is broken or hostile; reading on would only cost memory (O51). */
const bodyBytesMax = 1_048_576;
const connectMs = 3_000;

/** What a provider answered, read whole. */
export interface ProviderAnswer {
  readonly status: number;
  readonly contentType: string | undefined;
  /** RFC 6750 section 3: how userinfo says that a token is not accepted. */
  readonly challenge: string | undefined;
  readonly text: string;
}

/** No answer, or nothing that HTTP knows as one. The cause says why: a name, a certificate, a time-out, a size. */
export class ProviderUnreachableError extends Error {
  readonly code = 'PROVIDER_UNREACHABLE';

  constructor(cause: unknown) {
    super('the provider gave no answer', { cause });
    this.name = 'ProviderUnreachableError';
  }
}

/** Connections are kept and shared by all sign-ins; undici's own, because `fetch` costs four times as much a request. */
const agent = new Agent({ maxResponseSize: bodyBytesMax, connect: { timeout: connectMs } });

/** Nothing is decompressed here: a few bytes could become a gigabyte. Firewalls turn away who gives no name. */
const ownHeaders = { 'accept-encoding': 'identity', 'user-agent': `Gatehouse/${version}` };

/**
 * One request, never redirected, its answer read within the limit.
 * @param options as openid-client gives them to its `fetch`, whose signal is not used
 * @param withinMs for all of it
 * @throws ProviderUnreachableError
 */
export async function askProvider(
  url: string,
  { method, headers, body }: Pick<CustomFetchOptions, 'method' | 'headers' | 'body'>,
  withinMs: number,
): Promise<ProviderAnswer> {
  const form = textOf(body);
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(new DOMException('too slow', 'TimeoutError')), Math.max(0, withinMs));
  try {
    return await read(
      await request(url, {
        method: method as 'GET' | 'POST',
        headers: { ...headers, ...ownHeaders },
        body: form,
        signal: timeout.signal,
        dispatcher: agent,
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
