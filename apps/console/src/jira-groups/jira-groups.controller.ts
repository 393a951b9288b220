import { Controller, Get, Param, Query, UseFilters, UseGuards } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  ConfiguredProviderReference,
  JiraGroups,
  JiraGroupsQuery,
  Mapping,
  MappedGroups,
  MappedGroupsQuery,
} from '@gatehouse/contracts';
import { TerminalError } from '@gatehouse/errors';
import { JiraDirectory, JiraReader } from '@gatehouse/jira-client';
import { z } from 'zod';
import { ApiTokenGuard } from '../access/api-token.guard.js';
import { Needs } from '../access/needs.decorator.js';
import { ApiProblems } from '../api/api-problems.decorator.js';
import { ProblemFilter } from '../api/problem.filter.js';
import { requestSchemaPipe } from '../api/request-schema.pipe.js';
import { ConfigApplier } from '../config/config.applier.js';
import { cursorOf, positionOf } from '../parked/cursor.js';
import { mappedGroups } from './mapped-groups.js';
import { askedWithinMs, unlessAway } from './unless-away.js';

const Position = z.string().regex(/^\d{1,6}$/);

/** Groups of Jira, a few at a time: it may have thousands (S36). */
@ApiTags('jira groups')
@ApiProblems()
@Controller('api/v1')
@UseGuards(ApiTokenGuard)
@UseFilters(ProblemFilter)
export class JiraGroupsController {
  constructor(
    private readonly directory: JiraDirectory,
    private readonly reader: JiraReader,
    private readonly applier: ConfigApplier,
  ) {}

  @Get('jira/groups')
  @Needs('viewer')
  @ApiOperation({ summary: 'Groups of Jira with a text in their name, to choose from.' })
  @ApiOkResponse({ standardSchema: JiraGroups })
  async search(
    @Query({ schema: JiraGroupsQuery, pipes: [requestSchemaPipe] }) { query }: JiraGroupsQuery,
  ): Promise<JiraGroups> {
    const { names, total } = await this.directory.findGroups(query);
    return { items: [...names], total };
  }

  @Get('providers/:key/mapped-groups')
  @Needs('viewer')
  @ApiOperation({ summary: 'The groups of Jira that the mapping of a provider names, and whether Jira has them.' })
  @ApiOkResponse({ standardSchema: MappedGroups })
  async mapped(
    @Param({ schema: ConfiguredProviderReference, pipes: [requestSchemaPipe] }) { key }: ConfiguredProviderReference,
    @Query({ schema: MappedGroupsQuery, pipes: [requestSchemaPipe] }) { limit, after }: MappedGroupsQuery,
  ): Promise<MappedGroups> {
    const { providers, mappings } = (await this.applier.current()).document;
    if (!Object.hasOwn(providers, key)) throw new TerminalError('api.not_found', 'There is no provider of this key.');
    const named = mappedGroups(key, mappings[key] ?? Mapping.parse({}));
    const from = after === undefined ? 0 : Number(positionOf(after, Position));
    const page = named.slice(from, from + limit);
    const exist = await this.existing(page.map(({ group }) => group));
    return {
      items: page.map(({ group, paths }, index) => ({ group, paths: [...paths], exists: exist[index] ?? null })),
      total: named.length,
      next: from + limit < named.length ? cursorOf(String(from + limit)) : null,
    };
  }

  private existing(groups: readonly string[]): Promise<(boolean | null)[]> {
    const reading = this.reader.begin(askedWithinMs);
    return Promise.all(groups.map((group) => unlessAway(reading.hasGroup(group))));
  }
}
