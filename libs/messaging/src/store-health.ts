import type { Logger } from '@gatehouse/telemetry';

const repeatAfterMs = 60_000;

/** Says once that something is away and once that it is back; a lasting fault is repeated every minute. */
export class StoreHealth {
  private illSince: number | undefined;
  private saidAt = 0;

  constructor(
    private readonly logger: Logger,
    private readonly part: string,
  ) {}

  well(): void {
    if (this.illSince === undefined) return;
    this.logger.info({ part: this.part, awayMs: Date.now() - this.illSince }, 'the queue store answers again');
    this.illSince = undefined;
  }

  ill(error: unknown): void {
    const now = Date.now();
    if (this.illSince !== undefined && now - this.saidAt < repeatAfterMs) return;
    this.illSince ??= now;
    this.saidAt = now;
    const reason = error instanceof Error ? error.message : typeof error;
    this.logger.warn({ part: this.part, reason }, 'the queue store failed; nothing is lost, it is tried again');
  }
}
