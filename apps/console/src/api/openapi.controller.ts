import { Controller, Get, UseFilters, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { OpenAPIObject } from '@nestjs/swagger';
import { AdminTokenGuard } from '../access/admin-token.guard.js';
import { ApiProblems } from './api-problems.decorator.js';
import { ApiDescription } from './openapi.description.js';
import { ProblemFilter } from './problem.filter.js';

@ApiTags('description')
@ApiBearerAuth()
@ApiProblems()
@Controller('api/v1/openapi.json')
@UseGuards(AdminTokenGuard)
@UseFilters(ProblemFilter)
export class OpenApiController {
  constructor(private readonly description: ApiDescription) {}

  @Get()
  @ApiOperation({ summary: 'This description.' })
  @ApiOkResponse({ description: 'An OpenAPI document', schema: { type: 'object' } })
  read(): OpenAPIObject {
    return this.description.document;
  }
}
