import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { GatehouseError } from '@gatehouse/errors';
import type { Deadline } from '../deadline.js';
import { JiraTraffic } from './jira-traffic.js';

beforeEach(() => {
  jest.useFakeTimers({ now: 0 });
});
afterEach(() => {
  jest.useRealTimers();
});

/** As the real one, by the fake clock. */
function within(ms: number): Deadline {
  const abort = new AbortController();
  const at = performance.now() + ms;
  setTimeout(() => abort.abort(), ms);
  const leftMs = () => at - performance.now();
  return {
    signal: abort.signal,
    get leftMs() {
      return leftMs();
    },
    get isOver() {
      return leftMs() <= 0;
    },
  } as Deadline;
}

const pass = (ms: number) => jest.advanceTimersByTimeAsync(ms);
const plain = { status: 200, headers: new Headers() };
const late = (wait: string) => ({ status: 429, headers: new Headers({ 'retry-after': wait }) });

async function failure(promise: Promise<unknown>): Promise<GatehouseError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof GatehouseError) return error;
  throw new Error('expected a failure');
}

/** A Jira with one bucket for everybody, filled once an interval or bit by bit, `latencyMs` away. */
class LimitingJira {
  passed = 0;
  refused = 0;
  tooEarly = 0;
  inside = 0;
  insideMax = 0;
  private tokens: number;
  private filledAt: number;
  private notBefore = 0;

  constructor(
    private readonly rate: { max: number; fill: number; intervalMs: number; steady?: boolean },
    private readonly latencyMs: number,
    phaseMs = 0,
  ) {
    this.tokens = rate.max;
    this.filledAt = performance.now() - phaseMs;
  }

  async call(): Promise<{ status: number; headers: Headers }> {
    this.inside += 1;
    this.insideMax = Math.max(this.insideMax, this.inside);
    await this.wait(this.latencyMs / 2);
    const answer = this.answer();
    await this.wait(this.latencyMs / 2);
    this.inside -= 1;
    return answer;
  }

  private answer() {
    const { max, fill, intervalMs, steady } = this.rate;
    const now = performance.now();
    if (now < this.notBefore) this.tooEarly += 1;
    const intervals = (now - this.filledAt) / intervalMs;
    const whole = steady ? intervals : Math.floor(intervals);
    this.tokens = Math.min(max, this.tokens + whole * fill);
    this.filledAt += whole * intervalMs;
    const isOut = this.tokens < 1;
    if (isOut) this.refused += 1;
    else this.passed += 1;
    if (!isOut) this.tokens -= 1;
    const waitSeconds = Math.max(1, Math.ceil((this.filledAt + intervalMs - now) / 1_000));
    if (isOut) this.notBefore = Math.max(this.notBefore, now + waitSeconds * 1_000);
    const headers = new Headers({
      'x-ratelimit-limit': String(max),
      'x-ratelimit-remaining': String(Math.floor(this.tokens)),
      'x-ratelimit-interval-seconds': String(intervalMs / 1_000),
      'x-ratelimit-fillrate': String(fill),
      'retry-after': isOut ? String(waitSeconds) : '0',
    });
    return { status: isOut ? 429 : 200, headers };
  }

  private wait(ms: number): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, ms));
  }
}

/** Calls as fast as it is allowed to. */
async function busy(traffic: JiraTraffic, jira: LimitingJira, untilMs: number): Promise<void> {
  while (performance.now() < untilMs) {
    try {
      const passage = await traffic.enter(within(5_000));
      if (performance.now() >= untilMs) return;
      passage.answered(await jira.call());
    } catch {
      await pass(0);
    }
  }
}

