import { All, Controller, UseFilters, UseGuards } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { codes, TerminalError } from '@gatehouse/errors';
import { ApiTokenGuard } from '../access/api-token.guard.js';
import { Needs } from '../access/needs.decorator.js';
import { ProblemFilter } from './problem.filter.js';

/** Without a token nobody learns which routes exist. */
@ApiExcludeController()
@Controller('api/v1')
@UseGuards(ApiTokenGuard)
@UseFilters(ProblemFilter)
export class UnknownRouteController {
  @All('*')
  @Needs('viewer')
  refuse(): never {
    throw new TerminalError('api.route_unknown', codes['api.route_unknown'].meaning);
  }
}
