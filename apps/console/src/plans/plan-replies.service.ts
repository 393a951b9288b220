import { addAbortSignal, Readable } from 'node:stream';
import { Inject, Injectable } from '@nestjs/common';
import type { PlanLine, PlanSummary } from '@gatehouse/contracts';
import { currentTraceId, LOGGER, newTraceId } from '@gatehouse/telemetry';
import type { Logger } from '@gatehouse/telemetry';
import type { FastifyReply } from 'fastify';
import { logFailure } from '../api/answer-problem.js';
import { problemOf } from '../api/problem-of.js';
import type { Tried } from '../config/config.applier.js';
import { asSummary, asText } from './plan-answer.js';
import { PlanMaker } from './plan-maker.service.js';

export const ndjson = 'application/x-ndjson';
/** A client that reads nothing must not hold a place for ever. */
const withinMs = 30 * 60_000;

interface Asked {
  readonly tried: Tried;
  readonly actor: string;
  readonly accept: string | undefined;
  readonly reply: FastifyReply;
}

/** Makes a plan and sends it as it is made. */
@Injectable()
export class PlanReplies {
  constructor(
    private readonly maker: PlanMaker,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async send({ tried, actor, accept, reply }: Asked): Promise<void> {
    const signal = AbortSignal.any([goneSignal(reply), AbortSignal.timeout(withinMs)]);
    const rest = this.maker.make({ tried, actor, signal });
    // Whatever is wrong before the first line is still an answer of its own.
    const { value: first } = await rest.next();
    if (!first) throw new Error('a plan without a first line');
    void reply.header('vary', 'accept');
    if (wantsOneObject(accept)) return this.sendSummary(reply, asSummary(first, rest));
    const traceId = currentTraceId() ?? newTraceId();
    const text = asText(first, rest, (error) => (signal.aborted ? undefined : this.failure(error, traceId)));
    void reply.type(ndjson).send(addAbortSignal(signal, Readable.from(text)));
  }

  private async sendSummary(reply: FastifyReply, made: Promise<PlanSummary>): Promise<void> {
    try {
      void reply.send(await made);
    } catch (error) {
      if (!reply.raw.destroyed) throw error; // Otherwise nobody is there to be told.
    }
  }

  private failure(error: unknown, traceId: string): PlanLine {
    const { problem } = problemOf(error, traceId);
    if (problem.status >= 500) logFailure(error, problem, this.logger);
    return { kind: 'failed', error: problem };
  }
}

/** Nobody waits any more. */
function goneSignal({ raw }: FastifyReply): AbortSignal {
  const gone = new AbortController();
  raw.once('close', () => gone.abort());
  return gone.signal;
}

/** Lines, unless only one object is asked for. */
function wantsOneObject(accept = ''): boolean {
  const types = accept.toLowerCase();
  return types.includes('application/json') && !types.includes(ndjson);
}
