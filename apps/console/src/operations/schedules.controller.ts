import { Body, Controller, Get, HttpCode, Param, Post, Req, Res, UseFilters, UseGuards } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ReasonRequest, ScheduleList, ScheduleReference, ScheduleSwitched } from '@gatehouse/contracts';
import type { ScheduleState } from '@gatehouse/contracts';
import { TerminalError } from '@gatehouse/errors';
import { Operations } from '@gatehouse/messaging';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ApiTokenGuard } from '../access/api-token.guard.js';
import { Needs } from '../access/needs.decorator.js';
import { ApiProblems } from '../api/api-problems.decorator.js';
import { ProblemFilter } from '../api/problem.filter.js';
import { requestSchemaPipe } from '../api/request-schema.pipe.js';
import { OperatorChanges } from './operator-changes.service.js';
import type { Asked } from './operator-changes.service.js';

type KnownSchedule = Awaited<ReturnType<Operations['schedules']['list']>>[number];
const results = { run: 'started', pause: 'paused', resume: 'resumed' } as const;

@ApiTags('schedules')
@ApiProblems()
@Controller('api/v1/schedules')
@UseGuards(ApiTokenGuard)
@UseFilters(ProblemFilter)
export class SchedulesController {
  constructor(
    private readonly operations: Operations,
    private readonly changes: OperatorChanges,
  ) {}

  @Get()
  @Needs('viewer')
  @ApiOperation({ summary: 'What happens by the clock: next run, how the last one ended.' })
  @ApiOkResponse({ standardSchema: ScheduleList })
  async list(): Promise<ScheduleList> {
    return { items: (await this.operations.schedules.list()).map(shown) };
  }

  @Post(':name/run')
  @HttpCode(200)
  @Needs('operator')
  @ApiOperation({ summary: 'Runs it now, also while it is paused.' })
  @ApiOkResponse({ standardSchema: ScheduleSwitched })
  run(
    @Param({ schema: ScheduleReference, pipes: [requestSchemaPipe] }) { name }: ScheduleReference,
    @Body({ schema: ReasonRequest, pipes: [requestSchemaPipe] }) { reason }: ReasonRequest,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ScheduleSwitched> {
    return this.change('run', name, reason, { request, reply });
  }

  @Post(':name/pause')
  @HttpCode(200)
  @Needs('operator')
  @ApiOperation({ summary: 'It is not started by the clock any more.' })
  @ApiOkResponse({ standardSchema: ScheduleSwitched })
  pause(
    @Param({ schema: ScheduleReference, pipes: [requestSchemaPipe] }) { name }: ScheduleReference,
    @Body({ schema: ReasonRequest, pipes: [requestSchemaPipe] }) { reason }: ReasonRequest,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ScheduleSwitched> {
    return this.change('pause', name, reason, { request, reply });
  }

  @Post(':name/resume')
  @HttpCode(200)
  @Needs('operator')
  @ApiOperation({ summary: 'It is started by the clock again; what was due meanwhile runs once.' })
  @ApiOkResponse({ standardSchema: ScheduleSwitched })
  resume(
    @Param({ schema: ScheduleReference, pipes: [requestSchemaPipe] }) { name }: ScheduleReference,
    @Body({ schema: ReasonRequest, pipes: [requestSchemaPipe] }) { reason }: ReasonRequest,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ScheduleSwitched> {
    return this.change('resume', name, reason, { request, reply });
  }

  private async change(
    verb: keyof typeof results,
    name: string,
    reason: string,
    asked: Asked,
  ): Promise<ScheduleSwitched> {
    const { schedules } = this.operations;
    const entry = { action: `schedule.${results[verb]}`, object: `schedule/${name}`, details: { reason } };
    await this.changes.make(asked, entry, async (manager, actor) => {
      const changed = await {
        run: () => schedules.runNow(manager, name),
        pause: () => schedules.pause(manager, name, { actor, reason }),
        resume: () => schedules.resume(manager, name),
      }[verb]();
      if (changed === 'not-found') throw new TerminalError('api.not_found', `There is no schedule ${name}.`);
      if (changed === 'not-possible') throw new TerminalError('schedule.not_paused', `${name} is not paused.`);
    });
    return { name, result: results[verb] };
  }
}

function shown(schedule: KnownSchedule): ScheduleState {
  const { name, meaning, everySeconds, nextRunAt, lastRunAt, lastTraceId, lastOutcome, lastError } = schedule;
  const { pausedAt, pausedBy, reason } = schedule;
  return {
    name,
    meaning,
    everySeconds,
    nextRunAt: pausedAt ? null : nextRunAt.toISOString(),
    lastRunAt: lastRunAt?.toISOString() ?? null,
    lastTraceId,
    lastOutcome,
    lastError,
    paused: pausedAt && pausedBy && reason ? { by: pausedBy, reason, since: pausedAt.toISOString() } : null,
  };
}
