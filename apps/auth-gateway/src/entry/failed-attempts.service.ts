import { Inject, Injectable } from '@nestjs/common';
import { LiveConfigReader } from '@gatehouse/database';
import type { ErrorCode } from '@gatehouse/errors';
import { currentTraceId, LOGGER, newTraceId } from '@gatehouse/telemetry';
import type { Logger } from '@gatehouse/telemetry';
import { loggableError } from '../pages/classify-failure.js';
import { LoginRecords } from './login-record.store.js';

/** Strangers can cause these: in a minute no more rows than this, the rest stands in the log alone. */
const rowsEachMinuteMax = 60;
const minuteMs = 60_000;

/**
 * Attempts that end before an answer of a provider belongs to them: the provider could not be asked, nobody's answer
 * came, or somebody else's. `GET /logins` has every sign-in, these too.
 */
@Injectable()
export class FailedAttempts {
  private since = 0;
  private rows = 0;

  constructor(
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly liveConfig: LiveConfigReader,
    private readonly records: LoginRecords,
  ) {}

  /** Never throws: the page that says what is wrong comes first. */
  async note(provider: string, code: ErrorCode, reason: string | undefined): Promise<void> {
    try {
      const { providers } = (await this.liveConfig.current()).document;
      if (!Object.hasOwn(providers, provider) || !this.mayWrite()) return;
      const attempt = { id: null, provider, traceId: currentTraceId() ?? newTraceId() };
      await this.records.end(attempt, { outcome: 'failed', code, reason, subject: undefined }, Date.now());
    } catch (error) {
      this.logger.warn({ err: loggableError(error), provider, error: code }, 'a failed sign-in could not be recorded');
    }
  }

  private mayWrite(): boolean {
    if (Date.now() - this.since >= minuteMs) {
      this.since = Date.now();
      this.rows = 0;
    }
    this.rows += 1;
    return this.rows <= rowsEachMinuteMax;
  }
}
