import type { ErrorCode } from './codes.js';

interface Details {
  /** The error this one translates. Never printed to a caller. */
  cause?: unknown;
  /** For the log and the operator, never for a caller. Must not hold a token, a claim or a body. */
  internal?: string;
}

interface RetryDetails extends Details {
  /** How long the other side asked us to wait, in milliseconds. */
  retryAfterMs?: number;
}

/** An error with a stable code. The message is public: it says what happened and who must act. */
export abstract class GatehouseError extends Error {
  readonly internal: string | undefined;

  constructor(
    readonly code: ErrorCode,
    message: string,
    details: Details = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = new.target.name;
    this.internal = details.internal;
  }
}

/** A dependency as a whole is away (429, unreachable, 5xx, credentials refused). Uses no attempt; nothing is parked for it. */
export class OutageError extends GatehouseError {
  readonly retryAfterMs: number | undefined;

  constructor(code: ErrorCode, message: string, details: RetryDetails = {}) {
    super(code, message, details);
    this.retryAfterMs = details.retryAfterMs;
  }
}

/** One person's work may succeed later: a conflict, a lost answer, a replica that lags. Bounded by attempts, then parked. */
export class RetryableError extends GatehouseError {
  readonly retryAfterMs: number | undefined;

  constructor(code: ErrorCode, message: string, details: RetryDetails = {}) {
    super(code, message, details);
    this.retryAfterMs = details.retryAfterMs;
  }
}

/**
 * Not now, and nobody's fault: another worker is at this very piece of work, or has taken it over. Comes back by itself
 * after `retryAfterMs`, uses no attempt, and is no failure in anybody's statistics.
 */
export class DeferredError extends GatehouseError {
  readonly retryAfterMs: number;

  constructor(code: ErrorCode, message: string, details: RetryDetails & { retryAfterMs: number }) {
    super(code, message, details);
    this.retryAfterMs = details.retryAfterMs;
  }
}

/** A person must act: a read-only directory, a broken rule, a bad payload. Parked at once. */
export class TerminalError extends GatehouseError {}
