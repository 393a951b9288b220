export interface Percentiles {
  readonly p50: number;
  readonly p99: number;
}

export interface GoalOptions {
  readonly better?: 'less' | 'more';
  readonly digits?: number;
  /** Whether it depends on the machine. */
  readonly kind?: 'count' | 'figure';
}

/** Whether every goal was met, told line by line. */
export class Report {
  private missed = 0;

  /** @param judged `counts`: figures of a machine that does something else besides are shown and decide nothing */
  constructor(private readonly judged: 'all' | 'counts' = 'all') {}

  line(text: string): void {
    process.stdout.write(`${text}\n`);
  }

  goal(
    what: string,
    value: number,
    limit: number,
    unit: string,
    { better = 'less', digits = 1, kind = 'figure' }: GoalOptions = {},
  ): void {
    const met = better === 'less' ? value <= limit : value >= limit;
    if (!met && (this.judged === 'all' || kind === 'count')) this.missed += 1;
    const sign = better === 'less' ? '<=' : '>=';
    this.line(`  ${met ? 'met   ' : 'MISSED'}  ${what}: ${value.toFixed(digits)} ${unit} (${sign} ${limit})`);
  }

  get allMet(): boolean {
    return this.missed === 0;
  }
}

export function percentiles(values: readonly number[]): Percentiles {
  const sorted = values.toSorted((one, other) => one - other);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!;
  return { p50: at(0.5), p99: at(0.99) };
}

export function told({ p50, p99 }: Percentiles): string {
  return `p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms`;
}
