import { Body, Controller, Get, Headers, HttpCode, Param, Post, Req, Res, UseFilters, UseGuards } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  BulkActionList,
  BulkActionState,
  BulkPreview,
  BulkPreviewRequest,
  BulkRequest,
  mayDo,
  ParkedReference,
  ReasonRequest,
} from '@gatehouse/contracts';
import { adviceByClass, failureClassOf, TerminalError } from '@gatehouse/errors';
import { Operations } from '@gatehouse/messaging';
import type { BulkAction, BulkCreated, ParkedFilter } from '@gatehouse/messaging';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { actorOf } from '../access/actor.js';
import { ApiTokenGuard } from '../access/api-token.guard.js';
import { roleOf } from '../access/caller-role.js';
import { Needs } from '../access/needs.decorator.js';
import { ApiProblems } from '../api/api-problems.decorator.js';
import { ProblemFilter } from '../api/problem.filter.js';
import { requestSchemaPipe } from '../api/request-schema.pipe.js';
import { OperatorChanges } from './operator-changes.service.js';
import type { Asked } from './operator-changes.service.js';
import { shownAction, shownParked } from './shown.js';

const keyForm = /^[\x21-\x7e]{8,200}$/;

/** Retry or discard many parked jobs: look at the count, confirm it with a reason, follow the progress. */
@ApiTags('parked jobs')
@ApiProblems()
@Controller('api/v1/parked/actions')
@UseGuards(ApiTokenGuard)
@UseFilters(ProblemFilter)
export class BulkActionsController {
  constructor(
    private readonly operations: Operations,
    private readonly changes: OperatorChanges,
  ) {}

  @Post('preview')
  @HttpCode(200)
  @Needs('operator')
  @ApiOperation({ summary: 'How many jobs the filter means, by cause, with the newest. Changes nothing.' })
  @ApiOkResponse({ standardSchema: BulkPreview })
  async preview(
    @Body({ schema: BulkPreviewRequest, pipes: [requestSchemaPipe] }) { filter }: BulkPreviewRequest,
  ): Promise<BulkPreview> {
    const { count, offboarding, byCode, sample } = await this.operations.bulkActions.preview(narrowed(filter));
    return {
      count,
      offboarding,
      byCode: byCode.map((row) => {
        const failureClass = failureClassOf(row.code);
        return { ...row, class: failureClass, advice: adviceByClass[failureClass] };
      }),
      sample: sample.map(shownParked),
    };
  }

  @Post()
  @HttpCode(200)
  @Needs('operator')
  @ApiOperation({
    summary: 'Starts it: a few jobs first, then the rest at a bounded pace, and no further once too many fail again.',
  })
  @ApiHeader({
    name: 'Idempotency-Key',
    required: true,
    description: 'Fresh with each decision; repeating is harmless.',
  })
  @ApiOkResponse({ standardSchema: BulkActionState })
  async create(
    @Body({ schema: BulkRequest, pipes: [requestSchemaPipe] }) body: BulkRequest,
    @Headers('idempotency-key') idempotencyKey: string | undefined,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<BulkActionState> {
    if (!idempotencyKey || !keyForm.test(idempotencyKey))
      throw new TerminalError('api.idempotency_key_missing', 'Send an Idempotency-Key of 8 to 200 characters.');
    const filter = narrowed(body.filter);
    const wanted = { ...body, filter, actor: actorOf(request), idempotencyKey };
    const known = await this.operations.bulkActions.known(wanted);
    if (known) return shownAction(actionFrom(known));
    if (body.kind === 'discard') await this.assertMayDiscard(filter, request);
    const entry = {
      action: `parked.bulk-${body.kind}`,
      object: 'parked',
      details: { filter: body.filter, reason: body.reason, expectedCount: body.expectedCount, idempotencyKey },
    };
    const action = await this.changes.make({ request, reply }, entry, async (manager) =>
      actionFrom(await this.operations.bulkActions.create(manager, wanted)),
    );
    this.operations.wake();
    return shownAction(action);
  }

  @Get()
  @Needs('viewer')
  @ApiOperation({ summary: 'Actions on many jobs, the newest first.' })
  @ApiOkResponse({ standardSchema: BulkActionList })
  async list(): Promise<BulkActionList> {
    return { items: (await this.operations.bulkActions.list()).map(shownAction) };
  }

  @Get(':id')
  @Needs('viewer')
  @ApiOperation({ summary: 'How far it is.' })
  @ApiOkResponse({ standardSchema: BulkActionState })
  async find(
    @Param({ schema: ParkedReference, pipes: [requestSchemaPipe] }) { id }: ParkedReference,
  ): Promise<BulkActionState> {
    const action = await this.operations.bulkActions.find(id);
    if (!action) throw unknownAction();
    return shownAction(action);
  }

  @Post(':id/cancel')
  @HttpCode(200)
  @Needs('operator')
  @ApiOperation({ summary: 'Ends it; what it has not handled stays parked.' })
  @ApiOkResponse({ standardSchema: BulkActionState })
  cancel(
    @Param({ schema: ParkedReference, pipes: [requestSchemaPipe] }) { id }: ParkedReference,
    @Body({ schema: ReasonRequest, pipes: [requestSchemaPipe] }) { reason }: ReasonRequest,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<BulkActionState> {
    return this.change('cancel', id, reason, { request, reply });
  }

  @Post(':id/resume')
  @HttpCode(200)
  @Needs('operator')
  @ApiOperation({ summary: 'Goes on after it stopped by itself; what failed before counts no more.' })
  @ApiOkResponse({ standardSchema: BulkActionState })
  resume(
    @Param({ schema: ParkedReference, pipes: [requestSchemaPipe] }) { id }: ParkedReference,
    @Body({ schema: ReasonRequest, pipes: [requestSchemaPipe] }) { reason }: ReasonRequest,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<BulkActionState> {
    return this.change('resume', id, reason, { request, reply });
  }

  private async change(verb: 'cancel' | 'resume', id: string, reason: string, asked: Asked): Promise<BulkActionState> {
    const actions = this.operations.bulkActions;
    const entry = { action: `parked.bulk-${verb}`, object: `bulk-action/${id}`, details: { reason } };
    const action = await this.changes.make(asked, entry, async (manager) => {
      const outcome = await actions[verb](manager, id);
      if (outcome === 'not-found') throw unknownAction();
      if (outcome === 'not-possible')
        throw new TerminalError('job.action_not_possible', `This action cannot be told to ${verb} now.`);
      return (await actions.find(id, manager))!;
    });
    this.operations.wake();
    return shownAction(action);
  }

  private async assertMayDiscard(filter: ParkedFilter, request: FastifyRequest): Promise<void> {
    if (mayDo(roleOf(request), 'admin')) return;
    const { offboarding } = await this.operations.bulkActions.preview(filter);
    if (offboarding > 0)
      throw new TerminalError('job.discard_needs_admin', `${offboarding} of these jobs are offboardings.`);
  }
}

/** What this throws rolls back: a filter that means something else by now has held its jobs already. */
function actionFrom(created: BulkCreated): BulkAction {
  switch (created.kind) {
    case 'created':
    case 'known':
      return created.action;
    case 'count-differs':
      throw new TerminalError('job.count_differs', `The filter means ${created.count} jobs now.`);
    case 'key-taken':
      throw new TerminalError('api.idempotency_key_used', 'This Idempotency-Key was used for another request.');
  }
}

function narrowed(filter: BulkPreviewRequest['filter']): ParkedFilter {
  return 'all' in filter ? {} : filter;
}

function unknownAction(): TerminalError {
  return new TerminalError('api.not_found', 'There is no such action.');
}
