import type { Problem } from '@gatehouse/contracts';
import { databaseIsAway } from '@gatehouse/database';
import { codes, GatehouseError, OutageError, RetryableError } from '@gatehouse/errors';
import type { ErrorCode } from '@gatehouse/errors';
import { ConfigInvalidError } from '../config/config-invalid.js';
import { RequestInvalidError } from './request-invalid.js';

export interface ProblemAnswer {
  readonly problem: Problem;
  readonly retryAfterMs: number | undefined;
}

const statusByCode: Partial<Record<ErrorCode, number>> = {
  'api.unauthorized': 401,
  'api.forbidden': 403,
  'api.too_many_attempts': 429,
  'api.not_found': 404,
  'api.route_unknown': 404,
  'api.person_unknown': 404,
  'api.request_invalid': 400,
  'api.body_too_large': 413,
  'api.media_type_unsupported': 415,
  'config.invalid': 422,
  'config.stale': 412,
  'config.if_match_missing': 428,
  'config.version_unreadable': 409,
  'removals.four_eyes': 403,
  'cleanup.missing': 409,
  'cleanup.stale': 412,
  'cleanup.held': 409,
  'cleanup.list_unusable': 409,
  'plan.missing': 409,
  'plan.stale': 412,
  'plan.differs': 409,
  'console.session_missing': 401,
  'console.cross_site': 403,
  'console.board_read_only': 403,
  'api.too_many_changes': 429,
  'api.idempotency_key_missing': 400,
  'api.idempotency_key_used': 422,
  'job.already_resolved': 409,
  'job.count_differs': 409,
  'job.action_not_possible': 409,
  'job.discard_needs_admin': 403,
  'lane.pause_needs_admin': 403,
  'rename.not_waiting': 409,
  'link.not_waiting': 409,
  'link.name_taken': 409,
  'review.not_open': 409,
  'review.group_missing': 409,
  'review.group_exists': 409,
  'review.administrators': 403,
  'lane.not_paused': 409,
  'schedule.not_paused': 409,
  'resync.not_possible': 409,
  'directory_sync.not_possible': 409,
  'directory_sync.not_configured': 409,
  'token.name_taken': 409,
  'token.over': 409,
  'token.bootstrap_kept': 409,
  'database.unreachable': 503,
};

const codeByStatus: Partial<Record<number, ErrorCode>> = {
  400: 'api.request_invalid',
  404: 'api.not_found',
  413: 'api.body_too_large',
  415: 'api.media_type_unsupported',
};

/** A restart of PostgreSQL takes seconds. */
const databaseRetryMs = 5_000;

const titles: Partial<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  409: 'Conflict',
  412: 'Precondition Failed',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  422: 'Unprocessable Content',
  428: 'Precondition Required',
  429: 'Too Many Requests',
  503: 'Service Unavailable',
};

/** What a caller may know of an error: nothing at all of an unexpected one. */
export function problemOf(error: unknown, traceId: string): ProblemAnswer {
  if (error instanceof GatehouseError) {
    const retryAfterMs =
      error instanceof OutageError || error instanceof RetryableError ? error.retryAfterMs : undefined;
    return { problem: problem(error.code, statusOf(error), error.message, traceId, error), retryAfterMs };
  }
  const code = codeOf(error);
  const retryAfterMs = code === 'database.unreachable' ? databaseRetryMs : undefined;
  const answer = problem(code, statusByCode[code] ?? 500, codes[code].meaning, traceId);
  return { problem: isBrokenJson(error) ? { ...answer, errors: [brokenJson] } : answer, retryAfterMs };
}

/** Fastify takes neither, and does not tell which of them it was. */
const brokenJson = { path: '', message: 'the body is no valid JSON, or has a key __proto__ or constructor' };

function isBrokenJson(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'FST_ERR_CTP_INVALID_JSON_BODY';
}

function problem(code: ErrorCode, status: number, detail: string, traceId: string, error?: GatehouseError): Problem {
  const errors =
    error instanceof ConfigInvalidError || error instanceof RequestInvalidError ? [...error.problems] : undefined;
  return {
    title: titles[status] ?? 'Internal Server Error',
    status,
    detail,
    code,
    action: codes[code].action,
    traceId,
    ...(errors && { errors }),
  };
}

function statusOf(error: GatehouseError): number {
  if (error instanceof OutageError || error instanceof RetryableError) return 503;
  return statusByCode[error.code] ?? 500;
}

function codeOf(error: unknown): ErrorCode {
  if (databaseIsAway(error)) return 'database.unreachable';
  const status = callerFault(error);
  return (status === undefined ? undefined : codeByStatus[status]) ?? 'api.unexpected';
}

/** Nest's HttpException and Fastify's own errors (a body that is no JSON, too large, of an unknown type) both know their status. */
function callerFault(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  if ('getStatus' in error && typeof error.getStatus === 'function')
    return Number((error as { getStatus: () => unknown }).getStatus());
  return 'statusCode' in error && typeof error.statusCode === 'number' ? error.statusCode : undefined;
}
