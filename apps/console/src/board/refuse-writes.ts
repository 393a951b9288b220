import { TerminalError } from '@gatehouse/errors';
import type { onRequestHookHandler } from 'fastify';
import { problemOf } from '../api/problem-of.js';
import { currentTraceId, newTraceId } from '@gatehouse/telemetry';

export const boardPrefix = '/console/queues';

/**
 * The board can retry, remove, pause and obliterate. None of that gets past here, for anybody, before a body is read:
 * a change of a queue behind the outbox's back is lost or undone, and no one could tell who made it.
 */
export const refuseWrites: onRequestHookHandler = ({ method }, reply, done) => {
  if (method === 'GET' || method === 'HEAD') {
    done();
    return;
  }
  const error = new TerminalError('console.board_read_only', 'The raw board only shows. Use the operator API.');
  const { problem } = problemOf(error, currentTraceId() ?? newTraceId());
  void reply.status(403).type('application/problem+json').send(JSON.stringify(problem));
};
