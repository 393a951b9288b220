import { forwardedPart } from './forwarded-part.js';
import type { ForwardedPart } from './forwarded-part.js';

export interface Asked {
  readonly method: string | undefined;
  /** Below our base, raw, without the query. */
  readonly path: string;
  /** With its question mark, or empty. */
  readonly query: string;
  /** `Host`: a browser says with it which origin it is at, and no script can change that. */
  readonly host: string | undefined;
}

export interface Places {
  /** The console's own origin, if it has one. */
  readonly consolePublicUrl: URL | undefined;
  /** Parts that are served by other processes. */
  readonly elsewhere: ReadonlySet<ForwardedPart>;
}

export type Routing =
  | { readonly kind: 'forward'; readonly part: ForwardedPart }
  | { readonly kind: 'redirect'; readonly location: string }
  | { readonly kind: 'refuse'; readonly status: 404 | 405 }
  /** For this process, whatever it serves there. */
  | { readonly kind: 'here' };

/**
 * Where the console has an origin of its own, it is nowhere else, and nothing else is there: Jira on the console's
 * origin could drive the console just as a console on Jira's.
 */
export function routeRequest({ method, path, query, host }: Asked, { consolePublicUrl, elsewhere }: Places): Routing {
  const part = forwardedPart(path);
  if (isAtConsole(host, consolePublicUrl)) {
    if (part !== 'console' && part !== 'api') return { kind: 'refuse', status: 404 };
  } else if (part === 'console' && consolePublicUrl) {
    // Only what has no effect is shown the way: 307 would repeat a form with what it carries.
    if (method !== 'GET' && method !== 'HEAD') return { kind: 'refuse', status: 405 };
    return { kind: 'redirect', location: consolePublicUrl.href.replace(/\/+$/, '') + path + query };
  }
  return part && elsewhere.has(part) ? { kind: 'forward', part } : { kind: 'here' };
}

export function isAtConsole(host: string | undefined, consolePublicUrl: URL | undefined): boolean {
  return consolePublicUrl !== undefined && host?.toLowerCase() === consolePublicUrl.host;
}
