import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';

/** What a SCIM client is told. */
export interface Answer {
  readonly status: number;
  /** To be sent as JSON; left out: no content. */
  readonly body?: unknown;
  /** Named as they are registered: there are clients that tell `Location` from `location`, against RFC 9110 5.1. */
  readonly headers?: OutgoingHttpHeaders;
}

/** RFC 7644 3.1 and 8.1: SCIM's own, unless a client says that it reads nothing but JSON. */
function mediaTypeFor({ accept = '' }: IncomingMessage['headers']): string {
  const isPlain = /application\/json/i.test(accept) && !/application\/scim\+json|\*\/\*|application\/\*/i.test(accept);
  return `application/${isPlain ? 'json' : 'scim+json'}; charset=utf-8`;
}

export function send(request: IncomingMessage, response: ServerResponse, { status, body, headers = {} }: Answer): void {
  if (response.destroyed || response.headersSent) return;
  // A text goes out in one write with the headers, a buffer in one of its own.
  const text = body === undefined ? undefined : JSON.stringify(body);
  // What is left of a body that was not read would be taken for the next request.
  const connection: OutgoingHttpHeaders = request.complete || !hasBody(request) ? {} : { Connection: 'close' };
  response.writeHead(status, {
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    ...(text && { 'Content-Type': mediaTypeFor(request.headers), 'Content-Length': Buffer.byteLength(text) }),
    ...(text === undefined && status !== 204 && status !== 304 && { 'Content-Length': 0 }),
    ...headers,
    ...connection,
  });
  response.end(request.method === 'HEAD' ? undefined : text);
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}
