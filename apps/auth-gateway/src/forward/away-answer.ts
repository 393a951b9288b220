import { codes } from '@gatehouse/errors';
import type { ErrorCode } from '@gatehouse/errors';
import type { Problem } from '@gatehouse/contracts';
import type { FailureAnswer, FailureStatus } from '../edge/index.js';
import { problemPage } from '../pages/problem-page.js';
import type { Surroundings } from '../pages/problem-page.js';
import { pageHeaders } from '../pages/security-headers.js';
import type { ForwardedPart } from './forwarded-part.js';

export interface Away {
  readonly part: ForwardedPart;
  /** As the passage found it. */
  readonly status: FailureStatus;
  readonly reference: string;
  /** The `Accept` header of the request. */
  readonly accept: string | undefined;
  readonly surroundings: Surroundings;
}

/** A service of ours starts within seconds. */
const retryAfterSeconds = 5;

const titles: Record<number, string> = {
  400: 'Bad Request',
  413: 'Content Too Large',
  501: 'Not Implemented',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
};

/** Why a request did not reach another service of ours, in the form that its own answers have. */
export function awayAnswer({ part, status: found, reference, accept, surroundings }: Away): FailureAnswer {
  // Not 502: for whoever asked there is nothing bad about the answer, there is none yet, and trying again helps.
  const status = found === 502 ? 503 : found;
  const code = codeOf(part, status);
  const { meaning, action } = codes[code];
  const retry: Record<string, string> = status >= 503 ? { 'retry-after': String(retryAfterSeconds) } : {};
  const headers = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff', ...retry };
  switch (part) {
    case 'scim':
      return {
        status,
        headers: { ...headers, 'content-type': 'application/scim+json; charset=utf-8' },
        body: JSON.stringify(scimError(status, `${meaning} ${action} Reference: ${reference}`)),
      };
    case 'console':
      if (accept?.toLowerCase().includes('text/html')) {
        const page = problemPage({ code, reference, status }, surroundings);
        return {
          status,
          headers: { ...headers, ...pageHeaders(page), 'content-type': 'text/html; charset=utf-8' },
          body: page.body,
        };
      }
      return problemAnswer();
    case 'api':
      return problemAnswer();
  }

  function problemAnswer(): FailureAnswer {
    const problem: Problem = {
      title: titles[status] ?? 'Error',
      status,
      detail: meaning,
      code,
      action,
      traceId: reference,
    };
    return {
      status,
      headers: { ...headers, 'content-type': 'application/problem+json; charset=utf-8' },
      body: JSON.stringify(problem),
    };
  }
}

function codeOf(part: ForwardedPart, status: number): ErrorCode {
  if (status === 413) return 'api.body_too_large';
  if (status < 502) return 'api.request_invalid';
  return part === 'scim' ? 'scim.unreachable' : 'console.unreachable';
}

/** RFC 7644 section 3.12: the status is a string there. */
function scimError(status: number, detail: string): unknown {
  return { schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'], status: String(status), detail };
}
