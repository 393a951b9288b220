import type { IncomingHttpHeaders } from 'node:http';

const hopByHop = [
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'te',
  'trailer',
  'upgrade',
  'transfer-encoding',
];

/**
 * What a browser gets to see of the headers of Jira's answer: end-to-end ones only (RFC 9110 section 7.6.1).
 * The body's framing is made anew by Node, so a length that came along with a transfer coding goes too (RFC 9112 section 6.3).
 */
export function responseHeadersForBrowser(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const named = (headers.connection ?? '').split(',').map((name) => name.trim().toLowerCase());
  const dropped = new Set([...hopByHop, ...named.filter((name) => name !== 'content-length')]);
  if (headers['transfer-encoding'] !== undefined) dropped.add('content-length');
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !dropped.has(name)));
}
