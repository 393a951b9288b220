import { Controller, Get, UseFilters, UseGuards } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { OperationsView } from '@gatehouse/contracts';
import { Operations } from '@gatehouse/messaging';
import { ApiTokenGuard } from '../access/api-token.guard.js';
import { Needs } from '../access/needs.decorator.js';
import { ApiProblems } from '../api/api-problems.decorator.js';
import { ProblemFilter } from '../api/problem.filter.js';
import { JiraRegistrar } from '../registration/jira.registrar.js';
import { JiraHealthReader } from './jira-health.reader.js';
import { shownLane } from './shown.js';
import { shownVerdict } from './shown-verdict.js';

@ApiTags('operations')
@ApiProblems()
@Controller('api/v1/operations')
@UseGuards(ApiTokenGuard)
@UseFilters(ProblemFilter)
export class OverviewController {
  constructor(
    private readonly operations: Operations,
    private readonly jira: JiraHealthReader,
    private readonly registrar: JiraRegistrar,
  ) {}

  @Get()
  @Needs('viewer')
  @ApiOperation({ summary: 'The verdict first, then lanes, outbox, parked jobs and Jira; up to five seconds old.' })
  @ApiOkResponse({ standardSchema: OperationsView })
  async read(): Promise<OperationsView> {
    const snapshot = await this.operations.snapshot();
    const { alerts, ...verdict } = shownVerdict(snapshot.verdict, this.registrar.trouble);
    return {
      at: snapshot.at.toISOString(),
      verdict,
      alerts,
      lanes: snapshot.lanes.map(shownLane),
      outbox: { oldestSeconds: snapshot.outboxOldestSeconds },
      parked: snapshot.parked,
      jira: await this.jira.read(snapshot),
    };
  }
}
