import { OutageError } from '@gatehouse/errors';
import type { ErrorCode } from '@gatehouse/errors';

export interface Fault {
  readonly code: ErrorCode;
  /** What the other side asked for. */
  readonly retryAfterMs?: number | undefined;
}

export interface BreakerFacts {
  readonly state: 'closed' | 'open' | 'probing';
  /** Probes that failed since it opened. */
  readonly failures: number;
  /** Milliseconds until the next probe is due; 0 when it is. */
  readonly waitMs: number;
}

export type BreakerDecision =
  { kind: 'open' | 'reopen'; failures: number; waitMs: number } | { kind: 'extend'; waitMs: number } | { kind: 'keep' };

const firstWaitMs = 1_000;
const longestWaitMs = 30_000;
const credentialsWaitMs = 60_000;
const retryAfterMaxMs = 5 * 60_000;

/** These say something about everybody by themselves; of anything else one person may be the cause. */
const certainCodes: ReadonlySet<ErrorCode> = new Set(['jira.rate_limited', 'jira.credentials_refused']);

export function concernsEverybody(error: unknown): error is OutageError {
  return error instanceof OutageError && isCertain(error.code);
}

export function isCertain(code: ErrorCode | undefined): boolean {
  return code !== undefined && certainCodes.has(code);
}

/**
 * A call was told that everybody is concerned. What is open stays as it is: calls that were under way when it opened
 * come back one by one, and are no further failures of the other side. Only a longer wait that it asks for counts.
 * @param random in [0, 1)
 */
export function decideTrip(facts: BreakerFacts, fault: Fault, random: number): BreakerDecision {
  if (facts.state === 'closed') return { kind: 'open', failures: 0, waitMs: probeDelay(fault, 0, random) };
  const asked = Math.min(fault.retryAfterMs ?? 0, retryAfterMaxMs);
  return asked > facts.waitMs ? { kind: 'extend', waitMs: asked } : { kind: 'keep' };
}

/** The one probe failed: the next one comes later. */
export function decideFailedProbe({ failures }: BreakerFacts, fault: Fault, random: number): BreakerDecision {
  return { kind: 'reopen', failures: failures + 1, waitMs: probeDelay(fault, failures + 1, random) };
}

/** As long as was asked for; a minute for refused credentials, which no waiting repairs; else doubling, with jitter. */
function probeDelay({ code, retryAfterMs }: Fault, failures: number, random: number): number {
  if (code === 'jira.credentials_refused') return Math.max(credentialsWaitMs, asked(retryAfterMs));
  if (retryAfterMs !== undefined) return asked(retryAfterMs);
  const ceiling = Math.min(longestWaitMs, firstWaitMs * 2 ** Math.min(failures, 10));
  return Math.round(ceiling * (0.5 + random / 2));
}

function asked(retryAfterMs = 0): number {
  return Math.min(Math.max(retryAfterMs, 0), retryAfterMaxMs);
}
