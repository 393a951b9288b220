interface Entry<Value> {
  readonly value: Value;
  readonly id: string;
  readonly at: number;
}

/**
 * A small memory of live sessions, least recently used first out. An entry is never older than `hardAgeMs`,
 * so that a lost notification cannot keep an ended session alive for longer.
 */
export class SessionCache<Value> {
  private readonly entries = new Map<string, Entry<Value>>();
  private generation = 0;

  constructor(
    private readonly limits: { entriesMax: number; hardAgeMs: number },
    private readonly clock: () => number = Date.now,
  ) {}

  get(key: string): Value | undefined {
    const entry = this.entries.get(key);
    if (!entry) return undefined;
    this.entries.delete(key);
    if (this.clock() - entry.at >= this.limits.hardAgeMs) return undefined;
    this.entries.set(key, entry);
    return entry.value;
  }

  /** What is loaded is kept only if no session ended meanwhile: the row may have been read before its end was committed. */
  async load(key: string, read: () => Promise<{ id: string; value: Value } | undefined>): Promise<Value | undefined> {
    const { generation } = this;
    const at = this.clock();
    const loaded = await read();
    if (loaded && generation === this.generation) this.keep(key, { ...loaded, at });
    return loaded?.value;
  }

  /** @param id empty: forget everything, because a notification may have been missed */
  forget(id: string): void {
    this.generation += 1;
    for (const [key, entry] of this.entries) if (id === '' || entry.id === id) this.entries.delete(key);
  }

  private keep(key: string, entry: Entry<Value>): void {
    this.entries.set(key, entry);
    const oldest = this.entries.keys().next();
    if (this.entries.size > this.limits.entriesMax && !oldest.done) this.entries.delete(oldest.value);
  }
}
