import { foldName } from '../data/fold-name.js';
import type { SwitchBoard, Switches } from '../switches.js';

type Limit = NonNullable<Switches['rateLimit']>;

interface Bucket {
  tokens: number;
  filledAt: number;
  /** What the last Retry-After came to. */
  notBefore: number;
}

/** What a request is told about its bucket, and whether it may pass. */
export interface Metered {
  readonly passes: boolean;
  readonly headers: Readonly<Record<string, string>>;
}

/** Seen of a Jira whose limit is 0: the largest number of seconds there is. */
const forever = '9223372036854775807';

/** Token buckets per user and node (jira-facts 2.1), filled once an interval. */
export class RateLimits {
  private readonly buckets = new Map<string, Bucket>();
  private passed = 0;
  private refused = 0;
  private tooEarly = 0;

  constructor(
    private readonly switches: SwitchBoard,
    private readonly now: () => number = () => performance.now(),
  ) {
    // Another limit is another bucket, and a full one.
    let last: unknown;
    switches.watch(({ rateLimit }) => {
      if (rateLimit !== last) this.buckets.clear();
      last = rateLimit;
    });
  }

  take(username: string, node: number): Metered | undefined {
    const limit = this.switches.now.rateLimit;
    if (!limit || limit.exempt.some((name) => foldName(name) === foldName(username))) return undefined;
    const bucket = this.bucket(`${node} ${foldName(username)}`, limit);
    if (this.now() < bucket.notBefore) this.tooEarly += 1;
    if (bucket.tokens < 1) {
      this.refused += 1;
      return { passes: false, headers: headers(limit, 0, this.waitOf(bucket, limit)) };
    }
    bucket.tokens -= 1;
    this.passed += 1;
    return { passes: true, headers: headers(limit, bucket.tokens, '0') };
  }

  clear(): void {
    this.buckets.clear();
    this.passed = this.refused = this.tooEarly = 0;
  }

  /** `tooEarly`: calls that did not wait as long as the answer before them had asked for. */
  report() {
    return { passed: this.passed, refused: this.refused, tooEarly: this.tooEarly };
  }

  private bucket(key: string, { fill, intervalSeconds, max }: Limit): Bucket {
    const now = this.now();
    const bucket = this.buckets.get(key) ?? { tokens: max, filledAt: now, notBefore: 0 };
    this.buckets.set(key, bucket);
    const intervals = Math.floor((now - bucket.filledAt) / (intervalSeconds * 1000));
    bucket.tokens = Math.min(max, bucket.tokens + intervals * fill);
    bucket.filledAt += intervals * intervalSeconds * 1000;
    return bucket;
  }

  private waitOf(bucket: Bucket, { intervalSeconds, max }: Limit): string {
    if (max === 0) return forever;
    const seconds = Math.max(1, Math.ceil((bucket.filledAt + intervalSeconds * 1000 - this.now()) / 1000));
    bucket.notBefore = Math.max(bucket.notBefore, this.now() + seconds * 1000);
    return String(seconds);
  }
}

function headers({ fill, intervalSeconds, max }: Limit, remaining: number, retryAfter: string) {
  return {
    'x-ratelimit-limit': String(max),
    'x-ratelimit-remaining': String(remaining),
    'x-ratelimit-interval-seconds': String(intervalSeconds),
    'x-ratelimit-fillrate': String(fill),
    'retry-after': retryAfter,
  };
}
