import { OutageError } from '@gatehouse/errors';
import type { Deadline } from '../deadline.js';
import { tooLate } from '../jira-errors.js';
import type { AnswerHeaders } from '../jira-http.js';
import { retryAfterMs } from '../retry-after.js';
import { empty, learn, nextSendAtMs, reportIn } from './bucket.js';
import type { Bucket } from './bucket.js';
import { adapted, beginning } from './concurrency.js';

export interface JiraTrafficOptions {
  /** Default: ten jobs with four calls each, the most that a lane asks for while most people have few changes. */
  readonly concurrencyMax?: number;
  /** A call answered later than this counts as a sign of overload. */
  readonly slowAfterMs?: number;
}

/** `audit`: a read that takes minutes in large directories. It takes nobody's place, and says nothing by being slow. */
export type Purpose = 'call' | 'audit';

/** One call on its way. */
export interface Passage {
  answered(answer: { readonly status: number; readonly headers: AnswerHeaders }): void;
  /** `late`: no answer in time. `lost`: the connection failed, which says nothing of the load. */
  failed(how: 'late' | 'lost'): void;
}

interface Waiting {
  readonly purpose: Purpose;
  readonly go: () => void;
  readonly giveUp: () => void;
}

/** A pause for a 429 that does not say how long. */
const unnamedPauseMs = 1_000;
/** Nothing is known before the first answer: so long one call goes alone. */
const firstAnswerWithinMs = 250;
/** A node that has not answered for so many intervals, while others have, is not one we are sent to. */
const intervalsRemembered = 2;

/**
 * Every call of a process to one Jira passes here, in the order in which they came: none before a Retry-After is over,
 * none faster than the buckets of Jira's nodes are filled, and never more at once than Jira stands.
 */
export class JiraTraffic {
  private readonly buckets = new Map<string, Bucket>();
  private readonly slowAfterMs: number;
  private concurrency;
  private waiting: Waiting[] = [];
  private onTheirWay = 0;
  private audits = 0;
  private heldUntilMs = Number.NEGATIVE_INFINITY;
  private lastSentAtMs = Number.NEGATIVE_INFINITY;
  private firstSentAtMs: number | undefined;
  private hasAnswered = false;
  private timer: NodeJS.Timeout | undefined;

  constructor({ concurrencyMax = 40, slowAfterMs = 2_000 }: JiraTrafficOptions = {}) {
    this.concurrency = beginning(concurrencyMax);
    this.slowAfterMs = slowAfterMs;
  }

  /** How many calls may be on their way now. */
  get limit(): number {
    return Math.floor(this.concurrency.limit);
  }

  /**
   * Waits for a turn, within the deadline.
   * @throws OutageError `jira.rate_limited` when Jira's limit will not let it pass in time
   */
  async enter(deadline: Deadline, purpose: Purpose = 'call'): Promise<Passage> {
    this.assertNotHeld(deadline);
    await this.turn(deadline, purpose);
    // A stopped process may wake up with its turn long come and its time over.
    if (deadline.isOver) {
      this.leave(purpose);
      throw tooLate();
    }
    return this.passage(purpose, performance.now());
  }

  private assertNotHeld(deadline: Deadline): void {
    const leftMs = this.heldUntilMs - performance.now();
    if (leftMs > 0 && leftMs >= deadline.leftMs) throw limited(leftMs);
  }

  private turn(deadline: Deadline, purpose: Purpose): Promise<void> {
    return new Promise((resolve, reject) => {
      const waiting: Waiting = {
        purpose,
        go: () => {
          deadline.signal.removeEventListener('abort', waiting.giveUp);
          resolve();
        },
        giveUp: () => {
          deadline.signal.removeEventListener('abort', waiting.giveUp);
          this.waiting = this.waiting.filter((one) => one !== waiting);
          reject(this.notInTime());
          this.pump();
        },
      };
      deadline.signal.addEventListener('abort', waiting.giveUp, { once: true });
      this.waiting.push(waiting);
      this.pump();
    });
  }

