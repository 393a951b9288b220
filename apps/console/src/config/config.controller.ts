import { Body, Controller, Get, Headers, Put, Query, Req, Res, UseFilters, UseGuards } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiHeader, ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { ApplyQuery, ConfigApplied, ConfigDocument, ConfigExport } from '@gatehouse/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { stringify } from 'yaml';
import { ApiTokenGuard } from '../access/api-token.guard.js';
import { Needs } from '../access/needs.decorator.js';
import { actorOf } from '../access/actor.js';
import { ApiProblems } from '../api/api-problems.decorator.js';
import { bodySchema } from '../api/body-schema.js';
import { ProblemFilter } from '../api/problem.filter.js';
import { requestSchemaPipe } from '../api/request-schema.pipe.js';
import { ConfigApplier } from './config.applier.js';
import { assertIfMatch, entityTag, requireIfMatch } from './entity-tag.js';
import { prefersYaml } from './prefers-yaml.js';
import { mediaType, sourceOfBody } from './source-of-body.js';

@ApiTags('configuration')
@ApiProblems()
@Controller('api/v1/config')
@UseGuards(ApiTokenGuard)
@UseFilters(ProblemFilter)
export class ConfigController {
  constructor(private readonly applier: ConfigApplier) {}

  @Get()
  @Needs('viewer')
  @ApiOperation({
    summary:
      'The configuration without secrets, as JSON or YAML by Accept; its version is the ETag. What is answered can be applied again.',
  })
  @ApiProduces(mediaType.json, mediaType.yaml)
  @ApiOkResponse({ standardSchema: ConfigExport, headers: { ETag: { schema: { type: 'string' } } } })
  async read(
    @Headers('accept') accept: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ConfigExport | string> {
    const { version, document } = await this.applier.current();
    void reply.header('etag', entityTag(version)).header('vary', 'accept');
    if (!prefersYaml(accept)) return document;
    void reply.type(mediaType.yaml);
    return stringify(document);
  }

  @Put()
  @Needs('admin')
  @ApiOperation({
    summary:
      'Replaces the configuration. A secret that is left out stays as it is stored. `plan` refuses what was not foreseen.',
  })
  @ApiHeader({
    name: 'If-Match',
    required: false,
    description: 'The ETag of the version this change is based on, or *. Required unless it is a dry run.',
  })
  @ApiConsumes(mediaType.json, mediaType.yaml)
  @ApiBody({ required: true, schema: bodySchema(ConfigDocument) })
  @ApiOkResponse({ standardSchema: ConfigApplied, headers: { ETag: { schema: { type: 'string' } } } })
  async replace(
    @Req() request: FastifyRequest,
    @Body() body: unknown,
    @Headers('content-type') contentType: string | undefined,
    @Headers('if-match') ifMatch: string | undefined,
    @Query({ schema: ApplyQuery, pipes: [requestSchemaPipe] }) query: ApplyQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ConfigApplied> {
    const dryRun = query.dryRun === 'true';
    if (!dryRun) requireIfMatch(ifMatch);
    const applied = await this.applier.apply(sourceOfBody(body, contentType), {
      actor: actorOf(request),
      dryRun,
      plan: query.plan,
      note: query.note,
      precondition: (version) => {
        if (ifMatch !== undefined) assertIfMatch(ifMatch, version);
      },
    });
    void reply.header('etag', entityTag(applied.version));
    return applied;
  }
}
