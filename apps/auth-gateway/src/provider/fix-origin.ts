import type { IncomingHttpHeaders } from 'node:http';

/**
 * Host and scheme as PUBLIC_URL says. The OP builds its addresses from the request, and a forged `Host` or
 * `X-Forwarded-*` would rewrite its discovery document (O42).
 */
export function fixOrigin(headers: IncomingHttpHeaders, publicUrl: URL): void {
  for (const name of Object.keys(headers)) {
    if (name === 'forwarded' || name.startsWith('x-forwarded-')) Reflect.deleteProperty(headers, name);
  }
  headers.host = publicUrl.host;
  headers['x-forwarded-proto'] = publicUrl.protocol.slice(0, -1);
}