  /** Why somebody had no turn: Jira's limit, or no place. */
  private notInTime(): OutageError {
    const nowMs = performance.now();
    if (this.heldUntilMs > nowMs) return limited(this.heldUntilMs - nowMs);
    const waitMs = this.readyAtMs() - nowMs;
    if (waitMs <= 0) return tooLate();
    return limited(Number.isFinite(waitMs) ? waitMs : unnamedPauseMs);
  }

  private pump(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    for (;;) {
      const next = this.waiting[0];
      if (!next || !this.hasPlace(next.purpose)) return;
      const waitMs = this.readyAtMs() - performance.now();
      if (waitMs === Number.POSITIVE_INFINITY) return;
      if (waitMs > 0) {
        this.timer = setTimeout(() => this.pump(), Math.ceil(waitMs));
        return;
      }
      this.waiting.shift();
      this.lastSentAtMs = performance.now();
      this.firstSentAtMs ??= this.lastSentAtMs;
      if (next.purpose === 'audit') this.audits += 1;
      else this.onTheirWay += 1;
      next.go();
    }
  }

  private hasPlace(purpose: Purpose): boolean {
    return purpose === 'audit' ? this.audits === 0 : this.onTheirWay < this.limit;
  }

  /** When Jira lets the next call pass, as far as we know. */
  private readyAtMs(): number {
    const nowMs = performance.now();
    const first = this.hasAnswered ? nowMs : (this.firstSentAtMs ?? Number.NEGATIVE_INFINITY) + firstAnswerWithinMs;
    const all = this.onTheirWay + this.audits;
    const newestMs = Math.max(...[...this.buckets.values()].map(({ reportedAtMs }) => reportedAtMs));
    const buckets = [...this.buckets.values()]
      .filter(({ reportedAtMs, intervalMs }) => newestMs - reportedAtMs <= intervalsRemembered * intervalMs)
      .map((bucket) => nextSendAtMs(bucket, all, this.lastSentAtMs, nowMs));
    return Math.max(this.heldUntilMs, first, ...buckets);
  }

  private passage(purpose: Purpose, sentAtMs: number): Passage {
    return {
      answered: ({ status, headers }) => {
        const nowMs = performance.now();
        this.hasAnswered = true;
        this.noteBucket(headers, status, { sentAtMs, nowMs });
        if (status === 429) this.hold(headers, nowMs);
        const isSlow = purpose === 'call' && nowMs - sentAtMs > this.slowAfterMs;
        this.judge(status === 429 || isSlow, sentAtMs);
        this.leave(purpose);
      },
      failed: (how) => {
        if (how === 'late' && purpose === 'call') this.judge(true, sentAtMs);
        this.leave(purpose);
      },
    };
  }

  private leave(purpose: Purpose): void {
    if (purpose === 'audit') this.audits -= 1;
    else this.onTheirWay -= 1;
    this.pump();
  }

  private judge(isBad: boolean, sentAtMs: number): void {
    const signal = isBad
      ? ({ kind: 'bad', sentAtMs, nowMs: performance.now() } as const)
      : ({ kind: 'good', wasFull: this.onTheirWay >= this.limit } as const);
    this.concurrency = adapted(this.concurrency, signal);
  }

  private noteBucket(headers: AnswerHeaders, status: number, when: { sentAtMs: number; nowMs: number }): void {
    const node = headers.get('x-anodeid') ?? '';
    const known = this.buckets.get(node);
    const report = reportIn(headers);
    if (!report) return;
    const bucket = learn(known, report, when);
    this.buckets.set(node, status === 429 ? empty(bucket, when) : bucket);
  }

  private hold(headers: AnswerHeaders, nowMs: number): void {
    const pauseMs = retryAfterMs(headers.get('retry-after'), Date.now()) ?? unnamedPauseMs;
    this.heldUntilMs = Math.max(this.heldUntilMs, nowMs + pauseMs);
    // They passed the breaker before Jira said this: as if they had been sent and refused as well.
    for (const waiting of [...this.waiting]) waiting.giveUp();
  }
}

function limited(waitMs: number): OutageError {
  return new OutageError('jira.rate_limited', 'Jira limits our requests.', {
    retryAfterMs: Math.ceil(waitMs),
    internal: 'not sent: its turn would come after its deadline',
  });
}
