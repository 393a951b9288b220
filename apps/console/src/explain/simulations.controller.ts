import { Body, Controller, HttpCode, Post, Req, UseFilters, UseGuards } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { mayDo, Simulation, SimulationRequest } from '@gatehouse/contracts';
import { LiveConfigReader } from '@gatehouse/database';
import { TerminalError } from '@gatehouse/errors';
import { simulatedDifference, simulateSignIn } from '@gatehouse/mapping';
import type { SimulatedPerson } from '@gatehouse/mapping';
import type { FastifyRequest } from 'fastify';
import { ApiTokenGuard } from '../access/api-token.guard.js';
import { roleOf } from '../access/caller-role.js';
import { Needs } from '../access/needs.decorator.js';
import { ApiProblems } from '../api/api-problems.decorator.js';
import { ProblemFilter } from '../api/problem.filter.js';
import { requestSchemaPipe } from '../api/request-schema.pipe.js';
import { PeopleOnRecord } from '../plans/people-on-record.reader.js';
import { SeatsAsked } from '../plans/seats-asked.reader.js';
import { editedDocument } from './edited-document.js';
import { People } from './people.reader.js';

/** What a sign-in would lead to, before anybody has to try it in production (P32). */
@ApiTags('explain')
@ApiProblems()
@Controller('api/v1/simulations')
@UseGuards(ApiTokenGuard)
@UseFilters(ProblemFilter)
export class SimulationsController {
  constructor(
    private readonly liveConfig: LiveConfigReader,
    private readonly people: People,
    private readonly records: PeopleOnRecord,
    private readonly seats: SeatsAsked,
  ) {}

  @Post()
  @HttpCode(200)
  @Needs('operator')
  @ApiOperation({
    summary:
      'Simulates a sign-in of a person, or of claims, by the saved and by an edited document. Writes nothing. A person by an edited document needs the role admin.',
  })
  @ApiOkResponse({ standardSchema: Simulation })
  async simulate(
    @Body({ schema: SimulationRequest, pipes: [requestSchemaPipe] }) asked: SimulationRequest,
    @Req() request: FastifyRequest,
  ): Promise<Simulation> {
    // A document maps any claim to a property and shows its value: whoever writes it reads what the provider said of a person.
    if ('person' in asked && asked.document !== undefined && !mayDo(roleOf(request), 'admin'))
      throw new TerminalError(
        'api.forbidden',
        'A person by an edited document needs the role admin: leave out document, or send claims instead of person.',
      );
    const document = asked.document === undefined ? undefined : editedDocument(asked.document);
    const person = await this.personOf(asked);
    const live = await this.liveConfig.newest();
    const applications = await this.seats.applications();
    const saved = simulateSignIn(person, live.document, applications);
    const edited = document ? simulateSignIn(person, document, applications) : null;
    return {
      provider: person.candidate.provider,
      identities: person.identities.length,
      configVersion: live.version,
      saved,
      edited,
      difference: edited && simulatedDifference(saved, edited),
    };
  }

  private async personOf(request: SimulationRequest): Promise<SimulatedPerson> {
    if ('claims' in request) {
      const candidate = { provider: request.provider, claims: request.claims };
      return { candidate, identities: [candidate], nameFolded: undefined };
    }
    const { accountId, identities, directoryUsers, sources, nameFolded } = await this.people.find(request.person);
    const { provider } = request;
    const isOf = (one: { readonly provider: string }) => provider === undefined || one.provider === provider;
    const newest = identities
      .filter(isOf)
      .toSorted((one, other) => other.verifiedAt.getTime() - one.verifiedAt.getTime());
    // Who has never signed in is tried as the directory has them.
    const candidate = newest[0] ?? directoryUsers.find(isOf);
    if (!candidate) throw new TerminalError('api.not_found', 'This person has no identity at that provider.');
    const record = accountId === undefined ? undefined : (await this.records.ofIds([accountId])).get(accountId);
    return { candidate, identities: sources, nameFolded, record: record?.person };
  }
}
