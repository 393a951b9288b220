/** What waits for a slow provider's keys is bounded, for each provider and for all of them. */
export interface PlacesMax {
  readonly perProvider: number;
  readonly inAll: number;
}

/**
 * Who may be verified now. One provider, or whoever posts to its address, takes no more than its own places: the others
 * still end sessions while it is slow. Places are kept under configured keys alone, so a stranger's addresses make none.
 */
export class LogoutTokenPlaces {
  private readonly taken = new Map<string, number>();
  private inAll = 0;

  constructor(private readonly max: PlacesMax) {}

  /** @returns false, and nothing is taken, where there is no place left */
  take(provider: string): boolean {
    const ofProvider = this.taken.get(provider) ?? 0;
    if (ofProvider >= this.max.perProvider || this.inAll >= this.max.inAll) return false;
    this.taken.set(provider, ofProvider + 1);
    this.inAll += 1;
    return true;
  }

  leave(provider: string): void {
    const left = (this.taken.get(provider) ?? 0) - 1;
    if (left > 0) this.taken.set(provider, left);
    else this.taken.delete(provider);
    this.inAll -= 1;
  }
}
