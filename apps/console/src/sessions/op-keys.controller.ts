import { Body, Controller, Get, HttpCode, Post, Req, Res, UseFilters, UseGuards } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { OpKeyRotationOrdered, OpKeys, ReasonRequest } from '@gatehouse/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DataSource } from 'typeorm';
import { actorOf } from '../access/actor.js';
import { ApiTokenGuard } from '../access/api-token.guard.js';
import { recordAudit } from '../access/audit.js';
import { Needs } from '../access/needs.decorator.js';
import { ApiProblems } from '../api/api-problems.decorator.js';
import { ProblemFilter } from '../api/problem.filter.js';
import { requestSchemaPipe } from '../api/request-schema.pipe.js';
import { OperatorChanges } from '../operations/operator-changes.service.js';
import { OpSigningKeys } from './op-keys.store.js';

/** The keys of the OpenID Provider that Jira talks to. They belong to the gateway; here they are only ordered anew. */
@ApiTags('jira')
@ApiProblems()
@Controller('api/v1/op-keys')
@UseGuards(ApiTokenGuard)
@UseFilters(ProblemFilter)
export class OpKeysController {
  constructor(
    private readonly keys: OpSigningKeys,
    private readonly changes: OperatorChanges,
    private readonly dataSource: DataSource,
  ) {}

  @Get()
  @Needs('viewer')
  @ApiOperation({ summary: 'Which signing key is in use, which comes next, and which are only published still.' })
  @ApiOkResponse({ standardSchema: OpKeys })
  async list(): Promise<OpKeys> {
    return { keys: [...(await this.keys.steps())] };
  }

  @Post('rotate')
  @HttpCode(200)
  @Needs('admin')
  @ApiOperation({
    summary:
      'Has new keys made. The new signing key is published for 15 minutes before it signs, the former one for a day after.',
  })
  @ApiOkResponse({ standardSchema: OpKeyRotationOrdered })
  async rotate(
    @Body({ schema: ReasonRequest, pipes: [requestSchemaPipe] }) { reason }: ReasonRequest,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<OpKeyRotationOrdered> {
    const details: Record<string, unknown> = { reason };
    const entry = { action: 'op-keys.rotated', object: 'op-keys', details };
    const orderedAt = await this.changes.make({ request, reply }, entry, async (manager, actor) => {
      details['before'] = await this.keys.steps(manager);
      const at = await this.keys.order(manager, { actor, reason });
      details['orderedAt'] = at.toISOString();
      return at.toISOString();
    });
    const carriedOut = await this.keys.carriedOut();
    const keys = [...(await this.keys.steps())];
    // A line of its own: which keys came of the order is known only after its commit.
    if (carriedOut) {
      const after = { reason, orderedAt, after: keys };
      const line = { actor: actorOf(request), action: 'op-keys.made', object: 'op-keys', details: after };
      await recordAudit(this.dataSource.manager, line);
    }
    return { orderedAt, carriedOut, keys };
  }
}
