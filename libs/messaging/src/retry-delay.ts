import type { Lane } from '@gatehouse/contracts';

const baseMs = 500;
const shortestMs = 50;
const retryAfterMaxMs = 5 * 60_000;

/** Somebody waits in front of the first two: they must recover soon after the fault is gone. */
const longestMs: Record<Lane, number> = { offboarding: 5_000, interactive: 5_000, provisioning: 30_000, bulk: 30_000 };

export interface FailedBefore {
  readonly lane: Lane;
  /** How often it failed before this time. */
  readonly failures: number;
  /** What the other side asked for. */
  readonly retryAfterMs?: number | undefined;
  /** In [0, 1). */
  readonly random: number;
}

/**
 * Milliseconds to the next try. Never shorter than asked for (up to 5 minutes), spread by half a second so that
 * those who were told the same time do not come back together; otherwise exponential with full jitter.
 */
export function retryDelay({ lane, failures, retryAfterMs, random }: FailedBefore): number {
  if (retryAfterMs !== undefined && retryAfterMs >= 0)
    return Math.ceil(Math.min(retryAfterMs, retryAfterMaxMs) + random * baseMs);
  const ceiling = Math.min(longestMs[lane], baseMs * 2 ** Math.min(failures, 16));
  return Math.max(shortestMs, Math.round(random * ceiling));
}
