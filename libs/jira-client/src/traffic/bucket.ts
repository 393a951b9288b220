/** A token bucket as Jira shows it: `fill` tokens come each interval, `limit` fit in. */
export interface BucketRate {
  readonly limit: number;
  readonly fill: number;
  readonly intervalMs: number;
}

export interface BucketReport extends BucketRate {
  readonly remaining: number;
}

/** What is known of the bucket of one node. */
export interface Bucket extends BucketRate {
  readonly remaining: number;
  /** When the call that was answered with `remaining` was sent, and when its answer came. */
  readonly sentAtMs: number;
  readonly reportedAtMs: number;
  /** A moment by which tokens had just come; they come again every interval. Undefined until it was seen. */
  readonly filledByMs: number | undefined;
}

/** `X-RateLimit-*`. Undefined: this call is not limited, or a proxy took the headers away. */
export function reportIn(headers: Headers): BucketReport | undefined {
  const number = (name: string) => {
    const text = headers.get(`x-ratelimit-${name}`)?.trim() ?? '';
    return /^\d+(\.\d+)?$/.test(text) ? Number(text) : undefined;
  };
  const [limit, remaining, fill] = [number('limit'), number('remaining'), number('fillrate')];
  const seconds = number('interval-seconds');
  // A limit of 0 blocks everybody: that is for Retry-After to say, there is nothing to pace.
  if (!limit || remaining === undefined || !fill || !seconds) return undefined;
  return { limit, remaining, fill, intervalMs: seconds * 1_000 };
}

interface Answered {
  readonly sentAtMs: number;
  readonly nowMs: number;
}

/** The bucket after one more answer. */
export function learn(known: Bucket | undefined, report: BucketReport, { sentAtMs, nowMs }: Answered): Bucket {
  const fresh = { ...report, sentAtMs, reportedAtMs: nowMs, filledByMs: undefined };
  if (!known || !isSameRate(known, report)) return fresh;
  // Answers overtake each other. One to an earlier call tells of an earlier level, unless that was lower still.
  if (sentAtMs < known.sentAtMs) return { ...known, remaining: Math.min(known.remaining, report.remaining) };
  return { ...fresh, filledByMs: report.remaining > known.remaining ? earlierFill(known, nowMs) : known.filledByMs };
}

/** Refused although there should have been tokens: they come at other times than we thought. */
export function empty(known: Bucket, { sentAtMs, nowMs }: Answered): Bucket {
  return { ...known, remaining: 0, sentAtMs, reportedAtMs: nowMs, filledByMs: undefined };
}

/** How many calls may be sent before the bucket is empty, those counted that are on their way. */
export function levelOf(bucket: Bucket, onTheirWay: number, nowMs: number): number {
  const { remaining, limit, fill, intervalMs, reportedAtMs, filledByMs = reportedAtMs } = bucket;
  const fills = (atMs: number) => Math.floor((atMs - filledByMs) / intervalMs);
  return Math.min(limit, remaining + fill * (fills(nowMs) - fills(reportedAtMs))) - onTheirWay;
}

/**
 * When the next call may be sent. Above the reserve: at once. Within it the slower the lower, so that the bucket is
 * used up as fast as it is filled, never emptied, and shared with whoever else uses the same account. Empty: when
 * tokens come.
 */
export function nextSendAtMs(bucket: Bucket, onTheirWay: number, lastSentAtMs: number, nowMs: number): number {
  const { limit, fill, intervalMs, reportedAtMs, filledByMs = reportedAtMs } = bucket;
  const level = levelOf(bucket, onTheirWay, nowMs);
  // As much as comes in one interval, but no more than a quarter: what does not fit in when tokens come is lost.
  const reserve = Math.max(1, Math.min(fill, limit / 4));
  if (level > reserve) return nowMs;
  if (level >= 1) return Math.max(nowMs, lastSentAtMs + (intervalMs * reserve) / (fill * level));
  return filledByMs + (Math.floor((nowMs - filledByMs) / intervalMs) + 1) * intervalMs;
}

function isSameRate(one: BucketRate, other: BucketRate): boolean {
  return one.limit === other.limit && one.fill === other.fill && one.intervalMs === other.intervalMs;
}

/** Tokens came at the latest now; what was known may say more exactly when. */
function earlierFill({ filledByMs, intervalMs }: Bucket, nowMs: number): number {
  if (filledByMs === undefined) return nowMs;
  const expected = filledByMs + Math.round((nowMs - filledByMs) / intervalMs) * intervalMs;
  return Math.min(nowMs, expected);
}
