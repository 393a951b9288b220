interface Window {
  failures: number;
  endsAt: number;
}

const windowMs = 60_000;
const failuresMax = 20;
const addressesMax = 10_000;

/**
 * Wrong tokens per remote address in a fixed window. While an address is over the limit no token of it is looked at,
 * a right one neither: otherwise guessing would go on behind the refusals.
 */
export class FailedAttempts {
  private readonly windows = new Map<string, Window>();

  constructor(private readonly now: () => number = Date.now) {}

  /** Milliseconds until this address may try again; 0: it may. */
  blockedForMs(address: string): number {
    const window = this.windows.get(address);
    if (!window || window.failures < failuresMax) return 0;
    return Math.max(0, window.endsAt - this.now());
  }

  record(address: string): void {
    const now = this.now();
    const window = this.windows.get(address);
    if (window && window.endsAt > now) {
      window.failures += 1;
      return;
    }
    this.windows.delete(address); // Re-inserted at the end: the first key is always the oldest window.
    if (this.windows.size >= addressesMax) this.windows.delete(this.windows.keys().next().value!);
    this.windows.set(address, { failures: 1, endsAt: now + windowMs });
  }
}
