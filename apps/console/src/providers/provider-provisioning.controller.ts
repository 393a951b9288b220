import { Controller, Get, Param, UseFilters, UseGuards } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ConfiguredProviderReference, ownMember, ProviderProvisioning } from '@gatehouse/contracts';
import { LiveConfigReader } from '@gatehouse/database';
import { TerminalError } from '@gatehouse/errors';
import { ApiTokenGuard } from '../access/api-token.guard.js';
import { Needs } from '../access/needs.decorator.js';
import { ApiProblems } from '../api/api-problems.decorator.js';
import { ProblemFilter } from '../api/problem.filter.js';
import { requestSchemaPipe } from '../api/request-schema.pipe.js';
import { ProviderProgress } from './provider-progress.reader.js';

/** What an identity provider has pushed, and how far it has got (P20). */
@ApiTags('scim')
@ApiProblems()
@Controller('api/v1/providers')
@UseGuards(ApiTokenGuard)
@UseFilters(ProblemFilter)
export class ProviderProvisioningController {
  constructor(
    private readonly progress: ProviderProgress,
    private readonly liveConfig: LiveConfigReader,
  ) {}

  @Get(':key/provisioning')
  @Needs('viewer')
  @ApiOperation({
    summary:
      'People and groups of its directory, what of them is on its way to Jira, refused or parked, and the time left.',
  })
  @ApiOkResponse({ standardSchema: ProviderProvisioning })
  async read(
    @Param({ schema: ConfiguredProviderReference, pipes: [requestSchemaPipe] }) { key }: ConfiguredProviderReference,
  ): Promise<ProviderProvisioning> {
    const { document } = await this.liveConfig.newest();
    if (!ownMember(document.providers, key))
      throw new TerminalError('api.not_found', 'There is no provider of this key.');
    return this.progress.of(key);
  }
}
