import { randomUUID } from 'node:crypto';
import { Body, Controller, Get, HttpCode, Param, Post, Req, Res, UseFilters, UseGuards } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  ConfiguredProviderReference,
  DirectorySync,
  DirectorySyncList,
  DirectorySyncReference,
  DirectorySyncRequest,
  ownMember,
  ReasonRequest,
} from '@gatehouse/contracts';
import { LiveConfigReader } from '@gatehouse/database';
import { TerminalError } from '@gatehouse/errors';
import { newTraceId } from '@gatehouse/telemetry';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ApiTokenGuard } from '../access/api-token.guard.js';
import { Needs } from '../access/needs.decorator.js';
import { ApiProblems } from '../api/api-problems.decorator.js';
import { ProblemFilter } from '../api/problem.filter.js';
import { requestSchemaPipe } from '../api/request-schema.pipe.js';
import { OperatorChanges } from '../operations/operator-changes.service.js';
import type { Asked } from '../operations/operator-changes.service.js';
import { DirectorySyncs } from './directory-syncs.store.js';
import type { SyncOrder } from './directory-syncs.store.js';

/** Reading the directory of a provider that pushes nothing (`pullSync`): now, how far it is, and how it ended. */
@ApiTags('directory syncs')
@ApiProblems()
@Controller('api/v1/providers/:key/directory-syncs')
@UseGuards(ApiTokenGuard)
@UseFilters(ProblemFilter)
export class DirectorySyncsController {
  constructor(
    private readonly syncs: DirectorySyncs,
    private readonly changes: OperatorChanges,
    private readonly liveConfig: LiveConfigReader,
  ) {}

  @Post()
  @HttpCode(200)
  @Needs('operator')
  @ApiOperation({ summary: 'Reads the directory of the provider from its beginning, in the bulk lane.' })
  @ApiOkResponse({ standardSchema: DirectorySync })
  async start(
    @Param({ schema: ConfiguredProviderReference, pipes: [requestSchemaPipe] }) { key }: ConfiguredProviderReference,
    @Body({ schema: DirectorySyncRequest, pipes: [requestSchemaPipe] }) { reason }: DirectorySyncRequest,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<DirectorySync> {
    const { document } = await this.liveConfig.newest();
    const provider = ownMember(document.providers, key);
    if (!provider) throw new TerminalError('api.not_found', 'There is no provider of this key.');
    if (!provider.pullSync || !provider.enabled)
      throw new TerminalError('directory_sync.not_configured', 'The provider has no pullSync, or is off.');
    // One of its own: the request's trace would be over at once.
    const order = { syncId: randomUUID(), provider: key, kind: 'start', reason, traceId: newTraceId() } as const;
    return this.order(order, { request, reply });
  }

  @Get()
  @Needs('viewer')
  @ApiOperation({ summary: 'The newest ones, whoever or whatever began them, with their progress.' })
  @ApiOkResponse({ standardSchema: DirectorySyncList })
  async list(
    @Param({ schema: ConfiguredProviderReference, pipes: [requestSchemaPipe] }) { key }: ConfiguredProviderReference,
  ): Promise<DirectorySyncList> {
    return { items: await this.syncs.list(key) };
  }

  @Get(':id')
  @Needs('viewer')
  @ApiOperation({ summary: 'How far it has come, and what became of it.' })
  @ApiOkResponse({ standardSchema: DirectorySync })
  read(
    @Param({ schema: DirectorySyncReference, pipes: [requestSchemaPipe] }) { key, id }: DirectorySyncReference,
  ): Promise<DirectorySync> {
    return this.syncs.read(key, id);
  }

  @Post(':id/cancel')
  @HttpCode(200)
  @Needs('operator')
  @ApiOperation({ summary: 'Ends it within seconds. What was read stays; nobody is removed by it.' })
  @ApiOkResponse({ standardSchema: DirectorySync })
  cancel(
    @Param({ schema: DirectorySyncReference, pipes: [requestSchemaPipe] }) { key, id }: DirectorySyncReference,
    @Body({ schema: ReasonRequest, pipes: [requestSchemaPipe] }) { reason }: ReasonRequest,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<DirectorySync> {
    return this.turn('cancel', { key, id }, reason, { request, reply });
  }

  @Post(':id/release')
  @HttpCode(200)
  @Needs('admin')
  @ApiOperation({ summary: 'Lets the people go whom a held one did not find, however many they are.' })
  @ApiOkResponse({ standardSchema: DirectorySync })
  release(
    @Param({ schema: DirectorySyncReference, pipes: [requestSchemaPipe] }) { key, id }: DirectorySyncReference,
    @Body({ schema: ReasonRequest, pipes: [requestSchemaPipe] }) { reason }: ReasonRequest,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<DirectorySync> {
    return this.turn('release', { key, id }, reason, { request, reply });
  }

  private async turn(
    kind: 'cancel' | 'release',
    { key: provider, id: syncId }: DirectorySyncReference,
    reason: string,
    asked: Asked,
  ): Promise<DirectorySync> {
    const { traceId } = await this.syncs.read(provider, syncId);
    return this.order({ syncId, provider, kind, reason, traceId }, asked);
  }

  private async order(order: Omit<SyncOrder, 'actor'>, asked: Asked): Promise<DirectorySync> {
    const { syncId, provider, kind, reason, traceId } = order;
    const entry = {
      action: `directory-sync.${kind}`,
      object: `provider/${provider}/directory-sync/${syncId}`,
      details: { reason, traceId },
    };
    await this.changes.make(asked, entry, (manager, actor) => this.syncs.order(manager, { ...order, actor }));
    return this.syncs.read(provider, syncId);
  }
}
