import { Journal } from './journal.js';
import { Replicas } from './replicas.js';
import type { Change } from './rows.js';
import { Tables } from './tables.js';

/** The tables and their journal: a commit is in the file before it is in memory. */
export class Store {
  private readonly database = new Tables();
  private readonly journal: Journal | undefined;
  private replicas: Replicas | undefined;
  private cluster = { nodes: 1, lagMs: 0 };
  private node = 0;
  private view: Tables | undefined;

  /** Continues with what the file holds; a new or missing file starts with `initial`. */
  constructor(
    dataFile: string | undefined,
    private readonly initial: () => readonly Change[],
  ) {
    this.journal = dataFile === undefined ? undefined : new Journal(dataFile);
    const kept = this.journal?.read() ?? [];
    for (const change of kept.length > 0 ? kept : initial()) this.database.apply(change);
    this.journal?.replace(this.database.snapshot());
  }

  /** As the node sees them whose turn it is: a read from its caches, everything else from the database. */
  get tables(): Tables {
    return this.view ?? this.database;
  }

  /** A cluster whose nodes share the database and hear of each other's changes late. */
  replicate(cluster: { nodes: number; lagMs: number }): void {
    if (cluster.nodes === this.cluster.nodes && cluster.lagMs === this.cluster.lagMs) return;
    this.cluster = cluster;
    this.copyToNodes();
  }

  /** Whose turn it is until the next call; handlers of REST run to their end in one go. */
  turnTo(node: number, reads: boolean): void {
    this.node = node;
    this.view = reads ? this.replicas?.of(node) : undefined;
  }

  /** All or nothing, also across a kill. */
  commit(...changes: Change[]): void {
    if (changes.length === 0) return;
    this.journal?.append(changes);
    for (const change of changes) this.database.apply(change);
    this.replicas?.tell(this.node, changes);
  }

  reset(keep: (change: Change) => boolean): void {
    const kept = this.database.snapshot().filter(keep);
    this.database.clear();
    for (const change of [...this.initial(), ...kept]) this.database.apply(change);
    this.journal?.replace(this.database.snapshot());
    this.copyToNodes();
  }

  private copyToNodes(): void {
    const { nodes, lagMs } = this.cluster;
    this.view = undefined;
    this.replicas = nodes > 1 && lagMs > 0 ? new Replicas(nodes, lagMs, this.database.snapshot()) : undefined;
  }
}
