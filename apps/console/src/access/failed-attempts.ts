interface Window {
  attempts: number;
  endsAt: number;
}

const windowMs = 60_000;
const limits = { ofAddress: 20, ofAll: 200 };
const addressesMax = 10_000;

/**
 * Attempts with a token that is not known to be right, per remote address and in all, in fixed windows of a minute. It
 * decides nothing about a right token: 256 random bits cannot be guessed, so what is protected here is the log and
 * the database. The limit for all holds where addresses say little: behind a proxy, or when they are many.
 */
export class FailedAttempts {
  private readonly windows = new Map<string, Window>();
  private all: Window = { attempts: 0, endsAt: 0 };

  constructor(private readonly now: () => number = Date.now) {}

  /**
   * Counts before it is known how the attempt ends: otherwise a thousand at once would all be looked at.
   * @returns 0, or the milliseconds until the limit that is reached ends; then the attempt is not counted
   */
  begin(address: string): number {
    const now = this.now();
    if (this.all.endsAt <= now) this.all = { attempts: 0, endsAt: now + windowMs };
    const window = this.windowOf(address, now);
    if (window.attempts >= limits.ofAddress) return window.endsAt - now;
    if (this.all.attempts >= limits.ofAll) return this.all.endsAt - now;
    window.attempts += 1;
    this.all.attempts += 1;
    return 0;
  }

  /** The token was right: the attempt does not count. */
  takeBack(address: string): void {
    const window = this.windows.get(address);
    if (window) window.attempts = Math.max(0, window.attempts - 1);
    this.all.attempts = Math.max(0, this.all.attempts - 1);
  }

  private windowOf(address: string, now: number): Window {
    const known = this.windows.get(address);
    if (known && known.endsAt > now) return known;
    this.windows.delete(address); // Re-inserted at the end: the first key is always the oldest window.
    if (this.windows.size >= addressesMax) this.windows.delete(this.windows.keys().next().value!);
    const window = { attempts: 0, endsAt: now + windowMs };
    this.windows.set(address, window);
    return window;
  }
}
