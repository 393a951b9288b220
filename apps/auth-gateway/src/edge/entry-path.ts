import type { IncomingMessage } from 'node:http';
import { customerPortal as portal } from '@gatehouse/mapping';

/** The parameter of an authorization request that tells where in Jira the browser wanted to go. */
export const entryParameter = 'gatehouse_entry';

export const entryLengthMax = 512;

/**
 * Jira's answer when it sends a browser to our authorization endpoint says nothing of where the browser came from; the
 * edge has seen it, and adds it (X39). It proves nothing: whoever could write it could as well have gone there.
 *
 * @param url of the request to Jira as the browser sent it; `contextPath` of Jira: `` or `/jira`
 * @param authorizationUrl of our OP, without a query
 * @returns the address to go on at, with the entry; undefined when the answer leads elsewhere
 */
export function withEntry(
  { statusCode = 0, headers: { location } }: Pick<IncomingMessage, 'statusCode' | 'headers'>,
  { url, contextPath, authorizationUrl }: { url: string; contextPath: string; authorizationUrl: string },
): string | undefined {
  if (statusCode < 300 || statusCode > 399 || !location?.startsWith(`${authorizationUrl}?`)) return undefined;
  const entry = entryPathOf(url, contextPath);
  if (entry === undefined || !URL.canParse(location)) return undefined;
  const target = new URL(location);
  target.searchParams.set(entryParameter, entry);
  return target.href;
}

/** The page of Jira that somebody opened, below its context path and without its query; `/` when it is not known. */
export function entryPathOf(url: string, contextPath: string): string | undefined {
  const requested = parsed(url);
  if (!requested) return undefined;
  // Of the customer portal's sign-in, `destination` is relative to the portal (Jira facts 1.7).
  const ofPortal = requested.searchParams.get('destination');
  const destination =
    requested.searchParams.get('os_destination') ?? (ofPortal === null ? undefined : `${portal}/${ofPortal}`);
  const isOfPortal = below(requested.pathname, contextPath).startsWith(`${portal}/`);
  const path = parsed(destination ?? (isOfPortal ? `${portal}/` : '/'))?.pathname ?? '/';
  const entry = below(path, contextPath);
  return entry.length <= entryLengthMax ? entry : undefined;
}

/** Another origin, `//evil`, cannot come of it: only the path is looked at. */
function parsed(url: string): URL | undefined {
  return URL.canParse(url, 'http://jira') ? new URL(url, 'http://jira') : undefined;
}

function below(path: string, contextPath: string): string {
  const isBelow = contextPath !== '' && (path === contextPath || path.startsWith(`${contextPath}/`));
  return (isBelow ? path.slice(contextPath.length) : path) || '/';
}
