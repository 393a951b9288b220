import { Body, Controller, Get, HttpCode, Param, Post, Query, Req, Res, UseFilters, UseGuards } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ReasonRequest, RenameItem, RenamePage, RenameReference, RenamesQuery } from '@gatehouse/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ApiTokenGuard } from '../access/api-token.guard.js';
import { Needs } from '../access/needs.decorator.js';
import { recordAudit } from '../access/audit.js';
import { ApiProblems } from '../api/api-problems.decorator.js';
import { ProblemFilter } from '../api/problem.filter.js';
import { requestSchemaPipe } from '../api/request-schema.pipe.js';
import { OperatorChanges } from '../operations/operator-changes.service.js';
import { Renames } from './renames.store.js';

/** Jira users whose provider calls them otherwise (P06, X35). */
@ApiTags('renames')
@ApiProblems()
@Controller('api/v1/renames')
@UseGuards(ApiTokenGuard)
@UseFilters(ProblemFilter)
export class RenamesController {
  constructor(
    private readonly renames: Renames,
    private readonly changes: OperatorChanges,
  ) {}

  @Get()
  @Needs('viewer')
  @ApiOperation({ summary: 'Renames that wait, are blocked or are done, with what to do, the latest change first.' })
  @ApiOkResponse({ standardSchema: RenamePage })
  list(@Query({ schema: RenamesQuery, pipes: [requestSchemaPipe] }) query: RenamesQuery): Promise<RenamePage> {
    return this.renames.page(query);
  }

  @Post(':account/apply')
  @HttpCode(200)
  @Needs('admin')
  @ApiOperation({
    summary:
      'Has the Jira user renamed to the name that is listed, once nothing stands against it and nobody signs in.',
  })
  @ApiOkResponse({ standardSchema: RenameItem })
  apply(
    @Param({ schema: RenameReference, pipes: [requestSchemaPipe] }) { account }: RenameReference,
    @Body({ schema: ReasonRequest, pipes: [requestSchemaPipe] }) { reason }: ReasonRequest,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RenameItem> {
    return this.changes.attempt({ request, reply }, async (manager, actor) => {
      const rename = await this.renames.order(manager, account, actor, reason);
      const details = { reason, from: rename.from, to: rename.to };
      await recordAudit(manager, { action: 'rename.apply', object: `account/${account}`, details, actor });
      return rename;
    });
  }
}
