import type { IncomingHttpHeaders } from 'node:http';

export interface Refusal {
  readonly status: 400 | 501;
  readonly reason: string;
}

/** What must not reach Jira because the two of us could read it differently; undefined: pass it on. */
export function refusalOf(url: string | undefined, headers: IncomingHttpHeaders): Refusal | undefined {
  // Policy looks at the path. `GET http://other/path` and `OPTIONS *` have none that we and Jira would agree on.
  if (!url?.startsWith('/')) return { status: 400, reason: 'request target without a path' };
  const coding = headers['transfer-encoding'];
  // RFC 9112 section 6.1: a coding that we do not undo must not be passed on as if we had.
  if (coding !== undefined && coding.trim().toLowerCase() !== 'chunked') {
    return { status: 501, reason: 'unknown transfer coding' };
  }
  return undefined;
}

/** A WebSocket handshake has no body: its bytes would be a request for Jira and WebSocket data for us, or the reverse. */
export function upgradeRefusalOf(url: string | undefined, headers: IncomingHttpHeaders): Refusal | undefined {
  const length = headers['content-length'];
  if (headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0')) {
    return { status: 400, reason: 'upgrade with a body' };
  }
  return refusalOf(url, headers);
}
