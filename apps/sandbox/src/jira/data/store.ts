import { Journal } from './journal.js';
import type { Change } from './rows.js';
import { Tables } from './tables.js';

/** The tables and their journal: a commit is in the file before it is in memory. */
export class Store {
  readonly tables = new Tables();
  private readonly journal: Journal | undefined;

  /** Continues with what the file holds; a new or missing file starts with `initial`. */
  constructor(
    dataFile: string | undefined,
    private readonly initial: () => readonly Change[],
  ) {
    this.journal = dataFile === undefined ? undefined : new Journal(dataFile);
    const kept = this.journal?.read() ?? [];
    for (const change of kept.length > 0 ? kept : initial()) this.tables.apply(change);
    this.journal?.replace(this.tables.snapshot());
  }

  /** All or nothing, also across a kill. */
  commit(...changes: Change[]): void {
    if (changes.length === 0) return;
    this.journal?.append(changes);
    for (const change of changes) this.tables.apply(change);
  }

  reset(keep: (change: Change) => boolean): void {
    const kept = this.tables.snapshot().filter(keep);
    this.tables.clear();
    for (const change of [...this.initial(), ...kept]) this.tables.apply(change);
    this.journal?.replace(this.tables.snapshot());
  }
}
