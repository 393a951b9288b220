import { isIPv4, isIPv6 } from 'node:net';

export interface MetricsRequest {
  readonly production: boolean;
  /** Browsers, or a proxy on their behalf, reach this process too: gateway, console, or all in one. */
  readonly facesBrowsers: boolean;
  readonly remoteAddress: string | undefined;
  /** The request carries a header by which a proxy names whom it speaks for. */
  readonly forwarded: boolean;
}

/**
 * Whether figures are answered without a token. In production never where browsers come in: behind a proxy everybody
 * has the proxy's private address, and a proxy need not say that it is one. A worker is not published, so its neighbours
 * may read; otherwise only who is near and comes directly.
 */
export function mayReadWithoutToken(request: MetricsRequest): boolean {
  const { production, facesBrowsers, remoteAddress, forwarded } = request;
  if (forwarded || (production && facesBrowsers)) return false;
  return remoteAddress !== undefined && isNear(remoteAddress);
}

/** Loopback, private (RFC 1918, RFC 4193) and link-local addresses. */
function isNear(address: string): boolean {
  const plain = address.replace(/^::ffff:/i, '');
  if (isIPv4(plain)) return /^(127\.|10\.|192\.168\.|169\.254\.|172\.(1[6-9]|2\d|3[01])\.)/.test(plain);
  return isIPv6(plain) && /^(::1$|f[cd]|fe[89ab])/i.test(plain);
}