describe('F13 the pace', () => {
  it.each([
    ['the documented instance', { max: 70, fill: 5, intervalMs: 1_000 }, 20, 20],
    ['ten a second, filled once a second', { max: 10, fill: 10, intervalMs: 1_000 }, 20, 20],
    ['ten a second, filled steadily', { max: 10, fill: 10, intervalMs: 1_000, steady: true }, 20, 20],
    ['a slow Jira', { max: 20, fill: 10, intervalMs: 1_000 }, 300, 20],
    ['a hundred a minute', { max: 100, fill: 100, intervalMs: 60_000 }, 20, 4],
    ['five a second and room for five', { max: 5, fill: 5, intervalMs: 1_000 }, 20, 10],
    ['a generous one', { max: 500, fill: 100, intervalMs: 1_000 }, 20, 20],
  ])('%s: at least 95 % of what is allowed, and never refused', async (_what, rate, latencyMs, workers) => {
    // Ended when most of an interval is over: tokens that have just come cannot be used any more.
    const seconds = rate.intervalMs > 1_000 ? 650 : 120;
    const phaseMs = 370;
    const jira = new LimitingJira(rate, latencyMs, phaseMs);
    const traffic = new JiraTraffic();
    const all = Promise.all(Array.from({ length: workers }, () => busy(traffic, jira, seconds * 1_000)));
    for (let second = 0; second < seconds + 10; second += 1) await pass(1_000);
    await all;
    const allowed = rate.max + rate.fill * Math.floor((seconds * 1_000 + phaseMs) / rate.intervalMs);
    expect({ refused: jira.refused, tooEarly: jira.tooEarly }).toEqual({ refused: 0, tooEarly: 0 });
    expect(jira.passed / allowed).toBeGreaterThanOrEqual(0.95);
  });

  it('two processes of one account share a bucket without knowing of each other, and hardly meet its end', async () => {
    const rate = { max: 40, fill: 20, intervalMs: 1_000 };
    const jira = new LimitingJira(rate, 20);
    const processes = [new JiraTraffic(), new JiraTraffic()];
    const all = Promise.all(
      processes.flatMap((traffic) => Array.from({ length: 8 }, () => busy(traffic, jira, 120_000))),
    );
    for (let second = 0; second < 130; second += 1) await pass(1_000);
    await all;
    expect(jira.refused).toBeLessThan(jira.passed / 200);
    expect(jira.passed / (rate.max + rate.fill * 120)).toBeGreaterThanOrEqual(0.95);
  });

  it('without a limit nothing is held back', async () => {
    const traffic = new JiraTraffic();
    (await traffic.enter(within(5_000))).answered(plain);
    const entered = await Promise.all(Array.from({ length: 40 }, () => traffic.enter(within(5_000))));
    expect([entered.length, performance.now()]).toEqual([40, 0]);
  });

  it('before the first answer one call goes alone, for a quarter of a second at most', async () => {
    const traffic = new JiraTraffic();
    await traffic.enter(within(5_000));
    let second = false;
    void traffic.enter(within(5_000)).then(() => (second = true));
    await pass(240);
    expect(second).toBe(false);
    await pass(20);
    expect(second).toBe(true);
  });
});

