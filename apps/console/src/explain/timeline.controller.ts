import { Controller, Get, Param, Query, UseFilters, UseGuards } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { PersonReference, timelineKinds, TimelinePage, TimelineQuery } from '@gatehouse/contracts';
import type { TimelineFact } from '@gatehouse/contracts';
import { codes, TerminalError } from '@gatehouse/errors';
import type { ErrorCode } from '@gatehouse/errors';
import { z } from 'zod';
import { ApiTokenGuard } from '../access/api-token.guard.js';
import { Needs } from '../access/needs.decorator.js';
import { ApiProblems } from '../api/api-problems.decorator.js';
import { ProblemFilter } from '../api/problem.filter.js';
import { requestSchemaPipe } from '../api/request-schema.pipe.js';
import { isPositionTime } from '../audit/page-position.js';
import { cursorOf, positionOf } from '../parked/cursor.js';
import { People } from './people.reader.js';
import { Timeline } from './timeline.reader.js';
import type { TimelineRow } from './timeline.reader.js';

const separator = ' ';
const Position = z
  .string()
  .max(200)
  .refine((text) => isPositionTime(text.split(separator)[0]!) && !text.includes('\0'));

/** One person from the first sign-in on (U12). */
@ApiTags('explain')
@ApiProblems()
@Controller('api/v1/people')
@UseGuards(ApiTokenGuard)
@UseFilters(ProblemFilter)
export class TimelineController {
  constructor(
    private readonly people: People,
    private readonly timeline: Timeline,
  ) {}

  @Get(':person/timeline')
  @Needs('viewer')
  @ApiOperation({ summary: 'Sign-ins, decisions, runs with their changes, failures and sessions, newest first.' })
  @ApiOkResponse({ standardSchema: TimelinePage })
  async page(
    @Param({ schema: PersonReference, pipes: [requestSchemaPipe] }) { person }: PersonReference,
    @Query({ schema: TimelineQuery, pipes: [requestSchemaPipe] }) { limit, after, kind }: TimelineQuery,
  ): Promise<TimelinePage> {
    const position = after === undefined ? undefined : pairOf(positionOf(after, Position));
    const { accountId, sources } = await this.people.find(person);
    if (accountId === undefined)
      throw new TerminalError('api.not_found', 'This person has no account yet; GET /api/v1/explain says why.');
    const who = { accountId, identityIds: sources.map(({ identityId }) => identityId) };
    const kinds = kind === undefined ? timelineKinds : [kind];
    // One more tells whether there is a next page.
    const rows = await this.timeline.page(who, { kinds, after: position, limit: limit + 1 });
    const items = rows.slice(0, limit);
    const last = items.at(-1);
    const next = rows.length > limit && last ? cursorOf(textOf(last)) : null;
    return { items: items.map(shown), next };
  }
}

function textOf({ position_time: time, kind, id }: TimelineRow): string {
  return `${time}${separator}${kind}/${id}`;
}

function pairOf(text: string): readonly [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

function shown({ at, kind, id, code, trace_id: traceId, details }: TimelineRow): TimelineFact {
  // A code of an older version may have no words any more.
  const known = code !== null && Object.hasOwn(codes, code) ? codes[code as ErrorCode] : undefined;
  const words = { code, meaning: known?.meaning ?? null, action: known?.action ?? null };
  return { at: at.toISOString(), kind, id, ...words, traceId, details };
}
