import { Body, Controller, HttpCode, Post, UseFilters, UseGuards } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Simulation, SimulationRequest } from '@gatehouse/contracts';
import { LiveConfigReader } from '@gatehouse/database';
import { TerminalError } from '@gatehouse/errors';
import { simulatedDifference, simulateSignIn } from '@gatehouse/mapping';
import type { SimulatedPerson } from '@gatehouse/mapping';
import { ApiTokenGuard } from '../access/api-token.guard.js';
import { Needs } from '../access/needs.decorator.js';
import { ApiProblems } from '../api/api-problems.decorator.js';
import { ProblemFilter } from '../api/problem.filter.js';
import { requestSchemaPipe } from '../api/request-schema.pipe.js';
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
  ) {}

  @Post()
  @HttpCode(200)
  @Needs('operator')
  @ApiOperation({
    summary: 'Simulates a sign-in of a person, or of claims, by the saved and by an edited document. Writes nothing.',
  })
  @ApiOkResponse({ standardSchema: Simulation })
  async simulate(
    @Body({ schema: SimulationRequest, pipes: [requestSchemaPipe] }) request: SimulationRequest,
  ): Promise<Simulation> {
    const document = request.document === undefined ? undefined : editedDocument(request.document);
    const person = await this.personOf(request);
    const live = await this.liveConfig.newest();
    const saved = simulateSignIn(person, live.document);
    const edited = document ? simulateSignIn(person, document) : null;
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
    const { identities, nameFolded } = await this.people.find(request.person);
    const { provider } = request;
    const [candidate] = identities
      .filter((one) => provider === undefined || one.provider === provider)
      .toSorted((one, other) => other.verifiedAt.getTime() - one.verifiedAt.getTime());
    if (!candidate) throw new TerminalError('api.not_found', 'This person has no identity at that provider.');
    return { candidate, identities, nameFolded };
  }
}
