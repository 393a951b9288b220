import {
  Body,
  Controller,
  Get,
  Headers,
  HttpCode,
  Param,
  Post,
  Put,
  Query,
  Req,
  Res,
  UseFilters,
  UseGuards,
} from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import {
  ConfigApplied,
  ConfiguredProviderReference,
  DirectoryReview,
  DirectoryReviewQuery,
  GroupDecision,
  PlanAnswer,
  ReviewApply,
  ReviewedGroup,
  ReviewedGroupPage,
  ReviewedGroupReference,
  ReviewedPersonPage,
} from '@gatehouse/contracts';
import { TerminalError } from '@gatehouse/errors';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { actorOf } from '../access/actor.js';
import { ApiTokenGuard } from '../access/api-token.guard.js';
import { Needs } from '../access/needs.decorator.js';
import { recordAudit } from '../access/audit.js';
import { ApiProblems } from '../api/api-problems.decorator.js';
import { ProblemFilter } from '../api/problem.filter.js';
import { requestSchemaPipe } from '../api/request-schema.pipe.js';
import { ConfigApplier } from '../config/config.applier.js';
import { assertIfMatch, entityTag, isMatch, requireIfMatch } from '../config/entity-tag.js';
import { sourceOfJson } from '../config/parse-config-text.js';
import { OperatorChanges } from '../operations/operator-changes.service.js';
import { cursorOf, positionOf } from '../parked/cursor.js';
import { ndjson, PlanReplies } from '../plans/plan-replies.service.js';
import { DirectoryReviews } from './directory-review.store.js';
import { ReviewedConfiguration } from './reviewed-configuration.reader.js';
import { ReviewedGroups } from './reviewed-groups.service.js';
import { ReviewedPeople } from './reviewed-people.service.js';

const ifMatchHeader = { name: 'If-Match', required: true, description: 'The ETag of the review, or *.' };

/** A directory before anything of it reaches Jira (P28, X44). */
@ApiTags('scim')
@ApiProblems()
@Controller('api/v1/providers/:key')
@UseGuards(ApiTokenGuard)
@UseFilters(ProblemFilter)
export class DirectoryReviewController {
  constructor(
    private readonly configuration: ReviewedConfiguration,
    private readonly reviews: DirectoryReviews,
    private readonly groups: ReviewedGroups,
    private readonly people: ReviewedPeople,
    private readonly applier: ConfigApplier,
    private readonly changes: OperatorChanges,
    private readonly replies: PlanReplies,
  ) {}

