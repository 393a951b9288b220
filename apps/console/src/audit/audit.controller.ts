import { Controller, Get, Query, UseFilters, UseGuards } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { AuditPage, AuditQuery } from '@gatehouse/contracts';
import { DataSource } from 'typeorm';
import { ApiTokenGuard } from '../access/api-token.guard.js';
import { Needs } from '../access/needs.decorator.js';
import { ApiProblems } from '../api/api-problems.decorator.js';
import { ProblemFilter } from '../api/problem.filter.js';
import { requestSchemaPipe } from '../api/request-schema.pipe.js';
import { filteredPage } from './filtered-pages.js';
import { auditPosition } from './page-position.js';

interface Row {
  readonly id: string;
  readonly at: Date;
  readonly actor: string;
  readonly action: string;
  readonly object: string | null;
  readonly details: Record<string, unknown>;
  readonly trace_id: string | null;
}

const audit = {
  table: 'console.audit',
  columns: 'id, at, actor, action, object, details, trace_id',
  idType: 'bigint',
  position: auditPosition,
} as const;

/** Who changed what through console and API. */
@ApiTags('audit')
@ApiProblems()
@Controller('api/v1/audit')
@UseGuards(ApiTokenGuard)
@UseFilters(ProblemFilter)
export class AuditController {
  constructor(private readonly dataSource: DataSource) {}

  @Get()
  @Needs('auditor')
  @ApiOperation({ summary: 'Changes by people and programs, newest first.' })
  @ApiOkResponse({ standardSchema: AuditPage })
  async list(@Query({ schema: AuditQuery, pipes: [requestSchemaPipe] }) query: AuditQuery): Promise<AuditPage> {
    const { actor, action, object, traceId, ...page } = query;
    const equal = { actor, action, object, trace_id: traceId };
    const { rows, next } = await filteredPage<Row>(this.dataSource, audit, page, equal);
    const items = rows.map(({ id, at, actor, action, object, details, trace_id }) => ({
      ...{ id, at: at.toISOString(), actor, action, object, details },
      traceId: trace_id,
    }));
    return { items, next };
  }
}
