import type { IncomingMessage } from 'node:http';
import { currentTraceId } from '@gatehouse/telemetry';
import { limitsOf } from './edge-options.js';
import type { AfterJiraSignOut, EdgeOptions } from './edge-options.js';
import { withEntry } from './entry-path.js';
import { failureAnswer } from './failure-answer.js';
import { hasSignedOut, isJiraSignOut } from './jira-sign-out.js';
import { Passage } from './passage.js';
import { headersPassedOn } from './request-headers.js';

/** Everything that is not ours, to Jira. */
export function passageToJira(options: EdgeOptions): Passage {
  const { jiraUrl, afterJiraSignOut = (): AfterJiraSignOut => ({}) } = options;
  const contextPath = jiraUrl.pathname.replace(/\/$/, '');
  const authorizationUrl = `${options.publicUrl.href.replace(/\/$/, '')}/oidc/auth`;
  /** Our cookies of browsers that are signing out of Jira: Jira does not get to see them. */
  const signingOut = new WeakMap<IncomingMessage, string | undefined>();
  return new Passage({
    upstream: jiraUrl,
    name: 'Jira',
    limits: limitsOf(options),
    logger: options.logger,
    headers: (request) => {
      const { headers, socket, url = '/' } = request;
      if (isJiraSignOut(url, contextPath)) signingOut.set(request, headers.cookie);
      return headersPassedOn({ headers, remoteAddress: socket.remoteAddress }, options);
    },
    answered: (request, answer) => {
      const { headers } = answer;
      if (!signingOut.has(request) || !hasSignedOut(answer, contextPath)) {
        const signingIn = withEntry(answer, { url: request.url ?? '/', contextPath, authorizationUrl });
        return signingIn === undefined ? headers : { ...headers, location: signingIn };
      }
      const { location = headers.location, setCookie } = afterJiraSignOut(signingOut.get(request));
      const cookies = [...(headers['set-cookie'] ?? []), ...(setCookie === undefined ? [] : [setCookie])];
      return { ...headers, location, 'set-cookie': cookies };
    },
    failure: ({ headers }, status) => failureAnswer({ status, reference: currentTraceId(), accept: headers.accept }),
  });
}
