import { isDeepStrictEqual } from 'node:util';
import { Inject, Injectable } from '@nestjs/common';
import type { OnModuleDestroy } from '@nestjs/common';
import { CONFIG } from '@gatehouse/config';
import type { Config } from '@gatehouse/config';
import { ownMember, providerSecrets } from '@gatehouse/contracts';
import type { ProviderConfig } from '@gatehouse/contracts';
import { LiveConfigReader } from '@gatehouse/database';
import type { LiveConfig } from '@gatehouse/database';
import { AnswerError, connectProvider } from '@gatehouse/relying-party';
import type { KeyNotice, ProviderConnection } from '@gatehouse/relying-party';
import { LOGGER } from '@gatehouse/telemetry';
import type { Logger } from '@gatehouse/telemetry';
import { SignInError } from '../pages/sign-in-error.js';

const refreshEveryMs = 3_600_000;
/** Between two tries while a provider does not answer: who signs in then is not kept waiting for the next. */
const retryEveryMs = 30_000;

interface ProviderOnTrial {
  readonly key: string;
  readonly provider: ProviderConfig;
  readonly secrets: { readonly clientSecret?: string; readonly clientKey?: string };
}

interface Connected {
  readonly version: number;
  /** What it was made of. */
  readonly provider: ProviderConfig;
  readonly secrets: ProviderOnTrial['secrets'];
  readonly connection: ProviderConnection;
  /** When it was read last, or tried. */
  readonly refreshDueAt: number;
}

/** Providers with what is known of them, kept for each version of the configuration and read again about every hour. */
@Injectable()
export class ProviderConnections implements OnModuleDestroy {
  private readonly connected = new Map<string, Connected>();
  private readonly running = new Map<string, Promise<ProviderConnection>>();
  private readonly timer = setInterval(() => void this.refreshAll(), refreshEveryMs).unref();

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly liveConfig: LiveConfigReader,
  ) {}

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  /**
   * @param which `configured`: also one through which nobody signs in any more, but of which sessions are left to end
   * @throws SignInError `login.provider_unknown`, or `login.provider_unavailable` when nothing is known of it and it
   * does not answer. A failure is not remembered: the next person asks again.
   */
  async open(
    key: string,
    which: 'enabled' | 'configured' = 'enabled',
  ): Promise<{ connection: ProviderConnection; live: LiveConfig }> {
    const live = await this.liveConfig.current();
    const provider = ownMember(live.document.providers, key);
    if (!provider || (which === 'enabled' && !provider.enabled)) throw new SignInError('login.provider_unknown');
    const known = this.at(key, live);
    if (!known) return { connection: await this.connect(key, provider, live), live };
    // O26: what was verified once stays in use, and nobody waits for it to be read again.
    if (Date.now() >= known.refreshDueAt) void this.refresh(key, provider, live, known);
    return { connection: known.connection, live };
  }

  /** What needs no discovery now; undefined: `open` it. */
  known(key: string, live: LiveConfig): ProviderConnection | undefined {
    return this.at(key, live)?.connection;
  }

  /** A version in which this provider is as before has nothing to learn of it, and an outage then stops nobody (O23, O26). */
  private at(key: string, live: LiveConfig): Connected | undefined {
    const known = this.connected.get(key);
    if (!known || known.version === live.version) return known;
    const { provider, secrets } = known;
    const now = [ownMember(live.document.providers, key), secretsOf(key, live)];
    if (!isDeepStrictEqual([provider, secrets], now)) return undefined;
    const moved = { ...known, version: live.version };
    this.connected.set(key, moved);
    return moved;
  }

  /** One that is only being tried: nothing of it is kept. @throws SignInError `login.provider_unavailable` */
  async onTrial({ key, provider, secrets }: ProviderOnTrial): Promise<ProviderConnection> {
    try {
      return await connectProvider(this.partsOf(key, provider, secrets));
    } catch (error) {
      throw unavailable(error);
    }
  }

  /** Those somebody has used: their keys and addresses are at hand when they are needed, or an outage comes. */
  private async refreshAll(): Promise<void> {
    const live = await this.liveConfig.current().catch(() => undefined);
    if (!live) return;
    for (const key of [...this.connected.keys()]) {
      const provider = ownMember(live.document.providers, key);
      const known = this.at(key, live);
      if (!provider?.enabled || !known) this.connected.delete(key);
      else await Promise.all([this.refresh(key, provider, live, known), known.connection.keys?.refresh()]);
    }
  }

  private async refresh(key: string, provider: ProviderConfig, live: LiveConfig, known: Connected): Promise<void> {
    this.connected.set(key, { ...known, refreshDueAt: Date.now() + retryEveryMs });
    await this.connect(key, provider, live, known.connection).catch((error: unknown) => {
      const reason = error instanceof SignInError ? error.internal : undefined;
      this.logger.warn({ provider: key, reason }, 'a provider could not be read again; what is known stays in use');
    });
  }

  private async connect(
    key: string,
    provider: ProviderConfig,
    live: LiveConfig,
    former?: ProviderConnection,
  ): Promise<ProviderConnection> {
    const name = `${key}@${live.version}`;
    let run = this.running.get(name);
    if (!run) {
      run = this.connectOnce(key, provider, live, former).finally(() => this.running.delete(name));
      this.running.set(name, run);
    }
    return run;
  }

  private async connectOnce(
    key: string,
    provider: ProviderConfig,
    live: LiveConfig,
    former: ProviderConnection | undefined,
  ): Promise<ProviderConnection> {
    const secrets = secretsOf(key, live);
    try {
      const connection = await connectProvider(this.partsOf(key, provider, secrets), former);
      const refreshDueAt = Date.now() + refreshEveryMs;
      this.connected.set(key, { version: live.version, provider, secrets, connection, refreshDueAt });
      return connection;
    } catch (error) {
      throw unavailable(error);
    }
  }

  private partsOf(key: string, provider: ProviderConfig, secrets: ProviderOnTrial['secrets']) {
    return {
      provider,
      secrets: { clientSecret: secrets.clientSecret, clientKey: secrets.clientKey },
      // One address per provider: the answer of one can never be taken for another's (RFC 9700 4.4).
      redirectUri: `${this.config.publicUrl.href.replace(/\/$/, '')}/callback/${key}`,
      production: this.config.production,
      takeNotice: (notice: KeyNotice) => this.log(key, notice),
    };
  }

  private log(provider: string, { kind, ...details }: KeyNotice): void {
    const bound = { provider, ...details };
    switch (kind) {
      case 'keys-changed':
        this.logger.info(bound, 'the provider changed its signing keys');
        break;
      case 'keys-unreadable':
        this.logger.warn(bound, 'the signing keys could not be read; the last good ones stay in use for a while');
        break;
      case 'certificate-expires':
        this.logger.warn(bound, 'a pasted certificate expires soon and will verify no longer');
        break;
      case 'certificate-expired':
        this.logger.error(bound, 'a pasted certificate has expired and verifies nothing');
        break;
    }
  }
}

function secretsOf(key: string, { secrets }: LiveConfig): ProviderOnTrial['secrets'] {
  const given = providerSecrets.flatMap((member) => {
    const value = secrets.get(`providers.${key}.${member}`);
    return value === undefined ? [] : [[member, value] as const];
  });
  return Object.fromEntries(given);
}

function unavailable(error: unknown): SignInError {
  const internal = AnswerError.of(error).failure.reason;
  return new SignInError('login.provider_unavailable', { cause: error, internal });
}
