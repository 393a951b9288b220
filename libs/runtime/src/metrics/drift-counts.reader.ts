import type { DataSource } from 'typeorm';

export interface DriftCount {
  readonly scope: string;
  readonly checked: number;
  readonly differing: number;
  readonly repaired: number;
}

/** A sweep goes on for minutes, and its figures are made from all of its runs. */
const keptForMs = 30_000;

/** What the latest sweeps have found, as gauges need it. */
export class DriftCounts {
  private known: { readonly readAt: number; readonly counts: Promise<readonly DriftCount[]> } | undefined;

  constructor(private readonly dataSource: DataSource) {}

  read(): Promise<readonly DriftCount[]> {
    if (this.known && performance.now() - this.known.readAt < keptForMs) return this.known.counts;
    const counts = this.dataSource.query<DriftCount[]>(
      'select scope, checked, differing, repaired from sync.drift_report order by scope',
    );
    this.known = { readAt: performance.now(), counts };
    // A failure is not kept.
    counts.catch(() => (this.known = undefined));
    return counts;
  }
}
