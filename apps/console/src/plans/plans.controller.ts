import { Body, Controller, Headers, HttpCode, Post, Req, Res, UseFilters, UseGuards } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { ConfigDocument, PlanAnswer } from '@gatehouse/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { actorOf } from '../access/actor.js';
import { ApiTokenGuard } from '../access/api-token.guard.js';
import { Needs } from '../access/needs.decorator.js';
import { ApiProblems } from '../api/api-problems.decorator.js';
import { bodySchema } from '../api/body-schema.js';
import { ProblemFilter } from '../api/problem.filter.js';
import { ConfigApplier } from '../config/config.applier.js';
import { mediaType, sourceOfBody } from '../config/source-of-body.js';
import { ndjson, PlanReplies } from './plan-replies.service.js';

/** What an edited configuration would take and give, before it is applied (P24, P04). */
@ApiTags('configuration')
@ApiProblems()
@Controller('api/v1/plans')
@UseGuards(ApiTokenGuard)
@UseFilters(ProblemFilter)
export class PlansController {
  constructor(
    private readonly applier: ConfigApplier,
    private readonly replies: PlanReplies,
  ) {}

  @Post()
  @HttpCode(200)
  @Needs('admin')
  @ApiOperation({
    summary:
      'What an edited document would change for everybody, a line for each person as it is found, the totals last. By Accept application/json: one object with the first people. Changes nothing.',
  })
  @ApiConsumes(mediaType.json, mediaType.yaml)
  @ApiBody({ required: true, schema: bodySchema(ConfigDocument) })
  @ApiOkResponse({ standardSchema: PlanAnswer })
  @ApiProduces(ndjson, 'application/json')
  async make(
    @Req() request: FastifyRequest,
    @Body() body: unknown,
    @Headers('content-type') contentType: string | undefined,
    @Headers('accept') accept: string | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const actor = actorOf(request);
    const tried = await this.applier.try(sourceOfBody(body, contentType), actor);
    await this.replies.send({ tried, actor, accept, reply });
  }
}
