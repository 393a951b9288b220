import { Body, Controller, HttpCode, Param, Post, Req, Res, UseFilters, UseGuards } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { AccountOrdered, AccountOrderRequest, PersonReference } from '@gatehouse/contracts';
import { TerminalError } from '@gatehouse/errors';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ApiTokenGuard } from '../access/api-token.guard.js';
import { Needs } from '../access/needs.decorator.js';
import { ApiProblems } from '../api/api-problems.decorator.js';
import { ProblemFilter } from '../api/problem.filter.js';
import { requestSchemaPipe } from '../api/request-schema.pipe.js';
import { People } from '../explain/people.reader.js';
import { OperatorChanges } from '../operations/operator-changes.service.js';
import type { Asked } from '../operations/operator-changes.service.js';
import { Sessions } from '../sessions/sessions.store.js';
import { AccountOrders } from './account-orders.store.js';
import type { OrderKind } from './account-orders.store.js';

/** Deactivating and reactivating people by hand. An order counts more than directories, sign-ins and older orders (D10). */
@ApiTags('people')
@ApiProblems()
@Controller('api/v1/people')
@UseGuards(ApiTokenGuard)
@UseFilters(ProblemFilter)
export class AccountOrdersController {
  constructor(
    private readonly people: People,
    private readonly orders: AccountOrders,
    private readonly sessions: Sessions,
    private readonly changes: OperatorChanges,
  ) {}

  @Post(':person/deactivate')
  @HttpCode(200)
  @Needs('admin')
  @ApiOperation({
    summary:
      'Nobody signs in with the account from now on, whatever directories say; its sessions end, its Jira user is deactivated.',
  })
  @ApiOkResponse({ standardSchema: AccountOrdered })
  deactivate(
    @Param({ schema: PersonReference, pipes: [requestSchemaPipe] }) { person }: PersonReference,
    @Body({ schema: AccountOrderRequest, pipes: [requestSchemaPipe] }) { reason }: AccountOrderRequest,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AccountOrdered> {
    return this.order('deactivate', person, reason, { request, reply });
  }

  @Post(':person/reactivate')
  @HttpCode(200)
  @Needs('admin')
  @ApiOperation({
    summary:
      'Lifts what deactivates the account now, by whomever. What a directory says later counts again. A Jira user that Gatehouse deactivated is activated.',
  })
  @ApiOkResponse({ standardSchema: AccountOrdered })
  reactivate(
    @Param({ schema: PersonReference, pipes: [requestSchemaPipe] }) { person }: PersonReference,
    @Body({ schema: AccountOrderRequest, pipes: [requestSchemaPipe] }) { reason }: AccountOrderRequest,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AccountOrdered> {
    return this.order('reactivate', person, reason, { request, reply });
  }

  private async order(kind: OrderKind, person: string, reason: string, asked: Asked): Promise<AccountOrdered> {
    const { accountId } = await this.people.find(person);
    if (accountId === undefined)
      throw new TerminalError('api.not_found', 'This person has no account yet: there is nothing to deactivate.');
    const entry = { action: `account.${kind}d`, object: `account/${accountId}`, details: { reason } };
    const { orderedAt, ending } = await this.changes.make(asked, entry, async (manager, actor) => ({
      orderedAt: await this.orders.give(manager, accountId, { kind, actor, reason }),
      // At once and on every gateway, whatever becomes of the job (decision 15).
      ending:
        kind === 'deactivate'
          ? await this.sessions.order(manager, { account: accountId }, { actor, reason })
          : undefined,
    }));
    return {
      account: accountId,
      order: kind,
      orderedAt: orderedAt.toISOString(),
      sessions: ending?.sessions ?? 0,
      remaining: ending ? await this.sessions.remaining(ending) : 0,
    };
  }
}
