import { randomUUID } from 'node:crypto';
import { Body, Controller, Get, HttpCode, Param, Post, Query, Req, Res, UseFilters, UseGuards } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  ReasonRequest,
  ResyncAnswer,
  ResyncItemPage,
  ResyncItemsQuery,
  ResyncList,
  ResyncReferencePath,
  ResyncRequest,
  ResyncState,
} from '@gatehouse/contracts';
import { newTraceId } from '@gatehouse/telemetry';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ApiTokenGuard } from '../access/api-token.guard.js';
import { Needs } from '../access/needs.decorator.js';
import { ApiProblems } from '../api/api-problems.decorator.js';
import { ProblemFilter } from '../api/problem.filter.js';
import { requestSchemaPipe } from '../api/request-schema.pipe.js';
import { OperatorChanges } from '../operations/operator-changes.service.js';
import type { Asked } from '../operations/operator-changes.service.js';
import { cursorOf, positionOf } from '../parked/cursor.js';
import { Resyncs } from './resyncs.store.js';

const verbs = { pause: 'paused', resume: 'running', cancel: 'cancelled' } as const;

/** Many accounts compared with Jira: look at the count, start it, watch it under its own address (U19). */
@ApiTags('resyncs')
@ApiProblems()
@Controller('api/v1/resyncs')
@UseGuards(ApiTokenGuard)
@UseFilters(ProblemFilter)
export class ResyncsController {
  constructor(
    private readonly resyncs: Resyncs,
    private readonly changes: OperatorChanges,
  ) {}

  @Post()
  @HttpCode(200)
  @Needs('operator')
  @ApiOperation({
    summary: 'Counts the accounts that are meant (dryRun), or has them compared with Jira in the bulk lane.',
  })
  @ApiOkResponse({ standardSchema: ResyncAnswer })
  async start(
    @Body({ schema: ResyncRequest, pipes: [requestSchemaPipe] }) { selection, dryRun, reason }: ResyncRequest,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ResyncAnswer> {
    if (dryRun) return { dryRun, total: await this.resyncs.count(selection), resync: null };
    const id = randomUUID();
    // One of its own: the request's trace would be over at once.
    const traceId = newTraceId();
    const entry = { action: 'resync.started', object: `resync/${id}`, details: { reason, selection, traceId } };
    const total = await this.changes.make({ request, reply }, entry, (manager, actor) =>
      this.resyncs.start(manager, { id, traceId, actor, reason, selection }),
    );
    return { dryRun, total, resync: total === 0 ? null : await this.resyncs.read(id) };
  }

  @Get()
  @Needs('viewer')
  @ApiOperation({ summary: 'The newest ones, with their progress.' })
  @ApiOkResponse({ standardSchema: ResyncList })
  async list(): Promise<ResyncList> {
    return { items: await this.resyncs.list() };
  }

  @Get(':id')
  @Needs('viewer')
  @ApiOperation({ summary: 'How far it has come, and when it will be over.' })
  @ApiOkResponse({ standardSchema: ResyncState })
  read(
    @Param({ schema: ResyncReferencePath, pipes: [requestSchemaPipe] }) { id }: ResyncReferencePath,
  ): Promise<ResyncState> {
    return this.resyncs.read(id);
  }

  @Get(':id/items')
  @Needs('viewer')
  @ApiOperation({ summary: 'Each account and what became of it, page by page.' })
  @ApiOkResponse({ standardSchema: ResyncItemPage })
  async items(
    @Param({ schema: ResyncReferencePath, pipes: [requestSchemaPipe] }) { id }: ResyncReferencePath,
    @Query({ schema: ResyncItemsQuery, pipes: [requestSchemaPipe] }) { outcome, limit, after }: ResyncItemsQuery,
  ): Promise<ResyncItemPage> {
    const position = after === undefined ? undefined : positionOf(after);
    const items = await this.resyncs.items(id, { outcome, limit }, position);
    const last = items.at(-1);
    return { items, next: items.length === limit && last ? cursorOf(last.account) : null };
  }

  @Post(':id/pause')
  @HttpCode(200)
  @Needs('operator')
  @ApiOperation({ summary: 'Sends no more accounts on; those that are on their way are reconciled.' })
  @ApiOkResponse({ standardSchema: ResyncState })
  pause(
    @Param({ schema: ResyncReferencePath, pipes: [requestSchemaPipe] }) { id }: ResyncReferencePath,
    @Body({ schema: ReasonRequest, pipes: [requestSchemaPipe] }) { reason }: ReasonRequest,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ResyncState> {
    return this.turn('pause', id, reason, { request, reply });
  }

  @Post(':id/resume')
  @HttpCode(200)
  @Needs('operator')
  @ApiOperation({ summary: 'Goes on where it was paused.' })
  @ApiOkResponse({ standardSchema: ResyncState })
  resume(
    @Param({ schema: ResyncReferencePath, pipes: [requestSchemaPipe] }) { id }: ResyncReferencePath,
    @Body({ schema: ReasonRequest, pipes: [requestSchemaPipe] }) { reason }: ReasonRequest,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ResyncState> {
    return this.turn('resume', id, reason, { request, reply });
  }

  @Post(':id/cancel')
  @HttpCode(200)
  @Needs('operator')
  @ApiOperation({ summary: 'Ends it; what was done stays done.' })
  @ApiOkResponse({ standardSchema: ResyncState })
  cancel(
    @Param({ schema: ResyncReferencePath, pipes: [requestSchemaPipe] }) { id }: ResyncReferencePath,
    @Body({ schema: ReasonRequest, pipes: [requestSchemaPipe] }) { reason }: ReasonRequest,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ResyncState> {
    return this.turn('cancel', id, reason, { request, reply });
  }

  private async turn(verb: keyof typeof verbs, id: string, reason: string, asked: Asked): Promise<ResyncState> {
    await this.resyncs.read(id);
    const entry = { action: `resync.${verbs[verb]}`, object: `resync/${id}`, details: { reason } };
    await this.changes.make(asked, entry, (manager) => this.resyncs.turn(manager, id, verbs[verb]));
    return this.resyncs.read(id);
  }
}
