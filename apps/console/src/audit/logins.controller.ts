import { Controller, Get, Query, UseFilters, UseGuards } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { LoginPage, LoginQuery } from '@gatehouse/contracts';
import type { LoginAttempt } from '@gatehouse/contracts';
import { codes } from '@gatehouse/errors';
import type { ErrorCode } from '@gatehouse/errors';
import { DataSource } from 'typeorm';
import { ApiTokenGuard } from '../access/api-token.guard.js';
import { Needs } from '../access/needs.decorator.js';
import { ApiProblems } from '../api/api-problems.decorator.js';
import { ProblemFilter } from '../api/problem.filter.js';
import { requestSchemaPipe } from '../api/request-schema.pipe.js';
import { filteredPage } from './filtered-pages.js';
import { loginPosition } from './page-position.js';

interface Row {
  readonly id: string;
  readonly at: Date;
  readonly provider: string;
  readonly identity_id: string | null;
  readonly outcome: LoginAttempt['outcome'];
  readonly code: string | null;
  readonly account_code: string | null;
  readonly reason: string | null;
  readonly subject: string | null;
  readonly trace_id: string;
  readonly duration_ms: number;
}

/** The gateway lets somebody in as far as it can tell; what Jira's side says comes later, and changes. */
const accountCode = `(
  select coalesce(link.refused_code, jira.code)
  from mapping.account_identity link left join sync.jira_account jira on jira.account_id = link.account_id
  where link.identity_id = login.identity_id
)`;

const logins = {
  table: 'gateway.login',
  columns: `id, at, provider, identity_id, outcome, code, reason, subject, trace_id, duration_ms,
    ${accountCode} as account_code`,
  idType: 'uuid',
  position: loginPosition,
} as const;

/** How sign-ins ended. The gateway writes them, in the commit of what they tell of. */
@ApiTags('audit')
@ApiProblems()
@Controller('api/v1/logins')
@UseGuards(ApiTokenGuard)
@UseFilters(ProblemFilter)
export class LoginsController {
  constructor(private readonly dataSource: DataSource) {}

  @Get()
  @Needs('viewer')
  @ApiOperation({ summary: 'Sign-ins and how they ended, newest first. No tokens, no claims.' })
  @ApiOkResponse({ standardSchema: LoginPage })
  async list(@Query({ schema: LoginQuery, pipes: [requestSchemaPipe] }) query: LoginQuery): Promise<LoginPage> {
    const { provider, outcome, code, subject, traceId, ...page } = query;
    const equal = { provider, outcome, code, subject, trace_id: traceId };
    const { rows, next } = await filteredPage<Row>(this.dataSource, logins, page, equal);
    return { items: rows.map(shown), next };
  }
}

function shown(row: Row): LoginAttempt {
  return {
    id: row.id,
    at: row.at.toISOString(),
    provider: row.provider,
    outcome: row.outcome,
    ...explained(row.code),
    account: row.account_code === null ? null : explained(row.account_code),
    reason: row.reason,
    subject: row.subject,
    identity: row.identity_id,
    traceId: row.trace_id,
    durationMs: row.duration_ms,
  };
}

/** A code of an older version may have no words any more. */
function explained(code: string | null): Pick<LoginAttempt, 'code' | 'meaning' | 'action'> {
  const known = code !== null && Object.hasOwn(codes, code) ? codes[code as ErrorCode] : undefined;
  return { code, meaning: known?.meaning ?? null, action: known?.action ?? null };
}
