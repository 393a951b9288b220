import { Controller, Get, Inject, Param, Res, UseFilters, UseGuards } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CONFIG } from '@gatehouse/config';
import type { Config } from '@gatehouse/config';
import {
  ConfiguredProviderList,
  presetOf,
  providerAddresses,
  ProviderDetails,
  ConfiguredProviderReference,
} from '@gatehouse/contracts';
import type { ConfiguredProvider } from '@gatehouse/contracts';
import { TerminalError } from '@gatehouse/errors';
import type { FastifyReply } from 'fastify';
import { ApiTokenGuard } from '../access/api-token.guard.js';
import { Needs } from '../access/needs.decorator.js';
import { ApiProblems } from '../api/api-problems.decorator.js';
import { ProblemFilter } from '../api/problem.filter.js';
import { requestSchemaPipe } from '../api/request-schema.pipe.js';
import { ConfigApplier } from '../config/config.applier.js';
import type { StoredConfig } from '../config/config.store.js';
import { entityTag } from '../config/entity-tag.js';
import { shownHelp } from './shown-preset.js';
import { shownProvider } from './shown-provider.js';

const etag = { headers: { ETag: { schema: { type: 'string' as const } } } };

/** Read only: providers are changed with the whole document, whose version is the ETag here. */
@ApiTags('providers')
@ApiProblems()
@Controller('api/v1/providers')
@UseGuards(ApiTokenGuard)
@UseFilters(ProblemFilter)
export class ProvidersController {
  constructor(
    private readonly applier: ConfigApplier,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  @Get()
  @Needs('viewer')
  @ApiOperation({ summary: 'What is configured, with the addresses to register and what to look at in time.' })
  @ApiOkResponse({ standardSchema: ConfiguredProviderList, ...etag })
  async list(@Res({ passthrough: true }) reply: FastifyReply): Promise<ConfiguredProviderList> {
    const stored = await this.applier.current();
    void reply.header('etag', entityTag(stored.version));
    return { items: Object.keys(stored.document.providers).map((key) => this.shown(key, stored)) };
  }

  @Get(':key')
  @Needs('viewer')
  @ApiOperation({ summary: 'One provider with all its settings, its mapping, and the guide of its preset.' })
  @ApiOkResponse({ standardSchema: ProviderDetails, ...etag })
  async read(
    @Param({ schema: ConfiguredProviderReference, pipes: [requestSchemaPipe] }) { key }: ConfiguredProviderReference,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ProviderDetails> {
    const stored = await this.applier.current();
    const { providers, mappings } = stored.document;
    if (!Object.hasOwn(providers, key)) throw new TerminalError('api.not_found', 'There is no provider of this key.');
    void reply.header('etag', entityTag(stored.version));
    const { preset } = providers[key]!;
    return {
      ...this.shown(key, stored),
      configuration: providers[key]!,
      mapping: mappings[key]!,
      ...shownHelp(preset === undefined ? undefined : presetOf(preset), this.addresses(key)),
    };
  }

  private shown(key: string, { document, secretsStoredAt }: StoredConfig): ConfiguredProvider {
    const prefix = `providers.${key}.`;
    const ofProvider = [...secretsStoredAt].filter(([name]) => name.startsWith(prefix));
    return shownProvider(key, document.providers[key]!, {
      addresses: this.addresses(key),
      storedAt: new Map(ofProvider.map(([name, at]) => [name.slice(prefix.length), at])),
      now: new Date(),
    });
  }

  private addresses(key: string) {
    return providerAddresses(this.config.publicUrl, key);
  }
}
