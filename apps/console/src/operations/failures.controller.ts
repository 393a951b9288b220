import { Controller, Get, Param, Query, UseFilters, UseGuards } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Attempts, AttemptsQuery, FailureGroup, FailureGroupReference, FailureGroups } from '@gatehouse/contracts';
import { failureClassOf, TerminalError } from '@gatehouse/errors';
import { Operations } from '@gatehouse/messaging';
import { ApiTokenGuard } from '../access/api-token.guard.js';
import { Needs } from '../access/needs.decorator.js';
import { ApiProblems } from '../api/api-problems.decorator.js';
import { ProblemFilter } from '../api/problem.filter.js';
import { requestSchemaPipe } from '../api/request-schema.pipe.js';
import { shownGroup } from './shown.js';

@ApiTags('failures')
@ApiProblems()
@Controller('api/v1')
@UseGuards(ApiTokenGuard)
@UseFilters(ProblemFilter)
export class FailuresController {
  constructor(private readonly operations: Operations) {}

  @Get('failures')
  @Needs('viewer')
  @ApiOperation({ summary: 'What is parked, one line for all equal failures, the largest first.' })
  @ApiOkResponse({ standardSchema: FailureGroups })
  async list(): Promise<FailureGroups> {
    return { items: (await this.operations.failures.list()).map(shownGroup) };
  }

  @Get('failures/:group')
  @Needs('viewer')
  @ApiOperation({ summary: 'One group; its jobs are GET /parked?group=.' })
  @ApiOkResponse({ standardSchema: FailureGroup })
  async find(
    @Param({ schema: FailureGroupReference, pipes: [requestSchemaPipe] }) { group: id }: FailureGroupReference,
  ): Promise<FailureGroup> {
    const group = await this.operations.failures.find(id);
    if (!group) throw new TerminalError('api.not_found', 'No unresolved failure is in this group.');
    return shownGroup(group);
  }

  @Get('attempts')
  @Needs('viewer')
  @ApiOperation({ summary: 'Every run of one job that did not succeed, newest first.' })
  @ApiOkResponse({ standardSchema: Attempts })
  async attempts(
    @Query({ schema: AttemptsQuery, pipes: [requestSchemaPipe] }) { job, key }: AttemptsQuery,
  ): Promise<Attempts> {
    const attempts = await this.operations.attempts.of(job, key);
    return {
      items: attempts.map(({ id, at, queue, traceId, attempt, outcome, code, detail, runMs, worker, workerId }) => ({
        id,
        at: at.toISOString(),
        queue,
        traceId,
        attempt,
        outcome,
        code,
        class: failureClassOf(code),
        detail,
        runMs,
        worker: worker ?? workerId,
      })),
    };
  }
}
