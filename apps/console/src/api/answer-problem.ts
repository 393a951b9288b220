import type { Problem } from '@gatehouse/contracts';
import { GatehouseError } from '@gatehouse/errors';
import { currentTraceId, newTraceId } from '@gatehouse/telemetry';
import type { Logger } from '@gatehouse/telemetry';
import type { FastifyReply } from 'fastify';
import { problemOf } from './problem-of.js';

const defaultRetryAfterMs = 5_000;

export function answerProblem(error: unknown, reply: FastifyReply, logger: Logger): void {
  const traceId = currentTraceId() ?? newTraceId();
  const { problem, retryAfterMs } = problemOf(error, traceId);
  if (problem.status >= 500) logFailure(error, problem, logger);
  if (problem.status === 503) void reply.header('retry-after', Math.ceil((retryAfterMs ?? defaultRetryAfterMs) / 1000));
  void reply.status(problem.status).type('application/problem+json').send(JSON.stringify(problem));
}

export function logFailure(error: unknown, { code, traceId }: Problem, logger: Logger): void {
  logger.error({ traceId, failure: code, ...describe(error) }, 'a request to the admin API failed');
}

/** Not the error object itself: a failed query carries its parameters. */
function describe(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { thrown: typeof error };
  return {
    error: error.name,
    stack: error.stack,
    ...(error instanceof GatehouseError && { internal: error.internal }),
  };
}
