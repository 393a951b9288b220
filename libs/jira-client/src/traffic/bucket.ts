import type { AnswerHeaders } from '../jira-http.js';

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
  /** Tokens that came later are not in `remaining`; of those before, some may be. */
  readonly countedUntilMs: number;
  /** When tokens were seen to come, as exactly as it was ever seen; they come again every interval. */
  readonly filled: Window | undefined;
}

/** After one moment, and at the latest at the other. */
interface Window {
  readonly afterMs: number;
  readonly byMs: number;
}

/** `X-RateLimit-*`. Undefined: this call is not limited, or a proxy took the headers away. */
export function reportIn(headers: Pick<AnswerHeaders, 'get'>): BucketReport | undefined {
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
  const fresh = { ...report, sentAtMs, reportedAtMs: nowMs, countedUntilMs: nowMs, filled: undefined };
  if (!known || !isSameRate(known, report)) return fresh;
  // Answers overtake each other. One to an earlier call tells of an earlier level, unless that was lower still.
  if (sentAtMs < known.sentAtMs) return { ...known, remaining: Math.min(known.remaining, report.remaining) };
  if (report.remaining > known.remaining) return { ...fresh, filled: narrower(known, nowMs) };
  // They had not come when the call was answered, so not when it was sent either. (In a bucket that is nearly full
  // nobody would see them come.)
  const hadRoom = report.remaining + report.fill <= report.limit;
  return hadRoom
    ? {
        ...fresh,
        countedUntilMs: sentAtMs,
        filled: known.filled && notBefore(sentAtMs, known.filled, known.intervalMs),
      }
    : { ...fresh, filled: known.filled };
}

/** Refused although there should have been tokens: they come at other times than we thought. */
export function empty(known: Bucket, { sentAtMs, nowMs }: Answered): Bucket {
  return { ...known, remaining: 0, sentAtMs, reportedAtMs: nowMs, countedUntilMs: nowMs, filled: undefined };
}

/**
 * When the next call may be sent. Above the reserve: at once. Within it the slower the lower, so that the bucket is
 * used up as fast as it is filled, never emptied, and shared with whoever else uses the same account. Empty: one call
 * when tokens should have come; how many there are is believed only once Jira says so.
 *
 * @param onTheirWay calls that are not answered yet. Each counts twice: as if somebody else had sent as many.
 */
export function nextSendAtMs(bucket: Bucket, onTheirWay: number, lastSentAtMs: number, nowMs: number): number {
  const { limit, fill, intervalMs, remaining } = bucket;
  const level = remaining - 2 * onTheirWay;
  // As much as comes in one interval, but no more than a quarter: what does not fit in when tokens come is lost.
  const reserve = Math.max(1, Math.min(fill, limit / 4));
  if (level > reserve) return nowMs;
  if (level >= 1) return Math.max(nowMs, lastSentAtMs + (intervalMs * reserve) / (fill * level));
  // Those on their way will tell more, and whoever waits is asked again when they come back.
  return onTheirWay > 0 ? Number.POSITIVE_INFINITY : Math.max(nowMs, filledAgainAtMs(bucket));
}

/** The first moment by which tokens have come that the report cannot have counted already. */
function filledAgainAtMs({ countedUntilMs, reportedAtMs, filled, intervalMs }: Bucket): number {
  const { afterMs, byMs } = filled ?? { afterMs: countedUntilMs, byMs: reportedAtMs };
  const intervals = filled ? Math.ceil((countedUntilMs - afterMs) / intervalMs) : 1;
  return byMs + intervals * intervalMs;
}

function isSameRate(one: BucketRate, other: BucketRate): boolean {
  return one.limit === other.limit && one.fill === other.fill && one.intervalMs === other.intervalMs;
}

/** Tokens came between the call before and now; perhaps it was known more exactly already. */
function narrower({ filled, sentAtMs, intervalMs }: Bucket, nowMs: number): Window | undefined {
  const seen = { afterMs: sentAtMs, byMs: nowMs };
  return widthOf(seen) < (filled ? widthOf(filled) : intervalMs) ? seen : filled;
}

/** The same window, if tokens had not come by then: it may have been within it, whole intervals later. */
function notBefore(atMs: number, { afterMs, byMs }: Window, intervalMs: number): Window {
  const sinceMs = atMs - Math.floor((atMs - afterMs) / intervalMs) * intervalMs;
  return sinceMs < byMs ? { afterMs: sinceMs, byMs } : { afterMs, byMs };
}

function widthOf({ afterMs, byMs }: Window): number {
  return byMs - afterMs;
}
