import type { Change } from './rows.js';
import { Tables } from './tables.js';

/** What each node of a cluster has in its caches: its own changes at once, those of the others after the lag. */
export class Replicas {
  private readonly nodes: readonly Tables[];

  constructor(
    count: number,
    private readonly lagMs: number,
    beginning: readonly Change[],
  ) {
    this.nodes = Array.from({ length: count }, () => {
      const tables = new Tables();
      for (const change of beginning) tables.apply(change);
      return tables;
    });
  }

  of(node: number): Tables | undefined {
    return this.nodes[node];
  }

  tell(writer: number, changes: readonly Change[]): void {
    this.nodes.forEach((tables, node) => {
      const apply = () => changes.forEach((change) => tables.apply(change));
      if (node === writer) apply();
      else setTimeout(apply, this.lagMs).unref();
    });
  }
}
