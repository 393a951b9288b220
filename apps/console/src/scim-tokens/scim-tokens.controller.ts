import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Param,
  Post,
  Query,
  Req,
  UseFilters,
  UseGuards,
} from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  ownMember,
  ScimTokenCreated,
  ScimTokenOrder,
  ScimTokenPage,
  ScimTokenQuery,
  ScimTokenReference,
  ScimTokenRotation,
} from '@gatehouse/contracts';
import { LiveConfigReader } from '@gatehouse/database';
import { TerminalError } from '@gatehouse/errors';
import type { FastifyRequest } from 'fastify';
import { actorOf } from '../access/actor.js';
import { ApiTokenGuard } from '../access/api-token.guard.js';
import { Needs } from '../access/needs.decorator.js';
import { ApiProblems } from '../api/api-problems.decorator.js';
import { ProblemFilter } from '../api/problem.filter.js';
import { RequestInvalidError } from '../api/request-invalid.js';
import { requestSchemaPipe } from '../api/request-schema.pipe.js';
import { cursorOf, positionOf } from '../parked/cursor.js';
import { ScimTokens } from './scim-tokens.store.js';
import type { CreatedScimToken } from './scim-tokens.store.js';

/** One address for all identity providers: the token tells whose people they are (S66). */
@ApiTags('scim')
@ApiProblems()
@Controller('api/v1/scim-tokens')
@UseGuards(ApiTokenGuard)
@UseFilters(ProblemFilter)
export class ScimTokensController {
  constructor(
    private readonly tokens: ScimTokens,
    private readonly liveConfig: LiveConfigReader,
  ) {}

  @Get()
  @Needs('admin')
  @ApiOperation({ summary: 'The tokens with which identity providers push people and groups, without themselves.' })
  @ApiOkResponse({ standardSchema: ScimTokenPage })
  async list(
    @Query({ schema: ScimTokenQuery, pipes: [requestSchemaPipe] }) { limit, after, provider }: ScimTokenQuery,
  ): Promise<ScimTokenPage> {
    const position = after === undefined ? {} : { after: positionOf(after) };
    const items = await this.tokens.list({ provider, limit: limit + 1, ...position });
    const page = items.slice(0, limit);
    return { items: page, next: items.length > limit ? cursorOf(page.at(-1)!.id) : null };
  }

  @Post()
  @Needs('admin')
  @ApiOperation({ summary: 'Makes a token for one identity provider. It may have several at a time.' })
  @ApiCreatedResponse({ standardSchema: ScimTokenCreated })
  async create(
    @Body({ schema: ScimTokenOrder, pipes: [requestSchemaPipe] }) order: ScimTokenOrder,
    @Req() request: FastifyRequest,
  ): Promise<ScimTokenCreated> {
    assertInFuture(order.expiresAt);
    const { document } = await this.liveConfig.newest();
    if (!ownMember(document.providers, order.provider)) {
      const message = 'is no provider of the configuration: name one that GET /api/v1/providers lists, or add it first';
      throw new RequestInvalidError([{ path: 'provider', message }]);
    }
    return shown(await this.tokens.create(order, actorOf(request)));
  }

  @Post(':id/rotate')
  @Needs('admin')
  @ApiOperation({ summary: 'Makes a successor with the same end; the old token is valid for some hours more.' })
  @ApiCreatedResponse({ standardSchema: ScimTokenCreated })
  async rotate(
    @Param({ schema: ScimTokenReference, pipes: [requestSchemaPipe] }) { id }: ScimTokenReference,
    @Body({ schema: ScimTokenRotation, pipes: [requestSchemaPipe] }) rotation: ScimTokenRotation,
    @Req() request: FastifyRequest,
  ): Promise<ScimTokenCreated> {
    assertInFuture(rotation.expiresAt);
    const created = await this.tokens.rotate(id, rotation, actorOf(request));
    if (!created) throw noSuchToken();
    return shown(created);
  }

  @Delete(':id')
  @HttpCode(204)
  @Needs('admin')
  @ApiOperation({ summary: 'Revokes a token at once.' })
  @ApiNoContentResponse({ description: 'It is revoked.' })
  async revoke(
    @Param({ schema: ScimTokenReference, pipes: [requestSchemaPipe] }) { id }: ScimTokenReference,
    @Req() request: FastifyRequest,
  ): Promise<void> {
    if ((await this.tokens.revoke(id, actorOf(request))) === 'not-found') throw noSuchToken();
  }
}

function shown({ token, secret }: CreatedScimToken): ScimTokenCreated {
  return { ...token, token: secret };
}

function assertInFuture(expiresAt: string | undefined): void {
  if (expiresAt !== undefined && Date.parse(expiresAt) <= Date.now())
    throw new RequestInvalidError([{ path: 'expiresAt', message: 'lies in the past' }]);
}

function noSuchToken(): TerminalError {
  return new TerminalError('api.not_found', 'There is no token of this id.');
}
