import { setTimeout as delay } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import type { OnModuleDestroy, OnModuleInit } from '@nestjs/common';
import { CONFIG } from '@gatehouse/config';
import type { Config } from '@gatehouse/config';
import { GatehouseError, OutageError } from '@gatehouse/errors';
import { JiraClient } from '@gatehouse/jira-client';
import { Breakers } from '@gatehouse/messaging';
import { LOGGER } from '@gatehouse/telemetry';
import type { Logger } from '@gatehouse/telemetry';

const retryDelaysMs = [1_000, 2_000, 5_000, 10_000];
/** No waiting repairs refused credentials, and each try may count against the account behind them. */
const credentialsRetryMs = 60_000;
const refreshEveryMs = 300_000;
const breakerPollMs = 1_000;
/** People who come while there is no address ask sooner than the background would, but not more often than this. */
const onDemandEveryMs = 1_000;
const answerWithinMs = 2_000;

/** Jira's address as browsers see it: JIRA_PUBLIC_URL, or what Jira says of itself, asked for in the background. */
@Injectable()
export class JiraAddress implements OnModuleInit, OnModuleDestroy {
  private address: string | undefined;
  private asking: Promise<void> | undefined;
  private failures = 0;
  /** Nobody asks before this, however many people come. */
  private notBefore = -Infinity;
  private timer: NodeJS.Timeout | undefined;
  private closed = false;
  private readonly configured: boolean;

  constructor(
    @Inject(CONFIG) { jira }: Config,
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly jiraClient: JiraClient,
    private readonly breakers: Breakers,
  ) {
    this.address = jira.publicUrl && withoutSlash(jira.publicUrl.href);
    this.configured = this.address !== undefined;
  }

  /** Undefined while Jira has not answered yet. */
  get known(): string | undefined {
    return this.address;
  }

  /** Waits a moment for an answer when there is none yet. */
  async find(): Promise<string | undefined> {
    if (this.address === undefined && !this.closed) {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, answerWithinMs)));
      await Promise.race([this.ask(), late]).finally(() => clearTimeout(timer));
    }
    return this.address;
  }

  /** Not awaited: the gateway is ready without Jira. */
  onModuleInit(): void {
    if (!this.configured) void this.ask();
  }

  onModuleDestroy(): void {
    this.closed = true;
    clearTimeout(this.timer);
  }

  private ask(): Promise<void> {
    this.asking ??= this.askOnce().finally(() => (this.asking = undefined));
    return this.asking;
  }

  private async askOnce(): Promise<void> {
    const restMs = this.restMs();
    clearTimeout(this.timer);
    if (restMs > onDemandEveryMs) {
      this.askAgainIn(restMs);
      return;
    }
    await delay(Math.max(0, restMs));
    try {
      const { baseUrl } = await this.jiraClient.serverInfo();
      this.address = webAddress(baseUrl);
      this.failures = 0;
      this.askAgainIn(refreshEveryMs);
    } catch (error) {
      // The last known address stays in use; Jira moves rarely and is away often.
      const code = error instanceof GatehouseError ? error.code : 'login.unexpected';
      this.logger.warn({ error: code }, "Jira's base URL could not be read; it is asked again");
      this.breakers.of('jira').trip(error);
      const askedMs = askedRestMs(error);
      this.notBefore = performance.now() + Math.max(onDemandEveryMs, askedMs);
      this.askAgainIn(Math.max(retryDelaysMs[Math.min(this.failures, retryDelaysMs.length - 1)]!, askedMs));
      this.failures += 1;
    }
  }

  /**
   * While Jira asked for a rest, or refuses us and a worker looks after it, no question of ours comes in between (F13, F18),
   * and none while Jira is away, a worker asks whether it is back, and an address is known (F14).
   */
  private restMs(): number {
    const { holdsOff, isLookedAfter } = this.breakers.of('jira');
    if (holdsOff || (isLookedAfter && this.address !== undefined)) return onDemandEveryMs + breakerPollMs;
    return this.notBefore - performance.now();
  }

  private askAgainIn(ms: number): void {
    if (!this.closed) this.timer = setTimeout(() => void this.ask(), ms).unref();
  }
}

function askedRestMs(error: unknown): number {
  if (!(error instanceof OutageError)) return 0;
  return Math.max(error.code === 'jira.credentials_refused' ? credentialsRetryMs : 0, error.retryAfterMs ?? 0);
}

/** It becomes a link and a redirect address, so it must be one that a browser opens as a page. */
function webAddress(text: string): string {
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw new TypeError('the base URL is not a web address');
  return withoutSlash(url.href);
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '');
}
