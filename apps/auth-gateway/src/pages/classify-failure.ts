import { HttpException } from '@nestjs/common';
import { GatehouseError } from '@gatehouse/errors';
import type { ErrorCode } from '@gatehouse/errors';

export interface Failure {
  readonly code: ErrorCode;
  readonly status?: number;
  /** True: a person or a foreign system caused it; no stack is needed. */
  readonly expected: boolean;
}

const databaseAway = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'ETIMEDOUT',
  'EPIPE',
  '53300', // too many connections
  '57P01', // admin shutdown
  '57P02',
  '57P03', // cannot connect now
]);

/** The gateway's own code talks to nothing but PostgreSQL without translating what goes wrong there. */
export function classifyFailure(error: unknown): Failure {
  if (error instanceof GatehouseError) return { code: error.code, expected: true };
  if (error instanceof HttpException && error.getStatus() < 500) {
    return { code: 'login.request_refused', status: error.getStatus(), expected: true };
  }
  if (isDatabaseAway(error)) return { code: 'database.unreachable', expected: false };
  return { code: 'login.unexpected', expected: false };
}

function isDatabaseAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const codes = [error, ...(error instanceof AggregateError ? (error.errors as unknown[]) : [])].map(codeOf);
  if (codes.some((code) => code !== undefined && databaseAway.has(code))) return true;
  return /^(Connection terminated|timeout exceeded when trying to connect)/.test(error.message);
}

function codeOf(error: unknown): string | undefined {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}

/**
 * What of an error may be logged. Drivers and OIDC libraries hang parameters, claims and whole answers
 * on their errors, so only these four members are taken, from the error and its causes.
 */
export function loggableError(error: unknown, depth = 0): Record<string, unknown> {
  if (!(error instanceof Error)) return { type: typeof error };
  return {
    type: error.name,
    code: codeOf(error),
    message: error.message.slice(0, 500),
    stack: error.stack?.slice(0, 4_000),
    ...(error.cause instanceof Error && depth < 3 ? { cause: loggableError(error.cause, depth + 1) } : {}),
  };
}
