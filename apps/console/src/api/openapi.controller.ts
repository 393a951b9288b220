import { Controller, Get, UseFilters, UseGuards } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { OpenAPIObject } from '@nestjs/swagger';
import { ApiTokenGuard } from '../access/api-token.guard.js';
import { Needs } from '../access/needs.decorator.js';
import { ApiProblems } from './api-problems.decorator.js';
import { ApiDescription } from './openapi.description.js';
import { ProblemFilter } from './problem.filter.js';

@ApiTags('description')
@ApiProblems()
@Controller('api/v1/openapi.json')
@UseGuards(ApiTokenGuard)
@UseFilters(ProblemFilter)
export class OpenApiController {
  constructor(private readonly description: ApiDescription) {}

  @Get()
  @Needs('viewer')
  @ApiOperation({ summary: 'This description.' })
  @ApiOkResponse({ description: 'An OpenAPI document', schema: { type: 'object' } })
  read(): OpenAPIObject {
    return this.description.document;
  }
}
