import { Controller, Get, UseFilters, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { JiraRegistrationStatus } from '@gatehouse/contracts';
import { AdminTokenGuard } from '../access/admin-token.guard.js';
import { ApiProblems } from '../api/api-problems.decorator.js';
import { ProblemFilter } from '../api/problem.filter.js';
import { JiraRegistrar } from './jira.registrar.js';

@ApiTags('jira')
@ApiBearerAuth()
@ApiProblems()
@Controller('api/v1/jira/registration')
@UseGuards(AdminTokenGuard)
@UseFilters(ProblemFilter)
export class RegistrationController {
  constructor(private readonly registrar: JiraRegistrar) {}

  @Get()
  @ApiOperation({ summary: 'Whether Jira knows us as its identity provider, and what stands in the way.' })
  @ApiOkResponse({ standardSchema: JiraRegistrationStatus })
  read(): Promise<JiraRegistrationStatus> {
    return this.registrar.status();
  }
}
