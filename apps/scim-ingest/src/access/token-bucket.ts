export interface BucketLimits {
  /** Requests a second that are taken for any length of time. */
  readonly perSecond: number;
  /** Requests at once after a pause. */
  readonly burst: number;
}

interface Bucket {
  tokens: number;
  at: number;
}

/** One bucket for each provider, so that a provider that floods slows down nobody but itself (C86, C87). */
export class TokenBuckets {
  private readonly buckets = new Map<string, Bucket>();

  /** @param now milliseconds of a clock that never goes back */
  constructor(private readonly now: () => number = () => performance.now()) {}

  /** @returns 0 when the request is taken, otherwise the milliseconds after which one will be */
  take(provider: string, { perSecond, burst }: BucketLimits): number {
    const now = this.now();
    const bucket = this.buckets.get(provider) ?? { tokens: burst, at: now };
    const tokens = Math.min(burst, bucket.tokens + ((now - bucket.at) / 1_000) * perSecond);
    const isTaken = tokens >= 1;
    this.buckets.set(provider, { tokens: isTaken ? tokens - 1 : tokens, at: now });
    return isTaken ? 0 : Math.ceil(((1 - tokens) / perSecond) * 1_000);
  }
}
