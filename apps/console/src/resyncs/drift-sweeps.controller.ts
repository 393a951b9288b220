import { Controller, Get, UseFilters, UseGuards } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { DriftSweepList } from '@gatehouse/contracts';
import { DataSource } from 'typeorm';
import { ApiTokenGuard } from '../access/api-token.guard.js';
import { Needs } from '../access/needs.decorator.js';
import { ApiProblems } from '../api/api-problems.decorator.js';
import { ProblemFilter } from '../api/problem.filter.js';

type Report = Omit<DriftSweepList['items'][number], 'startedAt' | 'finishedAt'> &
  Readonly<{ startedAt: Date; finishedAt: Date | null }>;

/** What the sweeps have found that somebody had changed in Jira by hand (X46). */
@ApiTags('resyncs')
@ApiProblems()
@Controller('api/v1/drift-sweeps')
@UseGuards(ApiTokenGuard)
@UseFilters(ProblemFilter)
export class DriftSweepsController {
  constructor(private readonly dataSource: DataSource) {}

  @Get()
  @Needs('viewer')
  @ApiOperation({
    summary: 'Of each kind of sweep the latest: how many accounts were compared, differed, were repaired.',
  })
  @ApiOkResponse({ standardSchema: DriftSweepList })
  async list(): Promise<DriftSweepList> {
    const rows = await this.dataSource.query<Report[]>(
      `select scope, started_at as "startedAt", finished_at as "finishedAt", sent, checked, differing, repaired
       from sync.drift_report order by started_at desc`,
    );
    return {
      items: rows.map(({ startedAt, finishedAt, ...counts }) => ({
        ...counts,
        ...{ startedAt: startedAt.toISOString(), finishedAt: finishedAt?.toISOString() ?? null },
      })),
    };
  }
}
