/** A change-happy script must not starve the audit, or hide one change among thousands. */
const changesPerMinute = 120;
const windowMs = 60_000;
const actorsMax = 10_000;

/** Changes of each actor in a fixed window. */
export class ChangeLimit {
  private readonly windows = new Map<string, { changes: number; readonly endsAt: number }>();

  constructor(private readonly now: () => number = Date.now) {}

  /** Counts one. Milliseconds until this actor may change something again; 0: now. */
  takeOne(actor: string): number {
    const now = this.now();
    const window = this.windows.get(actor);
    if (window && window.endsAt > now) {
      window.changes += 1;
      return window.changes > changesPerMinute ? window.endsAt - now : 0;
    }
    this.windows.delete(actor); // Re-inserted at the end: the first key is always the oldest window.
    if (this.windows.size >= actorsMax) this.windows.delete(this.windows.keys().next().value!);
    this.windows.set(actor, { changes: 1, endsAt: now + windowMs });
    return 0;
  }
}
