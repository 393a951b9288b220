import type { IncomingHttpHeaders } from 'node:http';
import { removeOwnCookies } from './remove-own-cookies.js';

export interface ForwardedRequest {
  readonly headers: IncomingHttpHeaders;
  /** Address of the peer; undefined when it has already gone. */
  readonly remoteAddress: string | undefined;
}

export interface PublicSide {
  /** Our origin as browsers see it, which is Jira's as well. */
  readonly publicUrl: URL;
  readonly ownCookiePrefixes: readonly string[];
}

/** RFC 9110 section 7.6.1. `upgrade` and `connection` are made anew for WebSockets. */
const hopByHop = ['connection', 'keep-alive', 'proxy-connection', 'proxy-authorization', 'te', 'trailer', 'upgrade'];

/**
 * A client that names these in `Connection` wants them cut off on the way: without its length a body would be read by
 * Jira as the next request (request smuggling).
 */
const framing = ['content-length', 'transfer-encoding', 'host'];

/** Headers by which proxies assert where a request comes from. Only we may, towards Jira and our own services. */
const origins = [
  /^x-forwarded(-|$)/,
  /^forwarded$/,
  /^x-(real|client|cluster-client|originating)-ip$/,
  /^(true-client|cf-connecting|fastly-client)-ip$/,
  /^x-original-(url|uri|host|method)$/,
  /^x-rewrite-url$/,
];

/** Headers by which proxies assert who somebody is. We never do, and nobody in front of us may in our name. */
const identities = [
  /^(x-)?remote-(user|name|email|groups?|addr)$/,
  /^(x-)?auth(enticated)?-(user|username|email|groups?)(id|-id)?$/,
  /^x-auth-request-/,
  /^x-authentik-/,
  /^x-webauth-/,
  /^x-(user|username|email|groups)$/,
  /^x-(proxy|sso|saml|oidc)-(user|username|email|groups?|remote-user)$/,
  /^oidc-(claim|access|id)-?/,
  /^x-amzn-oidc-/,
  /^x-goog-(authenticated-user|iap-jwt-assertion)/,
  /^x-ms-client-principal/,
  /^cf-access-/,
  /^(sm-(user|universalid|userdn)|iv-(user|groups|creds))$/,
  /^(x-)?(ssl-client|client-cert)(-|$)/,
];

/**
 * What an upstream gets to see of a request's headers: end-to-end ones only, our cookies removed, and where it comes from
 * said by us alone. Host and scheme are those of PUBLIC_URL whatever the client sent: links are built of them.
 */
export function headersPassedOn(
  { headers, remoteAddress }: ForwardedRequest,
  { publicUrl, ownCookiePrefixes }: PublicSide,
): IncomingHttpHeaders {
  const dropped = new Set([...hopByHop, ...namedByConnection(headers.connection)]);
  const kept = Object.entries(headers).filter(([name]) => !dropped.has(name) && !asserts(name));
  const passed: IncomingHttpHeaders = Object.fromEntries(kept);
  const cookie = passed.cookie === undefined ? undefined : removeOwnCookies(passed.cookie, ownCookiePrefixes);
  if (cookie === undefined) delete passed.cookie;
  else passed.cookie = cookie;
  // Node has already answered 100 Continue, so the upstream must not be asked for it again.
  delete passed.expect;
  return {
    ...passed,
    host: publicUrl.host,
    'x-forwarded-for': withoutMapping(remoteAddress),
    'x-forwarded-host': publicUrl.host,
    'x-forwarded-port': publicUrl.port || (publicUrl.protocol === 'https:' ? '443' : '80'),
    'x-forwarded-proto': publicUrl.protocol.slice(0, -1),
  };
}

/** Names as they may also be written for CGI-like servers behind us, which take `_` for `-`. */
function asserts(name: string): boolean {
  const normal = name.replaceAll('_', '-');
  return [...origins, ...identities].some((pattern) => pattern.test(normal));
}

function namedByConnection(connection: string | undefined): string[] {
  const names = (connection ?? '').split(',').map((name) => name.trim().toLowerCase());
  return names.filter((name) => !framing.includes(name));
}

/** `::ffff:10.0.0.1`, an IPv4 peer on a dual-stack socket, as `10.0.0.1`: Jira's allow-lists know only the latter. */
function withoutMapping(address = 'unknown'): string {
  return address.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '');
}
