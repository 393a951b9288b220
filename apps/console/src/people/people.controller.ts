import { Body, Controller, Get, HttpCode, Param, Post, Req, Res, UseFilters, UseGuards } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { PersonClaims, PersonReference, Provisioned, ProvisionRequest } from '@gatehouse/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { recordAudit } from '../access/audit.js';
import { ApiTokenGuard } from '../access/api-token.guard.js';
import { Needs } from '../access/needs.decorator.js';
import { ApiProblems } from '../api/api-problems.decorator.js';
import { ProblemFilter } from '../api/problem.filter.js';
import { requestSchemaPipe } from '../api/request-schema.pipe.js';
import { People } from '../explain/people.reader.js';
import { OperatorChanges } from '../operations/operator-changes.service.js';
import { PersonClaimsReader } from './person-claims.reader.js';
import { Provisioning } from './provisioning.service.js';

/** One person: what was said about them, and brought to Jira now (X48, U20). */
@ApiTags('people')
@ApiProblems()
@Controller('api/v1/people')
@UseGuards(ApiTokenGuard)
@UseFilters(ProblemFilter)
export class PeopleController {
  constructor(
    private readonly people: People,
    private readonly claims: PersonClaimsReader,
    private readonly provisioning: Provisioning,
    private readonly changes: OperatorChanges,
  ) {}

  @Get(':person/claims')
  @Needs('admin')
  @ApiOperation({ summary: 'The claims of the last sign-in at each provider, ID token and userinfo apart.' })
  @ApiOkResponse({ standardSchema: PersonClaims })
  async read(
    @Param({ schema: PersonReference, pipes: [requestSchemaPipe] }) { person }: PersonReference,
  ): Promise<PersonClaims> {
    const { identities } = await this.people.find(person);
    return this.claims.of(identities.map(({ identityId }) => identityId));
  }

  @Post(':person/provision')
  @HttpCode(200)
  @Needs('operator')
  @ApiOperation({
    summary: 'Maps the last claims of one person again and compares Jira with them now: import, scope, match, action.',
  })
  @ApiOkResponse({ standardSchema: Provisioned })
  async provision(
    @Param({ schema: PersonReference, pipes: [requestSchemaPipe] }) reference: PersonReference,
    @Body({ schema: ProvisionRequest, pipes: [requestSchemaPipe] }) { reason }: ProvisionRequest,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Provisioned> {
    const person = await this.people.find(reference.person);
    const { accountId, identities, directoryUsers } = person;
    const [identity] = identities;
    const unplaced = identity ? `identity/${identity.identityId}` : `directory-user/${directoryUsers[0]?.identityId}`;
    const object = accountId === undefined ? unplaced : `account/${accountId}`;
    const order = await this.changes.attempt({ request, reply }, async (manager, actor) => {
      const ordered = await this.provisioning.order(manager, person);
      const details = { reason: reason ?? null, traceId: ordered.traceId };
      await recordAudit(manager, { actor, action: 'person.provisioned', object, details });
      return ordered;
    });
    return this.provisioning.follow(order);
  }
}
