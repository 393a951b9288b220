import { randomBytes } from 'node:crypto';

const entriesMax = 20_000;

interface Entry<T> {
  readonly value: T;
  readonly expiresAt: number;
}

/** Values behind unguessable handles, all with the same lifetime; bounded, so that a load test cannot fill the memory. */
export class ExpiringStore<T> {
  /** In order of insertion, which with one lifetime is the order of expiry. */
  private readonly entries = new Map<string, Entry<T>>();

  constructor(
    private readonly lifetimeMs: number,
    private readonly now: () => number,
  ) {}

  /** @returns the handle, 256 random bits */
  put(value: T): string {
    const handle = randomBytes(32).toString('base64url');
    this.evict();
    this.entries.set(handle, { value, expiresAt: this.now() + this.lifetimeMs });
    return handle;
  }

  get(handle: string | undefined): T | undefined {
    const entry = handle === undefined ? undefined : this.entries.get(handle);
    return entry && entry.expiresAt > this.now() ? entry.value : undefined;
  }

  /** Reads and forgets: what comes out once never comes out again. */
  take(handle: string): T | undefined {
    const value = this.get(handle);
    this.entries.delete(handle);
    return value;
  }

  delete(handle: string | undefined): void {
    if (handle !== undefined) this.entries.delete(handle);
  }

  clear(): void {
    this.entries.clear();
  }

  private evict(): void {
    for (const [handle, { expiresAt }] of this.entries) {
      if (expiresAt > this.now() && this.entries.size < entriesMax) return;
      this.entries.delete(handle);
    }
  }
}
