import { randomUUID } from 'node:crypto';
import { Body, Controller, HttpCode, Post, Req, Res, UseFilters, UseGuards } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { OpKeyRotationOrdered, ReasonRequest } from '@gatehouse/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ApiTokenGuard } from '../access/api-token.guard.js';
import { Needs } from '../access/needs.decorator.js';
import { ApiProblems } from '../api/api-problems.decorator.js';
import { ProblemFilter } from '../api/problem.filter.js';
import { requestSchemaPipe } from '../api/request-schema.pipe.js';
import { OperatorChanges } from '../operations/operator-changes.service.js';

/** The keys of the OpenID Provider that Jira talks to. They belong to the gateway; here they are only ordered anew. */
@ApiTags('jira')
@ApiProblems()
@Controller('api/v1/op-keys')
@UseGuards(ApiTokenGuard)
@UseFilters(ProblemFilter)
export class OpKeysController {
  constructor(private readonly changes: OperatorChanges) {}

  @Post('rotate')
  @HttpCode(200)
  @Needs('admin')
  @ApiOperation({
    summary:
      'Has new keys made. The new signing key is published for 15 minutes before it signs, the former one for a day after.',
  })
  @ApiOkResponse({ standardSchema: OpKeyRotationOrdered })
  rotate(
    @Body({ schema: ReasonRequest, pipes: [requestSchemaPipe] }) { reason }: ReasonRequest,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<OpKeyRotationOrdered> {
    const entry = { action: 'op-keys.rotated', object: 'op-keys', details: { reason } };
    return this.changes.make({ request, reply }, entry, async (manager, actor) => {
      const [row] = await manager.query<{ ordered_at: Date }[]>(
        'insert into console.op_key_rotation (id, actor, reason) values ($1, $2, $3) returning ordered_at',
        [randomUUID(), actor, reason],
      );
      await manager.query(`select pg_notify('gatehouse_op_keys', '')`);
      return { orderedAt: row!.ordered_at.toISOString() };
    });
  }
}
