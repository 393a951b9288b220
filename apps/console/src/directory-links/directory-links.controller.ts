import { Body, Controller, Get, HttpCode, Param, Post, Query, Req, Res, UseFilters, UseGuards } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  DirectoryLinkDecided,
  DirectoryLinkDecision,
  DirectoryLinkPage,
  DirectoryLinkReference,
  DirectoryLinksQuery,
} from '@gatehouse/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ApiTokenGuard } from '../access/api-token.guard.js';
import { Needs } from '../access/needs.decorator.js';
import { recordAudit } from '../access/audit.js';
import { ApiProblems } from '../api/api-problems.decorator.js';
import { ProblemFilter } from '../api/problem.filter.js';
import { requestSchemaPipe } from '../api/request-schema.pipe.js';
import { OperatorChanges } from '../operations/operator-changes.service.js';
import { DirectoryLinks } from './directory-links.store.js';
import { DirectoryQuestions } from './directory-questions.service.js';

/** People of directories who may be somebody that is known already (P17, X29). */
@ApiTags('scim')
@ApiProblems()
@Controller('api/v1/directory-links')
@UseGuards(ApiTokenGuard)
@UseFilters(ProblemFilter)
export class DirectoryLinksController {
  constructor(
    private readonly links: DirectoryLinks,
    private readonly questions: DirectoryQuestions,
    private readonly changes: OperatorChanges,
  ) {}

  @Get()
  @Needs('viewer')
  @ApiOperation({
    summary:
      'People of directories who match an account or a Jira user and wait for a decision, or who were linked or refused; newest first.',
  })
  @ApiOkResponse({ standardSchema: DirectoryLinkPage })
  list(
    @Query({ schema: DirectoryLinksQuery, pipes: [requestSchemaPipe] }) query: DirectoryLinksQuery,
  ): Promise<DirectoryLinkPage> {
    return this.links.page(query);
  }

  @Post(':person/decide')
  @HttpCode(200)
  @Needs('admin')
  @ApiOperation({ summary: 'Links them, keeps them separate or refuses the person; it is done at once.' })
  @ApiOkResponse({ standardSchema: DirectoryLinkDecided })
  async decide(
    @Param({ schema: DirectoryLinkReference, pipes: [requestSchemaPipe] }) { person }: DirectoryLinkReference,
    @Body({ schema: DirectoryLinkDecision, pipes: [requestSchemaPipe] }) decision: DirectoryLinkDecision,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<DirectoryLinkDecided> {
    await this.questions.require(person, decision);
    return this.changes.attempt({ request, reply }, async (manager, actor) => {
      const { provider, changed } = await this.links.decide(manager, person, decision, actor);
      const { verdict, account = null, jiraKey = null, reason } = decision;
      const details = { provider, verdict, account, jiraKey, reason };
      // Saying it again changes nothing, and is no news for the audit.
      if (changed)
        await recordAudit(manager, { action: 'directory-link.decide', object: `scim-user/${person}`, details, actor });
      return { person, verdict, changed };
    });
  }
}
