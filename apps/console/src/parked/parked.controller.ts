import { Controller, Get, HttpCode, Param, Post, Query, Req, UseFilters, UseGuards } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { PageQuery, ParkedPage, ParkedReference, ParkedRetried } from '@gatehouse/contracts';
import { codes, TerminalError } from '@gatehouse/errors';
import { ParkedJobs } from '@gatehouse/messaging';
import type { FastifyRequest } from 'fastify';
import { actorOf } from '../access/actor.js';
import { ApiTokenGuard } from '../access/api-token.guard.js';
import { Needs } from '../access/needs.decorator.js';
import { ApiProblems } from '../api/api-problems.decorator.js';
import { ProblemFilter } from '../api/problem.filter.js';
import { requestSchemaPipe } from '../api/request-schema.pipe.js';
import { cursorOf, positionOf } from './cursor.js';

@ApiTags('parked jobs')
@ApiProblems()
@Controller('api/v1/parked')
@UseGuards(ApiTokenGuard)
@UseFilters(ProblemFilter)
export class ParkedController {
  constructor(private readonly parked: ParkedJobs) {}

  @Get()
  @Needs('viewer')
  @ApiOperation({ summary: 'Jobs that failed for good until somebody looks, newest first.' })
  @ApiOkResponse({ standardSchema: ParkedPage })
  async list(
    @Query({ schema: PageQuery, pipes: [requestSchemaPipe] }) { limit, after }: PageQuery,
  ): Promise<ParkedPage> {
    const { items, next } = await this.parked.list({
      limit,
      ...(after === undefined ? {} : { after: positionOf(after) }),
    });
    return {
      items: items.map((item) => ({ ...item, parkedAt: item.parkedAt.toISOString(), action: codes[item.code].action })),
      next: next === undefined ? null : cursorOf(next),
    };
  }

  @Post(':id/retry')
  @Needs('operator')
  @HttpCode(200)
  @ApiOperation({ summary: 'Runs the job once more from the present state.' })
  @ApiOkResponse({ standardSchema: ParkedRetried })
  async retry(
    @Param({ schema: ParkedReference, pipes: [requestSchemaPipe] }) { id }: ParkedReference,
    @Req() request: FastifyRequest,
  ): Promise<ParkedRetried> {
    const outcome = await this.parked.retry(id, actorOf(request));
    switch (outcome) {
      case 'retried':
        return { id, result: 'retried' };
      case 'not-found':
        throw new TerminalError('api.not_found', 'There is no parked job of this id.');
      case 'already-resolved':
        throw new TerminalError('job.already_resolved', 'This job was retried, discarded or superseded already.');
    }
  }
}
