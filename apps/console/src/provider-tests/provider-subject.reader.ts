import { Inject, Injectable } from '@nestjs/common';
import { CONFIG } from '@gatehouse/config';
import type { Config } from '@gatehouse/config';
import { ownMember, providerSecrets, secretOfAuthentication, withoutProviderSecrets } from '@gatehouse/contracts';
import type { MappingConfig, ProviderSecret, ProviderSubject, ProviderWithoutSecrets } from '@gatehouse/contracts';
import { LiveConfigReader } from '@gatehouse/database';
import type { LiveConfig } from '@gatehouse/database';
import { TerminalError } from '@gatehouse/errors';
import { destinationOf, movedPart } from '../config/secret-destination.js';
import { RequestInvalidError } from '../api/request-invalid.js';

/** What is tried, whole: as a sign-in would use it. */
export interface ProviderOnTrial {
  readonly key: string;
  readonly provider: ProviderWithoutSecrets;
  readonly mapping: MappingConfig;
  readonly secrets: Readonly<Partial<Record<ProviderSecret, string>>>;
}

type Draft = Extract<ProviderSubject, { draft: unknown }>['draft'];

/** Completes what somebody wants to try with what is stored. */
@Injectable()
export class ProviderSubjects {
  constructor(
    private readonly liveConfig: LiveConfigReader,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** @throws TerminalError `api.not_found`; RequestInvalidError where a secret is missing */
  async read(subject: ProviderSubject): Promise<ProviderOnTrial> {
    const live = await this.liveConfig.newest();
    return 'provider' in subject ? configured(subject.provider, live) : this.drafted(subject.draft, live);
  }

  private drafted({ key, provider, mapping }: Draft, live: LiveConfig): ProviderOnTrial {
    const member = secretOfAuthentication(provider.clientAuthentication);
    const secrets = member ? { [member]: this.secret(member, key, provider, live) } : {};
    return { key, provider: withoutProviderSecrets(provider), mapping, secrets };
  }

  private secret(member: ProviderSecret, key: string, provider: Draft['provider'], live: LiveConfig): string {
    const given = provider[member];
    const value = given === undefined ? this.stored(member, key, provider, live) : this.literal(given, member);
    if (value !== undefined) return value;
    const message = 'required: none is stored that belongs to this issuer and token endpoint';
    throw new RequestInvalidError([{ path: `draft.provider.${member}`, message }]);
  }

  private literal(given: string | { env: string }, member: string): string {
    const value = typeof given === 'string' ? given : this.config.variable(given.env);
    if (value) return value;
    throw new RequestInvalidError([{ path: `draft.provider.${member}.env`, message: 'this variable is not set' }]);
  }

  /** A stored secret goes only where it was given to: otherwise a draft could have it sent to a stranger's server. */
  private stored(member: string, key: string, draft: ProviderWithoutSecrets, live: LiveConfig): string | undefined {
    const known = ownMember(live.document.providers, key);
    const isSamePlace = known && movedPart(destinationOf(known), destinationOf(draft)) === undefined;
    return isSamePlace ? live.secrets.get(`providers.${key}.${member}`) : undefined;
  }
}

function configured(key: string, { document, secrets }: LiveConfig): ProviderOnTrial {
  const provider = ownMember(document.providers, key);
  if (!provider) throw new TerminalError('api.not_found', 'There is no provider of this key.');
  const stored = providerSecrets.flatMap((member) => {
    const value = secrets.get(`providers.${key}.${member}`);
    return value === undefined ? [] : [[member, value] as const];
  });
  return { key, provider, mapping: document.mappings[key]!, secrets: Object.fromEntries(stored) };
}
