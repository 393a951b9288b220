import { All, Controller, UseFilters, UseGuards } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { TerminalError } from '@gatehouse/errors';
import { AdminTokenGuard } from '../access/admin-token.guard.js';
import { ProblemFilter } from './problem.filter.js';

/** Without a token nobody learns which routes exist. */
@ApiExcludeController()
@Controller('api/v1')
@UseGuards(AdminTokenGuard)
@UseFilters(ProblemFilter)
export class UnknownRouteController {
  @All('*')
  refuse(): never {
    throw new TerminalError('api.not_found', 'There is no such route, or not with this method.');
  }
}
