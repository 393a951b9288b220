import { Controller, Get, Query, UseFilters, UseGuards } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ExplainedMembership, ExplainQuery } from '@gatehouse/contracts';
import { ApiTokenGuard } from '../access/api-token.guard.js';
import { Needs } from '../access/needs.decorator.js';
import { ApiProblems } from '../api/api-problems.decorator.js';
import { ProblemFilter } from '../api/problem.filter.js';
import { requestSchemaPipe } from '../api/request-schema.pipe.js';
import { MembershipExplainer } from './membership-explainer.service.js';

/** "Why is Ada (not) in jira-developers?", answered in one call and without a log (P14). */
@ApiTags('explain')
@ApiProblems()
@Controller('api/v1/explain')
@UseGuards(ApiTokenGuard)
@UseFilters(ProblemFilter)
export class ExplainController {
  constructor(private readonly explainer: MembershipExplainer) {}

  @Get()
  @Needs('viewer')
  @ApiOperation({ summary: 'Why somebody is, or is not, in a group of Jira, and the one change that would help.' })
  @ApiOkResponse({ standardSchema: ExplainedMembership })
  explain(
    @Query({ schema: ExplainQuery, pipes: [requestSchemaPipe] }) { person, group }: ExplainQuery,
  ): Promise<ExplainedMembership> {
    return this.explainer.explain(person, group);
  }
}
