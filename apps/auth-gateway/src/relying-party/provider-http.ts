import { Agent, request } from 'undici';
import type { CustomFetchOptions } from 'openid-client';

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

/** Connections are kept and shared by all sign-ins; undici's own, because `fetch` costs four times as much a request. */
const agent = new Agent({ maxResponseSize: bodyBytesMax, connect: { timeout: connectMs } });

/**
 * One request, never redirected, its answer read within the limit.
 * @param options as openid-client gives them to its `fetch`, whose signal is not used
 * @param withinMs for all of it
 * @throws Error with undici's code, a code of the system, or the name `TimeoutError`
 */
export async function askProvider(
  url: string,
  { method, headers, body }: Pick<CustomFetchOptions, 'method' | 'headers' | 'body'>,
  withinMs: number,
): Promise<ProviderAnswer> {
  const timeout = new AbortController();
  const timer = setTimeout(
    () => timeout.abort(new DOMException('the provider took too long', 'TimeoutError')),
    withinMs,
  );
  try {
    const answer = await request(url, {
      method: method as 'GET' | 'POST',
      headers,
      body: textOf(body),
      signal: timeout.signal,
      dispatcher: agent,
    });
    return {
      status: answer.statusCode,
      contentType: single(answer.headers['content-type']),
      challenge: single(answer.headers['www-authenticate']),
      text: await answer.body.text(),
    };
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
