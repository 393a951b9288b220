import { Body, Controller, Get, HttpCode, Param, Post, Query, Req, Res, UseFilters, UseGuards } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  mayDo,
  ParkedPage,
  ParkedQuery,
  ParkedReference,
  ParkedResolved,
  ReasonRequest,
  RetryRequest,
} from '@gatehouse/contracts';
import { TerminalError } from '@gatehouse/errors';
import { ParkedJobs } from '@gatehouse/messaging';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ApiTokenGuard } from '../access/api-token.guard.js';
import { roleOf } from '../access/caller-role.js';
import { Needs } from '../access/needs.decorator.js';
import { ApiProblems } from '../api/api-problems.decorator.js';
import { ProblemFilter } from '../api/problem.filter.js';
import { requestSchemaPipe } from '../api/request-schema.pipe.js';
import { OperatorChanges } from '../operations/operator-changes.service.js';
import { shownParked } from '../operations/shown.js';
import { cursorOf, positionOf } from './cursor.js';

@ApiTags('parked jobs')
@ApiProblems()
@Controller('api/v1/parked')
@UseGuards(ApiTokenGuard)
@UseFilters(ProblemFilter)
export class ParkedController {
  constructor(
    private readonly parked: ParkedJobs,
    private readonly changes: OperatorChanges,
  ) {}

  @Get()
  @Needs('viewer')
  @ApiOperation({ summary: 'Jobs that failed for good until somebody looks, newest first.' })
  @ApiOkResponse({ standardSchema: ParkedPage })
  async list(
    @Query({ schema: ParkedQuery, pipes: [requestSchemaPipe] }) { limit, after, ...filter }: ParkedQuery,
  ): Promise<ParkedPage> {
    const { items, next } = await this.parked.list({
      limit,
      after: after === undefined ? undefined : positionOf(after),
      filter,
    });
    return { items: items.map(shownParked), next: next === undefined ? null : cursorOf(next) };
  }

  @Post(':id/retry')
  @Needs('operator')
  @HttpCode(200)
  @ApiOperation({ summary: 'Reconciles again from current intent: the job runs once more from the present state.' })
  @ApiOkResponse({ standardSchema: ParkedResolved })
  async retry(
    @Param({ schema: ParkedReference, pipes: [requestSchemaPipe] }) { id }: ParkedReference,
    @Body({ schema: RetryRequest, pipes: [requestSchemaPipe] }) body: RetryRequest,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ParkedResolved> {
    const reason = body?.reason;
    const entry = { action: 'parked.retried', object: `parked/${id}`, details: { reason: reason ?? null } };
    await this.changes.make({ request, reply }, entry, async (manager, actor) =>
      assertResolved(await this.parked.retry(id, { actor, reason }, manager)),
    );
    return { id, result: 'retried' };
  }

  @Post(':id/discard')
  @Needs('operator')
  @HttpCode(200)
  @ApiOperation({ summary: 'Ends the job without a run. A job of an offboarding lane needs the role admin.' })
  @ApiOkResponse({ standardSchema: ParkedResolved })
  async discard(
    @Param({ schema: ParkedReference, pipes: [requestSchemaPipe] }) { id }: ParkedReference,
    @Body({ schema: ReasonRequest, pipes: [requestSchemaPipe] }) { reason }: ReasonRequest,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ParkedResolved> {
    const queue = await this.parked.queueOf(id);
    if (queue?.endsWith('.offboarding') && !mayDo(roleOf(request), 'admin'))
      throw new TerminalError('job.discard_needs_admin', 'Discarding an offboarding needs the role admin.');
    const entry = { action: 'parked.discarded', object: `parked/${id}`, details: { reason } };
    await this.changes.make({ request, reply }, entry, async (manager, actor) =>
      assertResolved(await this.parked.discard(id, { actor, reason }, manager)),
    );
    return { id, result: 'discarded' };
  }
}

function assertResolved(outcome: Awaited<ReturnType<ParkedJobs['discard']>>): void {
  switch (outcome) {
    case 'resolved':
      return;
    case 'not-found':
      throw new TerminalError('api.not_found', 'There is no parked job of this id.');
    case 'already-resolved':
      throw new TerminalError('job.already_resolved', 'This job was retried, discarded or superseded already.');
  }
}
