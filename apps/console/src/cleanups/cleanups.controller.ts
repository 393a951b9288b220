import { Body, Controller, Get, HttpCode, Param, Post, Req, Res, UseFilters, UseGuards } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  CleanupReferencePath,
  CleanupRequest,
  CleanupState,
  ConfiguredProviderReference,
  ownMember,
} from '@gatehouse/contracts';
import { LiveConfigReader } from '@gatehouse/database';
import { CleanupRunner, Cleanups } from '@gatehouse/directory';
import type { CleanupRules } from '@gatehouse/directory';
import { TerminalError } from '@gatehouse/errors';
import { newTraceId } from '@gatehouse/telemetry';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DataSource } from 'typeorm';
import type { EntityManager } from 'typeorm';
import { ApiTokenGuard } from '../access/api-token.guard.js';
import { recordAudit } from '../access/audit.js';
import { Needs } from '../access/needs.decorator.js';
import { ApiProblems } from '../api/api-problems.decorator.js';
import { ProblemFilter } from '../api/problem.filter.js';
import { RequestInvalidError } from '../api/request-invalid.js';
import { requestSchemaPipe } from '../api/request-schema.pipe.js';
import { OperatorChanges } from '../operations/operator-changes.service.js';

type Part = Exclude<CleanupRequest, { apply: string }>;

/** People whom their provider does not return any more (X32): a whole list, the plan of it, and its application. */
@ApiTags('scim')
@ApiProblems()
@Controller('api/v1/providers')
@UseGuards(ApiTokenGuard)
@UseFilters(ProblemFilter)
export class CleanupsController {
  constructor(
    private readonly cleanups: Cleanups,
    private readonly runner: CleanupRunner,
    private readonly changes: OperatorChanges,
    private readonly liveConfig: LiveConfigReader,
    private readonly dataSource: DataSource,
  ) {}

  @Post(':key/cleanup')
  @HttpCode(200)
  @Needs('admin')
  @ApiOperation({
    summary:
      "Takes a complete list of the provider's people, in parts, and plans what becomes of those it lacks; or applies such a plan.",
  })
  @ApiOkResponse({ standardSchema: CleanupState })
  async make(
    @Param({ schema: ConfiguredProviderReference, pipes: [requestSchemaPipe] }) { key }: ConfiguredProviderReference,
    @Body({ schema: CleanupRequest, pipes: [requestSchemaPipe] }) asked: CleanupRequest,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<CleanupState> {
    const rules = await this.rulesOf(key);
    if (!('apply' in asked))
      return this.changes.attempt({ request, reply }, (manager, actor) =>
        this.list(manager, { provider: key, actor, rules }, asked),
      );
    const { apply: id, acceptPeople, reason } = asked;
    const order = { provider: key, id, acceptPeople, configVersion: rules.configVersion, traceId: newTraceId() };
    const details = { reason, provider: key, acceptPeople, traceId: order.traceId };
    await this.changes.make(
      { request, reply },
      { action: 'cleanup.applied', object: `cleanup/${id}`, details },
      (manager) => this.runner.begin(manager, order),
    );
    return this.runner.run(order);
  }

  @Get(':key/cleanup/:id')
  @Needs('viewer')
  @ApiOperation({ summary: 'A plan, the first people of it, and what became of it.' })
  @ApiOkResponse({ standardSchema: CleanupState })
  read(
    @Param({ schema: CleanupReferencePath, pipes: [requestSchemaPipe] }) { key, id }: CleanupReferencePath,
  ): Promise<CleanupState> {
    return this.cleanups.state(this.dataSource.manager, { provider: key, id });
  }

  private async list(
    manager: EntityManager,
    { provider, actor, rules }: { provider: string; actor: string; rules: CleanupRules },
    part: Part,
  ): Promise<CleanupState> {
    const reference =
      'cleanup' in part
        ? { provider, id: part.cleanup }
        : await this.cleanups.open(manager, { provider, actor, by: part.by, listedAt: new Date(part.listedAt) });
    if (!reference)
      throw new RequestInvalidError([
        { path: 'listedAt', message: 'lies in the future: send the time at which the list was begun' },
      ]);
    await this.cleanups.add(manager, reference, part.values);
    if (part.more) return this.cleanups.state(manager, reference);
    const planned = await this.cleanups.plan(manager, reference, rules);
    const { action, held, counts } = planned;
    const details = { provider, action, held, people: counts?.people };
    await recordAudit(manager, { actor, action: 'cleanup.planned', object: `cleanup/${reference.id}`, details });
    return planned;
  }

  private async rulesOf(provider: string): Promise<CleanupRules> {
    const { document, version } = await this.liveConfig.newest();
    const mapping = ownMember(document.mappings, provider);
    if (!ownMember(document.providers, provider) || !mapping)
      throw new TerminalError('api.not_found', 'There is no provider of this key, or it has no mapping.');
    return { options: mapping.directory.cleanup, brake: document.settings.brake, configVersion: version };
  }
}
