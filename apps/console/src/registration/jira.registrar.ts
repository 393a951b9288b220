import { setTimeout as delay } from 'node:timers/promises';
import type { Config } from '@gatehouse/config';
import type { JiraRegistrationStatus } from '@gatehouse/contracts';
import type { Encryption, Notifications } from '@gatehouse/database';
import { codes, GatehouseError, OutageError } from '@gatehouse/errors';
import { SsoApp } from '@gatehouse/jira-client';
import { currentTraceId, inTrace, newTraceId } from '@gatehouse/telemetry';
import type { Logger } from '@gatehouse/telemetry';
import type { DataSource } from 'typeorm';
import { retryDelayMs } from './backoff.js';
import { registerAtJira } from './register-at-jira.js';
import {
  clientSecret,
  forgetToldSecret,
  recordedRegistration,
  recordRegistration,
  whileAlone,
} from './registration.store.js';

export interface RegistrarParts {
  readonly dataSource: DataSource;
  readonly encryption: Encryption;
  readonly notifications: Pick<Notifications, 'on'>;
  readonly config: Pick<Config, 'jira' | 'publicUrl' | 'basePath'>;
  readonly logger: Logger;
  readonly retryDelayMs?: typeof retryDelayMs;
}

type State = JiraRegistrationStatus['state'];

const secretPollMs = 500;
const credentialsRetryMs = 60_000;
const otherReplicaPollMs = 500;
/** Anybody can show our OP a wrong secret; Jira hears of it this often at most. */
const tellAgainEveryMs = 60_000;

/** Makes us known to Jira's SSO app, in the background: Jira may be away for as long as it likes. */
export class JiraRegistrar {
  private readonly stopping = new AbortController();
  private state: State = 'registering';
  private lastError: JiraRegistrationStatus['lastError'] = null;
  private running: Promise<void> | undefined;
  private toldAgainAt = Number.NEGATIVE_INFINITY;
  private stopListening: () => void = () => undefined;

  constructor(private readonly parts: RegistrarParts) {}

  /**
   * Goes on in the background for as long as it takes.
   * @returns once registered, or after `withinMs`: so that whoever is told "ready" finds the button at Jira if Jira is there
   */
  async start(withinMs: number): Promise<void> {
    this.running ??= this.untilRegistered();
    this.stopListening = await this.parts.notifications.on('gatehouse_registration', (sign) => {
      if (sign === 'secret-refused') void this.tellAgain();
    });
    const enough = new AbortController();
    const late = delay(withinMs, undefined, { signal: enough.signal }).catch(() => undefined);
    await Promise.race([this.running, late]);
    enough.abort();
  }

  async onModuleDestroy(): Promise<void> {
    this.stopListening();
    this.stopping.abort();
    await this.running;
  }

  /** What stands in the way now; undefined when nothing is known to. */
  get trouble(): NonNullable<JiraRegistrationStatus['lastError']> | undefined {
    return this.state === 'retrying' ? (this.lastError ?? undefined) : undefined;
  }

  async status(): Promise<JiraRegistrationStatus> {
    const recorded = await recordedRegistration(this.parts.dataSource);
    return {
      state: this.state,
      idpId: recorded?.idpId ?? null,
      registeredAt: recorded?.registeredAt?.toISOString() ?? null,
      lastError: this.lastError,
    };
  }

  /** Jira shows the OP another secret than the one it was told last. */
  private async tellAgain(): Promise<void> {
    const now = performance.now();
    if (this.state !== 'registered' || this.stopped || now - this.toldAgainAt < tellAgainEveryMs) return;
    this.toldAgainAt = now;
    this.enter('registering', 'Jira shows another secret than ours, so it is told again');
    this.running = forgetToldSecret(this.parts.dataSource)
      .catch(() => undefined) // PostgreSQL is away; the next sign-in that fails gives another sign.
      .then(() => this.untilRegistered());
    await this.running;
  }

  private async untilRegistered(): Promise<void> {
    for (let failures = 0; !this.stopped;) {
      const outcome = await inTrace(newTraceId(), () => this.attemptSafely(failures + 1));
      if (outcome === 'done') return;
      failures = outcome.failed ? failures + 1 : 0;
      await this.pause(outcome.waitMs);
    }
  }

  private async attemptSafely(attempt: number): Promise<'done' | { failed: boolean; waitMs: number }> {
    try {
      const outcome = await this.attempt();
      return outcome === 'done' ? 'done' : { failed: false, waitMs: outcome };
    } catch (error) {
      return this.stopped ? 'done' : { failed: true, waitMs: this.failed(error, attempt) };
    }
  }

  private get stopped(): boolean {
    return this.stopping.signal.aborted;
  }

  /** Done, or the milliseconds after which to look again. */
  private async attempt(): Promise<'done' | number> {
    const { dataSource, encryption } = this.parts;
    const secret = await clientSecret(dataSource, encryption);
    if (secret === undefined) {
      this.enter('waiting-for-client-secret', 'waiting for the auth gateway to make the client secret for Jira');
      return secretPollMs;
    }
    const registered = await whileAlone(dataSource, () => this.register(secret));
    if (!registered) return otherReplicaPollMs;
    this.enter('registered', 'Jira knows us as its identity provider');
    this.lastError = null;
    return 'done';
  }

  private async register(secret: string): Promise<true> {
    const { dataSource, encryption, config, logger } = this.parts;
    const recorded = await recordedRegistration(dataSource);
    const secretFingerprint = encryption.fingerprint(secret);
    const sso = new SsoApp({ url: config.jira.url, token: config.jira.token.reveal(), stopped: this.stopping.signal });
    const issuer = `${config.publicUrl.origin}${config.basePath}/oidc`;
    const { idpId, kind, wrote } = await registerAtJira(sso, { issuer, secret, secretFingerprint, recorded });
    if (kind === 'keep') return true;
    const action = kind === 'create' ? 'jira.registered' : 'jira.registration-changed';
    await recordRegistration(dataSource, {
      idpId,
      secretFingerprint,
      action,
      details: { issuer, wrote },
      traceId: currentTraceId(),
    });
    logger.info({ idpId, wrote }, kind === 'create' ? 'registered at Jira' : 'corrected our registration at Jira');
    return true;
  }

  private failed(error: unknown, failures: number): number {
    const code = error instanceof GatehouseError ? error.code : 'api.unexpected';
    const message = error instanceof GatehouseError ? error.message : codes[code].meaning;
    const { action } = codes[code];
    this.state = 'retrying';
    this.lastError = { code, message, action, at: new Date().toISOString() };
    // F18: no waiting repairs refused credentials, and each try may count against the account behind them.
    const least = code === 'jira.credentials_refused' ? credentialsRetryMs : 0;
    const asked = error instanceof OutageError ? Math.max(least, error.retryAfterMs ?? 0) : undefined;
    const waitMs = (this.parts.retryDelayMs ?? retryDelayMs)(failures, asked);
    const detail = error instanceof GatehouseError ? error.internal : error instanceof Error ? error.stack : undefined;
    this.parts.logger.warn(
      { failure: code, action, detail, failures, waitMs },
      `registration at Jira: ${message} It is tried again.`,
    );
    return waitMs;
  }

  /** One line per change of state, however often it is looked at. */
  private enter(state: State, message: string): void {
    if (this.state !== state) this.parts.logger.info(message);
    this.state = state;
  }

  private async pause(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: this.stopping.signal }).catch(() => undefined); // Aborted: the loop ends.
  }
}
