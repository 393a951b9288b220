import { Controller, Get, HttpCode, Post, Req, Res, UseFilters, UseGuards } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Recovered, WorkerList } from '@gatehouse/contracts';
import type { WorkerState } from '@gatehouse/contracts';
import { Operations } from '@gatehouse/messaging';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ApiTokenGuard } from '../access/api-token.guard.js';
import { Needs } from '../access/needs.decorator.js';
import { ApiProblems } from '../api/api-problems.decorator.js';
import { ProblemFilter } from '../api/problem.filter.js';
import { OperatorChanges } from './operator-changes.service.js';

type KnownWorker = Awaited<ReturnType<Operations['workers']['list']>>[number];

@ApiTags('workers')
@ApiProblems()
@Controller('api/v1')
@UseGuards(ApiTokenGuard)
@UseFilters(ProblemFilter)
export class WorkersController {
  constructor(
    private readonly operations: Operations,
    private readonly changes: OperatorChanges,
  ) {}

  @Get('workers')
  @Needs('viewer')
  @ApiOperation({
    summary: 'Which processes work which lanes and what they are at; what was lost and taken back so far.',
  })
  @ApiOkResponse({ standardSchema: WorkerList })
  async list(): Promise<WorkerList> {
    const workers = await this.operations.workers.list();
    const { lanes } = await this.operations.snapshot();
    const recovered = await this.operations.recoveries();
    return {
      items: workers.map((worker) => shown(worker, Date.now())),
      lanesWithoutWorker: lanes.filter((lane) => lane.workers === 0).map(({ queue }) => queue),
      recovered: recovered.map(({ lastAt, ...count }) => ({ ...count, lastAt: lastAt.toISOString() })),
    };
  }

  @Post('queues/recover')
  @HttpCode(200)
  @Needs('operator')
  @ApiOperation({
    summary: 'Compares outbox and queue store now and enqueues again what the store has lost. Harmless.',
  })
  @ApiOkResponse({ standardSchema: Recovered })
  async recover(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<Recovered> {
    await this.changes.make({ request, reply }, { action: 'queues.recover', object: 'queues' }, () =>
      Promise.resolve(),
    );
    return { reopened: await this.operations.recover() };
  }
}

function shown(worker: KnownWorker, nowMs: number): WorkerState {
  const { id, host, pid, version, services, queues, startedAt, seenAt, active, draining, silent } = worker;
  return {
    id,
    host,
    pid,
    version,
    services: [...services],
    queues: [...queues],
    startedAt: startedAt.toISOString(),
    seenAt: seenAt.toISOString(),
    state: silent ? 'silent' : draining ? 'draining' : 'working',
    active: active.map((work) => ({
      ...work,
      seconds: Math.max(0, Math.round((nowMs - Date.parse(work.since)) / 1000)),
    })),
  };
}