  @Get('review')
  @Needs('viewer')
  @ApiOperation({
    summary:
      'How far the review of a directory is; the ETag is another one after every decision and every version of the configuration.',
  })
  @ApiOkResponse({ standardSchema: DirectoryReview, headers: { ETag: { schema: { type: 'string' } } } })
  async read(
    @Param({ schema: ConfiguredProviderReference, pipes: [requestSchemaPipe] }) { key }: ConfiguredProviderReference,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<DirectoryReview> {
    const { version, provisioning } = await this.configuration.of(key);
    void reply.header('etag', reviewTag(version, await this.reviews.mark(key)));
    return { provider: key, provisioning, ...(await this.reviews.counts(key)) };
  }

  @Get('review/groups')
  @Needs('viewer')
  @ApiOperation({ summary: 'Its groups, the Jira groups they lead to and who is in both; Jira is only read.' })
  @ApiOkResponse({ standardSchema: ReviewedGroupPage })
  async listGroups(
    @Param({ schema: ConfiguredProviderReference, pipes: [requestSchemaPipe] }) { key }: ConfiguredProviderReference,
    @Query({ schema: DirectoryReviewQuery, pipes: [requestSchemaPipe] }) { limit, after }: DirectoryReviewQuery,
  ): Promise<ReviewedGroupPage> {
    const { document } = await this.configuration.of(key);
    const page = await this.reviews.groups(key, { limit, after: after && positionOf(after) });
    return { items: await this.groups.of(key, document, page), next: nextOf(page.at(-1)?.id, page.length, limit) };
  }

  @Put('review/groups/:group')
  @Needs('admin')
  @ApiOperation({ summary: 'Decides what a group leads to. It counts once the review is applied.' })
  @ApiOkResponse({ standardSchema: ReviewedGroup })
  async decideGroup(
    @Param({ schema: ReviewedGroupReference, pipes: [requestSchemaPipe] }) { key, group }: ReviewedGroupReference,
    @Body({ schema: GroupDecision, pipes: [requestSchemaPipe] }) decision: GroupDecision,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ReviewedGroup> {
    const { document } = await this.configuration.onTrial(key);
    await this.groups.require(decision, document);
    await this.changes.attempt({ request, reply }, async (manager, actor) => {
      const { verdict, to = null, reason } = decision;
      const details = { provider: key, verdict, to, reason };
      if (await this.reviews.decide(manager, key, group, { ...decision, actor }))
        await recordAudit(manager, { action: 'review.decide-group', object: `scim-group/${group}`, details, actor });
    });
    const [shown] = await this.groups.of(key, document, await this.reviews.groups(key, { limit: 1, group }));
    return shown!;
  }

  @Get('review/people')
  @Needs('viewer')
  @ApiOperation({
    summary:
      'What would become of its people who have no account yet. Decisions about them: POST /directory-links/{person}/decide.',
  })
  @ApiOkResponse({ standardSchema: ReviewedPersonPage })
  async listPeople(
    @Param({ schema: ConfiguredProviderReference, pipes: [requestSchemaPipe] }) { key }: ConfiguredProviderReference,
    @Query({ schema: DirectoryReviewQuery, pipes: [requestSchemaPipe] }) { limit, after }: DirectoryReviewQuery,
  ): Promise<ReviewedPersonPage> {
    const reviewed = await this.configuration.reviewed(key);
    const items = await this.people.page(key, reviewed.edited, { limit, after: after && positionOf(after) });
    return { items, next: nextOf(items.at(-1)?.person, items.length, limit) };
  }

  @Post('dry-run')
  @HttpCode(200)
  @Needs('admin')
  @ApiOperation({
    summary:
      'What would be done in Jira if the directory were on, with the decisions so far: answered as POST /plans. Changes nothing.',
  })
  @ApiOkResponse({ standardSchema: PlanAnswer })
  @ApiProduces(ndjson, 'application/json')
  async dryRun(
    @Param({ schema: ConfiguredProviderReference, pipes: [requestSchemaPipe] }) { key }: ConfiguredProviderReference,
    @Req() request: FastifyRequest,
    @Headers('accept') accept: string | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { edited } = await this.configuration.reviewed(key);
    const actor = actorOf(request);
    const tried = await this.applier.try(sourceOfJson(edited), actor);
    await this.replies.send({ tried, actor, accept, reply });
  }

  @Post('review/apply')
  @HttpCode(200)
  @Needs('admin')
  @ApiHeader(ifMatchHeader)
  @ApiOperation({
    summary:
      'Makes the decisions part of the configuration, and Jira follows the directory from then on. One version, one commit.',
  })
  @ApiOkResponse({ standardSchema: ConfigApplied, headers: { ETag: { schema: { type: 'string' } } } })
  async apply(
    @Param({ schema: ConfiguredProviderReference, pipes: [requestSchemaPipe] }) { key }: ConfiguredProviderReference,
    @Body({ schema: ReviewApply, pipes: [requestSchemaPipe] }) { remaining, note }: ReviewApply,
    @Headers('if-match') ifMatch: string | undefined,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ConfigApplied> {
    requireIfMatch(ifMatch);
    const skipped = remaining === 'skip' ? await this.reviews.undecidedNames(key) : [];
    const { version, document, decisions, edited } = await this.configuration.reviewed(key, skipped);
    // Read after the decisions: one made in between is refused, and never applied without having been looked at.
    if (!isMatch(ifMatch, reviewTag(version, await this.reviews.mark(key))))
      throw new TerminalError('config.stale', 'The configuration or a decision was changed in the meantime.');
    this.groups.assertNoAdministrators(decisions, document);
    const applied = await this.applier.apply(sourceOfJson(edited), {
      ...{ actor: actorOf(request), note },
      // With `*` too: what was edited must be what holds.
      precondition: (holds) => assertIfMatch(entityTag(version), holds),
    });
    void reply.header('etag', entityTag(applied.version));
    return applied;
  }
}

function reviewTag(version: number, mark: string): string {
  return `"${version}-${mark}"`;
}

function nextOf(last: string | undefined, length: number, limit: number): string | null {
  return length === limit && last !== undefined ? cursorOf(last) : null;
}
