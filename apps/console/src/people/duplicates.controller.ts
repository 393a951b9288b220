import { Controller, Get, Query, UseFilters, UseGuards } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Duplicates, DuplicatesQuery } from '@gatehouse/contracts';
import { z } from 'zod';
import { ApiTokenGuard } from '../access/api-token.guard.js';
import { Needs } from '../access/needs.decorator.js';
import { ApiProblems } from '../api/api-problems.decorator.js';
import { ProblemFilter } from '../api/problem.filter.js';
import { requestSchemaPipe } from '../api/request-schema.pipe.js';
import { cursorOf, positionOf } from '../parked/cursor.js';
import { DuplicatePeople } from './duplicates.reader.js';

const Position = z.string().regex(/^(email|name)\/[^\0]+$/);

@ApiTags('people')
@ApiProblems()
@Controller('api/v1/people')
@UseGuards(ApiTokenGuard)
@UseFilters(ProblemFilter)
export class DuplicatesController {
  constructor(private readonly people: DuplicatePeople) {}

  @Get('duplicates')
  @Needs('viewer')
  @ApiOperation({
    summary: 'Accounts that may be one person: one e-mail address, or names that differ by accents only.',
  })
  @ApiOkResponse({ standardSchema: Duplicates })
  async list(
    @Query({ schema: DuplicatesQuery, pipes: [requestSchemaPipe] }) { limit, after }: DuplicatesQuery,
  ): Promise<Duplicates> {
    const position = after === undefined ? undefined : pairOf(positionOf(after, Position));
    const items = await this.people.page(limit, position);
    const last = items.at(-1);
    return { items: [...items], next: items.length === limit && last ? cursorOf(`${last.by}/${last.value}`) : null };
  }
}

function pairOf(position: string): readonly [string, string] {
  const at = position.indexOf('/');
  return [position.slice(0, at), position.slice(at + 1)];
}
