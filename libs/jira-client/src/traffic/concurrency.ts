/** How many calls may be on their way at the same time. */
export interface Concurrency {
  /** Between 1 and `max`; what counts is the whole number below. */
  readonly limit: number;
  readonly max: number;
  /** When it was last cut: calls sent before that say nothing new. */
  readonly cutAtMs: number;
}

export type Signal =
  /** `wasFull`: all places were taken, so one more might do good. */
  | { readonly kind: 'good'; readonly wasFull: boolean }
  /** A 429, an answer that came late, or none in time. */
  | { readonly kind: 'bad'; readonly sentAtMs: number; readonly nowMs: number };

export function beginning(max: number): Concurrency {
  return { limit: max, max, cutAtMs: Number.NEGATIVE_INFINITY };
}

/** Additive increase, one place a round; multiplicative decrease, once a round. */
export function adapted(concurrency: Concurrency, signal: Signal): Concurrency {
  const { limit, max, cutAtMs } = concurrency;
  switch (signal.kind) {
    case 'good':
      return signal.wasFull ? { ...concurrency, limit: Math.min(max, limit + 1 / limit) } : concurrency;
    case 'bad':
      if (signal.sentAtMs < cutAtMs) return concurrency;
      return { ...concurrency, limit: Math.max(1, limit / 2), cutAtMs: signal.nowMs };
  }
}
