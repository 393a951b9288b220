import { databaseIsAway, sqlStateOf, uniqueViolation } from '@gatehouse/database';
import { ScimError } from '@gatehouse/scim';
import type { Answer } from './answer.js';
import { HttpError } from './http-error.js';

/** Deadlock, serialization failure, lock timeout, statement timeout: the same request may succeed a moment later. */
const passing = new Set(['40P01', '40001', '55P03', '57014']);
const retryAfterSeconds = 2;

/** In SCIM's own form (RFC 7644 3.12). What is not known says nothing of what is inside. */
export function errorAnswer(error: unknown, traceId: string): Answer {
  const known = asScimError(error, traceId);
  const retryAfter = known.status === 503 ? { 'Retry-After': String(retryAfterSeconds) } : {};
  const headers = known instanceof HttpError ? known.headers : retryAfter;
  return { status: known.status, body: known.toBody(), headers };
}

export function asScimError(error: unknown, traceId: string): ScimError {
  if (error instanceof ScimError) return error;
  const code = sqlStateOf(error);
  if (code === uniqueViolation)
    return new ScimError(409, 'uniqueness', 'There is one of this name already.', { cause: error });
  if (passing.has(code ?? ''))
    return new ScimError(503, undefined, `Nothing was changed. Send it again. Reference: ${traceId}`, { cause: error });
  // The answer to a commit can be lost: the repeat finds out (F17).
  if (databaseIsAway(error))
    return new ScimError(503, undefined, `The database is away. Send it again. Reference: ${traceId}`, {
      cause: error,
    });
  return new ScimError(500, undefined, `This should not happen. Reference: ${traceId}`, { cause: error });
}
