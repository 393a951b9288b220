import {
  Body,
  Controller,
  Get,
  Headers,
  HttpCode,
  Param,
  Post,
  Query,
  Req,
  Res,
  UseFilters,
  UseGuards,
} from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  ConfigApplied,
  ConfigComparison,
  ConfigComparisonQuery,
  ConfigRestore,
  ConfigVersion,
  ConfigVersionFrom,
  ConfigVersionPage,
  ConfigVersionReference,
  PageQuery,
} from '@gatehouse/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { actorOf } from '../access/actor.js';
import { ApiTokenGuard } from '../access/api-token.guard.js';
import { Needs } from '../access/needs.decorator.js';
import { ApiProblems } from '../api/api-problems.decorator.js';
import { ProblemFilter } from '../api/problem.filter.js';
import { requestSchemaPipe } from '../api/request-schema.pipe.js';
import { cursorOf, positionOf } from '../parked/cursor.js';
import { documentChanges } from './config-changes.js';
import { ConfigApplier } from './config.applier.js';
import { assertIfMatch, entityTag, requireIfMatch } from './entity-tag.js';
import { sourceOfJson } from './parse-config-text.js';
import { ConfigVersions } from './versions.reader.js';

const position = z.string().regex(/^[1-9]\d{0,8}$/);

/** What held when, and going back to it (U16). */
@ApiTags('configuration')
@ApiProblems()
@Controller('api/v1/config/versions')
@UseGuards(ApiTokenGuard)
@UseFilters(ProblemFilter)
export class ConfigVersionsController {
  constructor(
    private readonly versions: ConfigVersions,
    private readonly applier: ConfigApplier,
  ) {}

  @Get()
  @Needs('viewer')
  @ApiOperation({ summary: 'Every version with who wrote it, when and why, newest first.' })
  @ApiOkResponse({ standardSchema: ConfigVersionPage })
  async list(@Query({ schema: PageQuery, pipes: [requestSchemaPipe] }) query: PageQuery): Promise<ConfigVersionPage> {
    const before = query.after === undefined ? undefined : Number(positionOf(query.after, position));
    const { items, hasMore } = await this.versions.page(before, query.limit);
    return { items, next: hasMore ? cursorOf(String(items.at(-1)!.version)) : null };
  }

  @Get(':version')
  @Needs('viewer')
  @ApiOperation({ summary: 'One version with its document, without secrets. The document can be applied again.' })
  @ApiOkResponse({ standardSchema: ConfigVersion })
  read(
    @Param({ schema: ConfigVersionReference, pipes: [requestSchemaPipe] }) { version }: ConfigVersionReference,
  ): Promise<ConfigVersion> {
    return this.versions.read(version);
  }

  @Get(':version/changes')
  @Needs('viewer')
  @ApiOperation({ summary: 'What differs from this version to another one, field by field, in words.' })
  @ApiOkResponse({ standardSchema: ConfigComparison })
  async compare(
    @Param({ schema: ConfigVersionFrom, pipes: [requestSchemaPipe] }) { version }: ConfigVersionFrom,
    @Query({ schema: ConfigComparisonQuery, pipes: [requestSchemaPipe] }) { to }: ConfigComparisonQuery,
  ): Promise<ConfigComparison> {
    const [before, after] = await Promise.all([this.versions.document(version), this.versions.document(to)]);
    return { from: version, to, changes: [...documentChanges(before, after)] };
  }

  @Post(':version/restore')
  @HttpCode(200)
  @Needs('admin')
  @ApiOperation({
    summary:
      'Applies this version again, as a new one and through the same validation. Secrets stay as they are stored now; one that is gone is asked for.',
  })
  @ApiHeader({
    name: 'If-Match',
    required: true,
    description: 'The ETag of the version that holds now, or *.',
  })
  @ApiOkResponse({ standardSchema: ConfigApplied, headers: { ETag: { schema: { type: 'string' } } } })
  async restore(
    @Param({ schema: ConfigVersionReference, pipes: [requestSchemaPipe] }) { version }: ConfigVersionReference,
    @Body({ schema: ConfigRestore, pipes: [requestSchemaPipe] }) { note, plan }: ConfigRestore,
    @Headers('if-match') ifMatch: string | undefined,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ConfigApplied> {
    requireIfMatch(ifMatch);
    const { document } = await this.versions.read(version);
    const applied = await this.applier.apply(sourceOfJson(document), {
      ...{ actor: actorOf(request), note, plan, restoredFrom: version },
      precondition: (held) => assertIfMatch(ifMatch, held),
    });
    void reply.header('etag', entityTag(applied.version));
    return applied;
  }
}
