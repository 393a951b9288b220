import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Param,
  Post,
  Query,
  Req,
  Res,
  UseFilters,
  UseGuards,
} from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  SessionEndQuery,
  SessionPage,
  SessionQuery,
  SessionReference,
  SessionsEnded,
  SessionsEndRequest,
} from '@gatehouse/contracts';
import type { SessionState } from '@gatehouse/contracts';
import { TerminalError } from '@gatehouse/errors';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ApiTokenGuard } from '../access/api-token.guard.js';
import { Needs } from '../access/needs.decorator.js';
import { ApiProblems } from '../api/api-problems.decorator.js';
import { ProblemFilter } from '../api/problem.filter.js';
import { requestSchemaPipe } from '../api/request-schema.pipe.js';
import { OperatorChanges } from '../operations/operator-changes.service.js';
import type { Asked } from '../operations/operator-changes.service.js';
import { cursorOf, positionOf } from '../parked/cursor.js';
import { Sessions } from './sessions.store.js';
import type { KnownSession, WhichSessions } from './sessions.store.js';

/** Sessions named in one line of the audit; their number is told in any case. */
const audited = 100;

@ApiTags('sessions')
@ApiProblems()
@Controller('api/v1/sessions')
@UseGuards(ApiTokenGuard)
@UseFilters(ProblemFilter)
export class SessionsController {
  constructor(
    private readonly sessions: Sessions,
    private readonly changes: OperatorChanges,
  ) {}

  @Get()
  @Needs('viewer')
  @ApiOperation({ summary: 'Who is signed in, newest first.' })
  @ApiOkResponse({ standardSchema: SessionPage })
  async list(
    @Query({ schema: SessionQuery, pipes: [requestSchemaPipe] }) { limit, after, ...which }: SessionQuery,
  ): Promise<SessionPage> {
    const position = after === undefined ? {} : { after: positionOf(after) };
    const rows = await this.sessions.list(which, { limit: limit + 1, ...position });
    const page = rows.slice(0, limit);
    return { items: page.map(shown), next: rows.length > limit ? cursorOf(page.at(-1)!.id) : null };
  }

  @Delete(':id')
  @HttpCode(200)
  @Needs('operator')
  @ApiOperation({
    summary:
      'Ends one session of ours, on every replica within two seconds. A session that Jira has made of it goes on.',
  })
  @ApiOkResponse({ standardSchema: SessionsEnded })
  async endOne(
    @Param({ schema: SessionReference, pipes: [requestSchemaPipe] }) { id }: SessionReference,
    @Query({ schema: SessionEndQuery, pipes: [requestSchemaPipe] })
    { reason = 'ended by an operator' }: SessionEndQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SessionsEnded> {
    if ((await this.sessions.count({ session: id })) === 0)
      throw new TerminalError('api.not_found', 'There is no living session of this id.');
    return this.end({ session: id }, reason, `session/${id}`, { request, reply });
  }

  @Post('end')
  @HttpCode(200)
  @Needs('operator')
  @ApiOperation({
    summary:
      'Ends every session of ours of an account, an identity or a provider, on every replica within two seconds.',
  })
  @ApiOkResponse({ standardSchema: SessionsEnded })
  endMany(
    @Body({ schema: SessionsEndRequest, pipes: [requestSchemaPipe] }) { reason, ...which }: SessionsEndRequest,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SessionsEnded> {
    return this.end(which, reason, 'sessions', { request, reply });
  }

  private async end(which: WhichSessions, reason: string, object: string, asked: Asked): Promise<SessionsEnded> {
    const details: Record<string, unknown> = { ...which, reason };
    const entry = { action: 'sessions.ended', object, details };
    const order = await this.changes.make(asked, entry, async (manager, actor) => {
      const ended = await this.sessions.whose(which, manager, audited);
      const ordered = await this.sessions.order(manager, which, { actor, reason });
      details['sessions'] = ordered.sessions;
      details['ended'] = ended;
      return ordered;
    });
    return { sessions: order.sessions, remaining: await this.sessions.remaining(order) };
  }
}

function shown(row: KnownSession): SessionState {
  return {
    id: row.id,
    account: row.account_id,
    username: row.username,
    identity: row.identity_id,
    provider: row.provider,
    openedAt: row.created_at.toISOString(),
    authenticatedAt: row.authenticated_at.toISOString(),
    lastSeenAt: row.last_seen_at.toISOString(),
    expiresAt: row.expires_at.toISOString(),
    remembered: row.remembered,
  };
}
