import { Body, Controller, Get, HttpCode, Param, Post, Query, Req, Res, UseFilters, UseGuards } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  HeldRemovalPage,
  HeldRemovals as HeldOverview,
  HeldRemovalsDecided,
  HeldRemovalsDecision,
  HeldRemovalsQuery,
  HeldVersionReference,
} from '@gatehouse/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { ApiTokenGuard } from '../access/api-token.guard.js';
import { Needs } from '../access/needs.decorator.js';
import { recordAudit } from '../access/audit.js';
import { ApiProblems } from '../api/api-problems.decorator.js';
import { ProblemFilter } from '../api/problem.filter.js';
import { requestSchemaPipe } from '../api/request-schema.pipe.js';
import { OperatorChanges } from '../operations/operator-changes.service.js';
import type { Asked } from '../operations/operator-changes.service.js';
import { cursorOf, positionOf } from '../parked/cursor.js';
import { requireFourEyes } from './four-eyes.store.js';
import { HeldRemovals } from './held-removals.store.js';

const Position = z.string().regex(/^[0-9a-f-]{36}\/[^\0]+$/);

/** Removals that the brake holds: look at what would go, then let them go or leave everything as it is (P31). */
@ApiTags('held removals')
@ApiProblems()
@Controller('api/v1/held-removals')
@UseGuards(ApiTokenGuard)
@UseFilters(ProblemFilter)
export class HeldRemovalsController {
  constructor(
    private readonly held: HeldRemovals,
    private readonly changes: OperatorChanges,
  ) {}

  @Get()
  @Needs('viewer')
  @ApiOperation({ summary: 'How many people would lose what, by the configuration that decided it, newest first.' })
  @ApiOkResponse({ standardSchema: HeldOverview })
  overview(): Promise<HeldOverview> {
    return this.held.overview();
  }

  @Get(':configVersion')
  @Needs('viewer')
  @ApiOperation({ summary: 'Who would lose what, page by page.' })
  @ApiOkResponse({ standardSchema: HeldRemovalPage })
  async page(
    @Param({ schema: HeldVersionReference, pipes: [requestSchemaPipe] }) { configVersion }: HeldVersionReference,
    @Query({ schema: HeldRemovalsQuery, pipes: [requestSchemaPipe] }) { group, limit, after }: HeldRemovalsQuery,
  ): Promise<HeldRemovalPage> {
    const position = after === undefined ? undefined : pairOf(positionOf(after, Position));
    const { items, last } = await this.held.page(configVersion, { group, after: position, limit });
    return { items, next: items.length === limit && last ? cursorOf(last.join('/')) : null };
  }

  @Post(':configVersion/approve')
  @HttpCode(200)
  @Needs('admin')
  @ApiOperation({
    summary: 'Lets them go: the accounts are reconciled again, and the brake holds nothing of this configuration.',
  })
  @ApiOkResponse({ standardSchema: HeldRemovalsDecided })
  approve(
    @Param({ schema: HeldVersionReference, pipes: [requestSchemaPipe] }) { configVersion }: HeldVersionReference,
    @Body({ schema: HeldRemovalsDecision, pipes: [requestSchemaPipe] }) decision: HeldRemovalsDecision,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<HeldRemovalsDecided> {
    return this.decide('approve', configVersion, decision, { request, reply });
  }

  @Post(':configVersion/dismiss')
  @HttpCode(200)
  @Needs('admin')
  @ApiOperation({ summary: 'Leaves these memberships as they are, for as long as this configuration holds.' })
  @ApiOkResponse({ standardSchema: HeldRemovalsDecided })
  dismiss(
    @Param({ schema: HeldVersionReference, pipes: [requestSchemaPipe] }) { configVersion }: HeldVersionReference,
    @Body({ schema: HeldRemovalsDecision, pipes: [requestSchemaPipe] }) decision: HeldRemovalsDecision,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<HeldRemovalsDecided> {
    return this.decide('dismiss', configVersion, decision, { request, reply });
  }

  private async decide(
    verdict: 'approve' | 'dismiss',
    configVersion: number,
    { reason, group }: HeldRemovalsDecision,
    asked: Asked,
  ): Promise<HeldRemovalsDecided> {
    return this.changes.attempt(asked, async (manager, actor) => {
      if (verdict === 'approve') await requireFourEyes(manager, configVersion, actor);
      const meant = await this.held.meant(manager, { configVersion, group, verdict });
      const changed = await this.held.decide(manager, { configVersion, group, verdict, actor, reason });
      const details = { reason, group: group ?? null, ...meant };
      const entry = { action: `removals.${verdict}`, object: `config/${configVersion}`, details, actor };
      // Saying it again changes nothing, and is no news for the audit.
      if (changed) await recordAudit(manager, entry);
      return { configVersion, group: group ?? null, verdict, changed, ...meant };
    });
  }
}

function pairOf(position: string): readonly [string, string] {
  const at = position.indexOf('/');
  return [position.slice(0, at), position.slice(at + 1)];
}
