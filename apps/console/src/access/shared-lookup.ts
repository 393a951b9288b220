const hashesMax = 10_000;

interface Batch<Found> {
  readonly hashes: Set<string>;
  readonly answer: Promise<ReadonlyMap<string, Found>>;
}

/** Everything asked within one pause shares one query, so that a flood costs the database one query a second. */
export class SharedLookup<Found> {
  private batch: Batch<Found> | undefined;

  constructor(
    private readonly query: (hashes: readonly string[]) => Promise<ReadonlyMap<string, Found>>,
    private readonly pauseMs: number,
  ) {}

  async find(hash: string): Promise<Found | undefined> {
    const batch = (this.batch ??= this.begin());
    if (batch.hashes.size >= hashesMax) return undefined;
    batch.hashes.add(hash);
    return (await batch.answer).get(hash);
  }

  private begin(): Batch<Found> {
    const hashes = new Set<string>();
    const answer = new Promise<void>((resolve) => {
      setTimeout(resolve, this.pauseMs);
    }).then(() => {
      this.batch = undefined;
      return this.query([...hashes]);
    });
    return { hashes, answer };
  }
}
