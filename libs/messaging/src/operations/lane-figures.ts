/** What a lane takes in and gets done, per minute. */
export interface Throughput {
  readonly minutes: 1 | 5 | 15;
  readonly inPerMinute: number;
  readonly outPerMinute: number;
}

export interface Drain {
  /** By how many jobs a minute the backlog shrinks; negative while it grows. */
  readonly netPerMinute: number;
  /** Seconds until the backlog is gone at this pace; 0: there is none; null: it does not shrink. */
  readonly etaSeconds: number | null;
}

/** Over five minutes: one is noise, and fifteen still speak of a storm that has passed. */
const steadyMinutes = 5;

export function drainOf(backlog: number, throughput: readonly Throughput[]): Drain {
  const steady = throughput.find(({ minutes }) => minutes === steadyMinutes);
  const netPerMinute = steady ? round(steady.outPerMinute - steady.inPerMinute) : 0;
  if (backlog === 0) return { netPerMinute, etaSeconds: 0 };
  return { netPerMinute, etaSeconds: netPerMinute > 0 ? Math.ceil((backlog / netPerMinute) * 60) : null };
}

function round(perMinute: number): number {
  return Math.round(perMinute * 10) / 10;
}
