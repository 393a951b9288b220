import { Controller, Get, UseFilters, UseGuards } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { JiraRegistrationStatus } from '@gatehouse/contracts';
import { ApiTokenGuard } from '../access/api-token.guard.js';
import { Needs } from '../access/needs.decorator.js';
import { ApiProblems } from '../api/api-problems.decorator.js';
import { ProblemFilter } from '../api/problem.filter.js';
import { JiraRegistrar } from './jira.registrar.js';

@ApiTags('jira')
@ApiProblems()
@Controller('api/v1/jira/registration')
@UseGuards(ApiTokenGuard)
@UseFilters(ProblemFilter)
export class RegistrationController {
  constructor(private readonly registrar: JiraRegistrar) {}

  @Get()
  @Needs('viewer')
  @ApiOperation({ summary: 'Whether Jira knows us as its identity provider, and what stands in the way.' })
  @ApiOkResponse({ standardSchema: JiraRegistrationStatus })
  read(): Promise<JiraRegistrationStatus> {
    return this.registrar.status();
  }
}
