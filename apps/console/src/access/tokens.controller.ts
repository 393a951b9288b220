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
  ApiTokenCreated,
  ApiTokenName,
  ApiTokenOrder,
  ApiTokenPage,
  ApiTokenReference,
  PageQuery,
} from '@gatehouse/contracts';
import type { ApiToken } from '@gatehouse/contracts';
import type { ApiTokenRow } from '@gatehouse/database';
import { TerminalError } from '@gatehouse/errors';
import type { FastifyRequest } from 'fastify';
import { ApiProblems } from '../api/api-problems.decorator.js';
import { ProblemFilter } from '../api/problem.filter.js';
import { RequestInvalidError } from '../api/request-invalid.js';
import { requestSchemaPipe } from '../api/request-schema.pipe.js';
import { cursorOf, positionOf } from '../parked/cursor.js';
import { actorOf } from './actor.js';
import { ApiTokenGuard } from './api-token.guard.js';
import { ApiTokens } from './api-tokens.store.js';
import { Needs } from './needs.decorator.js';

/** A token is made and revoked, never edited: another role is another token. */
@ApiTags('tokens')
@ApiProblems()
@Controller('api/v1/tokens')
@UseGuards(ApiTokenGuard)
@UseFilters(ProblemFilter)
export class TokensController {
  constructor(private readonly tokens: ApiTokens) {}

  @Get()
  @Needs('admin')
  @ApiOperation({ summary: 'Every token by name, without the tokens themselves.' })
  @ApiOkResponse({ standardSchema: ApiTokenPage })
  async list(
    @Query({ schema: PageQuery, pipes: [requestSchemaPipe] }) { limit, after }: PageQuery,
  ): Promise<ApiTokenPage> {
    const position = after === undefined ? {} : { after: positionOf(after, ApiTokenName) };
    const rows = await this.tokens.list({ limit: limit + 1, ...position });
    const page = rows.slice(0, limit);
    return { items: page.map(shown), next: rows.length > limit ? cursorOf(page.at(-1)!.name) : null };
  }

  @Post()
  @Needs('admin')
  @ApiOperation({ summary: 'Makes a token for one person or program, with the least role that is enough.' })
  @ApiCreatedResponse({ standardSchema: ApiTokenCreated })
  async create(
    @Body({ schema: ApiTokenOrder, pipes: [requestSchemaPipe] }) order: ApiTokenOrder,
    @Req() request: FastifyRequest,
  ): Promise<ApiTokenCreated> {
    if (order.expiresAt !== undefined && Date.parse(order.expiresAt) <= Date.now())
      throw new RequestInvalidError([{ path: 'expiresAt', message: 'lies in the past' }]);
    const created = await this.tokens.create(order, actorOf(request));
    if (!created) throw new TerminalError('token.name_taken', `There is a token "${order.name}" already.`);
    return { ...shown(created.row), token: created.token };
  }

  @Delete(':id')
  @HttpCode(204)
  @Needs('admin')
  @ApiOperation({ summary: 'Revokes a token and ends the console sessions opened with it.' })
  @ApiNoContentResponse({ description: 'It is revoked.' })
  async revoke(
    @Param({ schema: ApiTokenReference, pipes: [requestSchemaPipe] }) { id }: ApiTokenReference,
    @Req() request: FastifyRequest,
  ): Promise<void> {
    const outcome = await this.tokens.revoke(id, actorOf(request));
    switch (outcome) {
      case 'revoked':
        return;
      case 'not-found':
        throw new TerminalError('api.not_found', 'There is no token of this id.');
      case 'bootstrap':
        throw new TerminalError('token.bootstrap_kept', 'The token "admin" cannot be revoked over the API.');
    }
  }
}

function shown(row: ApiTokenRow): ApiToken {
  return {
    id: row.id,
    name: row.name,
    role: row.role,
    createdAt: row.createdAt.toISOString(),
    createdBy: row.createdBy,
    expiresAt: row.expiresAt?.toISOString() ?? null,
    lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
  };
}
