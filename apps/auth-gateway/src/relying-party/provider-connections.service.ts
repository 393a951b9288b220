import { Inject, Injectable } from '@nestjs/common';
import * as oidc from 'openid-client';
import { CONFIG } from '@gatehouse/config';
import type { Config } from '@gatehouse/config';
import type { ProviderConfig } from '@gatehouse/contracts';
import { LiveConfigReader } from '@gatehouse/database';
import type { LiveConfig } from '@gatehouse/database';
import { SignInError } from '../pages/sign-in-error.js';
import { JwksCache, ProviderConnection, askProvider, classifyAnswerError, responseOf } from '@gatehouse/relying-party';

const discoveryMs = 2_500;
const discoveryFreshMs = 3_600_000;

interface Discovered {
  readonly version: number;
  readonly at: number;
  readonly connection: ProviderConnection;
  readonly jwks: JwksCache;
}

/** Providers with what discovery said of them, kept for each version of the configuration. */
@Injectable()
export class ProviderConnections {
  private readonly discoveries = new Map<string, Discovered>();
  private readonly running = new Map<string, Promise<Discovered>>();

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly liveConfig: LiveConfigReader,
  ) {}

  /**
   * @throws SignInError `login.provider_unknown`, or `login.provider_unavailable` when discovery fails. A failure is
   * not remembered: the next person asks again.
   */
  async open(key: string): Promise<{ connection: ProviderConnection; live: LiveConfig }> {
    const live = await this.liveConfig.current();
    const provider = Object.hasOwn(live.document.providers, key) ? live.document.providers[key] : undefined;
    if (!provider?.enabled) throw new SignInError('login.provider_unknown');
    const { connection } = await this.discovered(key, provider, live);
    return { connection, live };
  }

  /** What needs no discovery now; undefined: `open` it. */
  known(key: string, { version }: LiveConfig): ProviderConnection | undefined {
    const known = this.discoveries.get(key);
    return known?.version === version && isFresh(known) ? known.connection : undefined;
  }

  private async discovered(key: string, provider: ProviderConfig, live: LiveConfig): Promise<Discovered> {
    const { version } = live;
    const known = this.discoveries.get(key);
    const current = known?.version === version ? known : undefined;
    if (current && isFresh(current)) return current;
    const name = `${key}@${version}`;
    let run = this.running.get(name);
    if (!run) {
      run = this.discover(key, provider, live, current?.jwks).finally(() => this.running.delete(name));
      this.running.set(name, run);
    }
    try {
      const discovered = await run;
      this.discoveries.set(key, discovered);
      return discovered;
    } catch (error) {
      if (current) return current; // O26: what was verified once stays in use while the provider does not answer.
      throw new SignInError('login.provider_unavailable', {
        cause: error,
        internal: classifyAnswerError(error).reason,
      });
    }
  }

  private async discover(
    key: string,
    provider: ProviderConfig,
    { version, secrets }: LiveConfig,
    jwks = new JwksCache(),
  ): Promise<Discovered> {
    const configuration = await oidc.discovery(new URL(provider.issuer), provider.clientId, undefined, oidc.None(), {
      [oidc.customFetch]: async (url, options) => responseOf(await askProvider(url, options, discoveryMs)),
      // eslint-disable-next-line @typescript-eslint/no-deprecated -- marked so only to stand out; never in production
      ...(this.mayUseHttp(provider) ? { execute: [oidc.allowInsecureRequests] } : {}),
    });
    const metadata = configuration.serverMetadata();
    // openid-client compares after normalising; the `iss` of tokens is compared as text (O13).
    if (metadata.issuer !== provider.issuer) {
      throw new Error('the issuer of the discovery document is not the configured one');
    }
    const connection = new ProviderConnection({
      metadata,
      provider,
      jwks,
      clientSecret: secrets.get(`providers.${key}.clientSecret`),
      // One address per provider: the answer of one can never be taken for another's (RFC 9700 4.4).
      redirectUri: `${this.config.publicUrl.href.replace(/\/$/, '')}/callback/${key}`,
      allowHttp: this.mayUseHttp(provider),
    });
    return { version, at: Date.now(), connection, jwks };
  }

  private mayUseHttp(provider: ProviderConfig): boolean {
    return !this.config.production && provider.issuer.startsWith('http:');
  }
}

function isFresh({ at }: Discovered): boolean {
  return Date.now() - at < discoveryFreshMs;
}
