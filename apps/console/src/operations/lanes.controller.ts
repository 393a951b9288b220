import { Body, Controller, Get, HttpCode, Param, Post, Req, Res, UseFilters, UseGuards } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { LaneList, LanePauseRequest, LaneSwitched, mayDo, QueueReference, ReasonRequest } from '@gatehouse/contracts';
import { TerminalError } from '@gatehouse/errors';
import { Lanes, Operations } from '@gatehouse/messaging';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { actorOf } from '../access/actor.js';
import { ApiTokenGuard } from '../access/api-token.guard.js';
import { roleOf } from '../access/caller-role.js';
import { Needs } from '../access/needs.decorator.js';
import { ApiProblems } from '../api/api-problems.decorator.js';
import { ProblemFilter } from '../api/problem.filter.js';
import { RequestInvalidError } from '../api/request-invalid.js';
import { requestSchemaPipe } from '../api/request-schema.pipe.js';
import { OperatorChanges } from './operator-changes.service.js';
import { shownLane } from './shown.js';

@ApiTags('lanes')
@ApiProblems()
@Controller('api/v1/lanes')
@UseGuards(ApiTokenGuard)
@UseFilters(ProblemFilter)
export class LanesController {
  constructor(
    private readonly operations: Operations,
    private readonly lanes: Lanes,
    private readonly changes: OperatorChanges,
  ) {}

  @Get()
  @Needs('viewer')
  @ApiOperation({
    summary: 'Every lane: how old its oldest ready job is, what waits for what, throughput, pause, workers.',
  })
  @ApiOkResponse({ standardSchema: LaneList })
  async list(): Promise<LaneList> {
    const { lanes } = await this.operations.snapshot();
    return { items: lanes.map(shownLane) };
  }

  @Post(':queue/pause')
  @HttpCode(200)
  @Needs('operator')
  @ApiOperation({
    summary: 'Stops taking jobs of this lane; those that run go on. Offboarding lanes need the role admin.',
  })
  @ApiOkResponse({ standardSchema: LaneSwitched })
  async pause(
    @Param({ schema: QueueReference, pipes: [requestSchemaPipe] }) { queue }: QueueReference,
    @Body({ schema: LanePauseRequest, pipes: [requestSchemaPipe] }) { reason, resumeAt }: LanePauseRequest,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<LaneSwitched> {
    await this.assertKnown(queue);
    if (queue.endsWith('.offboarding') && !mayDo(roleOf(request), 'admin'))
      throw new TerminalError('lane.pause_needs_admin', 'Pausing the offboarding lane needs the role admin.');
    if (resumeAt !== undefined && Date.parse(resumeAt) <= Date.now())
      throw new RequestInvalidError([{ path: 'resumeAt', message: 'lies in the past' }]);
    const entry = { action: 'lane.paused', object: `lane/${queue}`, details: { reason, resumeAt: resumeAt ?? null } };
    // The line first: no deed without it, should the process die in between.
    await this.changes.make({ request, reply }, entry, () => Promise.resolve());
    await this.lanes.pause(queue, {
      actor: actorOf(request),
      reason,
      resumeAt: resumeAt ? new Date(resumeAt) : undefined,
    });
    this.operations.forgetSnapshot();
    return { queue, result: 'paused' };
  }

  @Post(':queue/resume')
  @HttpCode(200)
  @Needs('operator')
  @ApiOperation({ summary: 'Takes jobs of this lane again.' })
  @ApiOkResponse({ standardSchema: LaneSwitched })
  async resume(
    @Param({ schema: QueueReference, pipes: [requestSchemaPipe] }) { queue }: QueueReference,
    @Body({ schema: ReasonRequest, pipes: [requestSchemaPipe] }) { reason }: ReasonRequest,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<LaneSwitched> {
    await this.assertKnown(queue);
    const entry = { action: 'lane.resumed', object: `lane/${queue}`, details: { reason } };
    await this.changes.make({ request, reply }, entry, () => Promise.resolve());
    const outcome = await this.lanes.resume(queue, { actor: actorOf(request) });
    this.operations.forgetSnapshot();
    if (outcome === 'not-paused') throw new TerminalError('lane.not_paused', `${queue} is not paused.`);
    return { queue, result: 'resumed' };
  }

  private async assertKnown(queue: string): Promise<void> {
    const lanes = await this.lanes.list();
    if (!lanes.some((lane) => lane.queue === queue))
      throw new TerminalError('api.not_found', `There is no lane ${queue}.`);
  }
}
