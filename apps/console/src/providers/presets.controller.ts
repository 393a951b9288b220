import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query, UseFilters, UseGuards } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CONFIG } from '@gatehouse/config';
import type { Config } from '@gatehouse/config';
import {
  draftOf,
  Mapping,
  presetOf,
  presets,
  Provider,
  providerAddresses,
  ProviderDraft,
  ProviderDraftRequest,
  ProviderPresetList,
  ProviderPresetQuery,
  ProviderPresetReference,
  secretOfAuthentication,
} from '@gatehouse/contracts';
import { TerminalError } from '@gatehouse/errors';
import { ApiTokenGuard } from '../access/api-token.guard.js';
import { Needs } from '../access/needs.decorator.js';
import { ApiProblems } from '../api/api-problems.decorator.js';
import { ProblemFilter } from '../api/problem.filter.js';
import { RequestInvalidError } from '../api/request-invalid.js';
import { requestSchemaPipe } from '../api/request-schema.pipe.js';
import { shownHelp, shownPreset } from './shown-preset.js';

/** A preset fills in a document once and changes nothing by itself: what is applied is the document. */
@ApiTags('providers')
@ApiProblems()
@Controller('api/v1/provider-presets')
@UseGuards(ApiTokenGuard)
@UseFilters(ProblemFilter)
export class PresetsController {
  constructor(@Inject(CONFIG) private readonly config: Config) {}

  @Get()
  @Needs('viewer')
  @ApiOperation({ summary: 'Known identity providers: what to ask for, what to do there, and what is particular.' })
  @ApiOkResponse({ standardSchema: ProviderPresetList })
  list(
    @Query({ schema: ProviderPresetQuery, pipes: [requestSchemaPipe] }) { provider }: ProviderPresetQuery,
  ): ProviderPresetList {
    return { items: presets.map((preset) => shownPreset(preset, this.addresses(provider ?? preset.key))) };
  }

  @Post(':preset/draft')
  @Needs('admin')
  @HttpCode(200)
  @ApiOperation({ summary: 'Fills in provider and mapping for the document. Nothing is stored.' })
  @ApiOkResponse({ standardSchema: ProviderDraft })
  draft(
    @Param({ schema: ProviderPresetReference, pipes: [requestSchemaPipe] }) { preset: name }: ProviderPresetReference,
    @Body({ schema: ProviderDraftRequest, pipes: [requestSchemaPipe] }) { provider, inputs }: ProviderDraftRequest,
  ): ProviderDraft {
    const preset = presetOf(name);
    if (!preset) throw new TerminalError('api.not_found', 'There is no such preset.');
    const outcome = draftOf(preset, inputs);
    if (outcome.kind === 'invalid') throw new RequestInvalidError(outcome.problems);
    const key = provider ?? preset.key;
    const complete = Provider.parse(outcome.draft.provider);
    const addresses = this.addresses(key);
    return {
      key,
      provider: complete,
      mapping: Mapping.parse(outcome.draft.mapping),
      needsSecret: secretOfAuthentication(complete.clientAuthentication) ?? null,
      ...shownHelp(preset, addresses),
      addresses,
    };
  }

  private addresses(provider: string) {
    return providerAddresses(this.config.publicUrl, provider);
  }
}
