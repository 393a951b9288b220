import { HttpError } from '../http/http-error.js';

const retryAfterSeconds = 2;

/** Of the requests that a process works at, each provider has a share: whoever sends slowly holds up itself alone (C87). */
export class RequestShares {
  private readonly byProvider = new Map<string, number>();

  constructor(private readonly max: number) {}

  /** @returns what gives the place back, once. @throws HttpError 429 beyond the share */
  enter(provider: string): () => void {
    const underWay = this.byProvider.get(provider) ?? 0;
    if (underWay >= this.max) {
      const detail = `More requests of this provider are under way than it may have. Wait for ${retryAfterSeconds} s.`;
      throw new HttpError(429, detail, { 'Retry-After': String(retryAfterSeconds) });
    }
    this.byProvider.set(provider, underWay + 1);
    return () => this.leave(provider);
  }

  private leave(provider: string): void {
    const left = (this.byProvider.get(provider) ?? 1) - 1;
    if (left > 0) this.byProvider.set(provider, left);
    else this.byProvider.delete(provider);
  }
}
