/** What the check needs to know of a request. */
export interface XsrfFacts {
  readonly method: string;
  readonly userAgent: string | undefined;
  readonly contentType: string | undefined;
  readonly atlassianToken: string | undefined;
  readonly origin: string | undefined;
  readonly referer: string | undefined;
  /** Origins at which this Jira is reached. */
  readonly ownOrigins: readonly string[];
}

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);
/** What a form of another site can send without a preflight. */
const formTypes = /^(application\/x-www-form-urlencoded|multipart\/form-data|text\/plain)\b/i;

/**
 * Jira's REST XSRF filter: a write that a form could send needs `X-Atlassian-Token: no-check`, and a write from a
 * browser needs an Origin or Referer of Jira itself, whatever that header says. Hence the trap: a client that sends a
 * browser's User-Agent is refused with JSON and a valid token too.
 */
export function passesXsrfCheck(facts: XsrfFacts): boolean {
  if (safeMethods.has(facts.method)) return true;
  const sendableByForm = facts.contentType !== undefined && formTypes.test(facts.contentType);
  const tokenGiven = /^no-?check$/i.test(facts.atlassianToken ?? '');
  if (sendableByForm && !tokenGiven) return false;
  if (!/mozilla|opera|applewebkit/i.test(facts.userAgent ?? '')) return true;
  const from = facts.origin ?? originOf(facts.referer);
  return from !== undefined && facts.ownOrigins.includes(from);
}

function originOf(referer: string | undefined): string | undefined {
  return referer !== undefined && URL.canParse(referer) ? new URL(referer).origin : undefined;
}