describe('F13 Retry-After', () => {
  async function limitedFor(wait: string): Promise<JiraTraffic> {
    const traffic = new JiraTraffic();
    (await traffic.enter(within(5_000))).answered(late(wait));
    return traffic;
  }

  it('nothing is sent before it is over', async () => {
    const traffic = await limitedFor('3');
    let sentAtMs: number | undefined;
    void traffic.enter(within(5_000)).then(() => (sentAtMs = performance.now()));
    await pass(2_999);
    expect(sentAtMs).toBeUndefined();
    await pass(5);
    expect(sentAtMs).toBeGreaterThanOrEqual(3_000);
  });

  it('who would not live to see the end of it is told at once how long it is', async () => {
    const traffic = await limitedFor('60');
    expect(await failure(traffic.enter(within(5_000)))).toMatchObject({
      code: 'jira.rate_limited',
      retryAfterMs: 60_000,
    });
    expect(performance.now()).toBe(0);
  });

  it('so are those that wait already: the breaker lets them through no more', async () => {
    const traffic = new JiraTraffic({ concurrencyMax: 1 });
    const first = await traffic.enter(within(5_000));
    const second = failure(traffic.enter(within(5_000)));
    await pass(300);
    first.answered(late('2'));
    expect(await second).toMatchObject({ code: 'jira.rate_limited', retryAfterMs: 2_000 });
  });

  it('trap 18 a huge value is five minutes, and 0 on a success is nothing', async () => {
    const blocked = await limitedFor('9223372036854775807');
    expect(await failure(blocked.enter(within(5_000)))).toMatchObject({ retryAfterMs: 300_000 });
    const open = new JiraTraffic();
    (await open.enter(within(5_000))).answered({ status: 200, headers: new Headers({ 'retry-after': '0' }) });
    await open.enter(within(5_000));
    expect(performance.now()).toBe(0);
  });

  it('a 429 that does not say how long is a second', async () => {
    const traffic = new JiraTraffic();
    (await traffic.enter(within(5_000))).answered({ status: 429, headers: new Headers() });
    void traffic.enter(within(5_000)).then((passage) => passage.answered(plain));
    await pass(999);
    expect(await failure(traffic.enter(within(1)).finally(() => pass(1)))).toMatchObject({ code: 'jira.rate_limited' });
  });
});

describe('F15 how many at once', () => {
  /** Past the first answer, with everybody inside. */
  async function full(concurrencyMax: number) {
    const traffic = new JiraTraffic({ concurrencyMax });
    (await traffic.enter(within(5_000))).answered(plain);
    const enter = () => traffic.enter(within(60_000));
    return { traffic, enter, inside: await Promise.all(Array.from({ length: concurrencyMax }, enter)) };
  }

  it('the next waits until one is back, in the order in which they came', async () => {
    const { enter, inside } = await full(2);
    const order: number[] = [];
    for (const n of [1, 2]) void enter().then(() => order.push(n));
    await pass(10);
    expect(order).toEqual([]);
    inside[0]!.answered(plain);
    await pass(0);
    expect(order).toEqual([1]);
  });

  it.each([
    ['an answer that comes late', 2_500, (one: { answered(a: typeof plain): void }) => one.answered(plain), 4],
    ['a 429', 10, (one: { answered(a: typeof plain): void }) => one.answered(late('1')), 4],
    ['no answer in time', 10, (one: { failed(how: 'late'): void }) => one.failed('late'), 4],
    ['a good answer', 10, (one: { answered(a: typeof plain): void }) => one.answered(plain), 8],
    ['a lost connection', 10, (one: { failed(how: 'lost'): void }) => one.failed('lost'), 8],
  ])('%s: %i ms', async (_what, afterMs, end, limit) => {
    const { traffic, inside } = await full(8);
    await pass(afterMs);
    end(inside[0] as never);
    expect(traffic.limit).toBe(limit);
  });

  it('a page of members that takes minutes takes nobody a place, and is no sign of anything', async () => {
    const { traffic, enter, inside } = await full(1);
    inside[0]!.answered(plain);
    const audit = await traffic.enter(within(180_000), 'audit');
    const second = traffic.enter(within(180_000), 'audit');
    await pass(150_000);
    audit.answered(plain);
    (await second).failed('late');
    expect(traffic.limit).toBe(1);
    await enter();
  });

  it('who found no place in time was not refused by Jira', async () => {
    const { traffic } = await full(1);
    const waiting = failure(traffic.enter(within(1_000)));
    await pass(1_000);
    expect(await waiting).toMatchObject({ code: 'jira.unreachable', internal: 'deadline' });
  });

  it('grows again when Jira stands it', async () => {
    const { traffic, inside } = await full(8);
    inside[0]!.failed('late');
    await pass(1);
    for (const one of inside.slice(1)) one.answered(plain);
    for (let round = 0; round < 60; round += 1) {
      const passages = await Promise.all(Array.from({ length: traffic.limit }, () => traffic.enter(within(5_000))));
      for (const passage of passages) passage.answered(plain);
    }
    expect(traffic.limit).toBe(8);
  });
});
