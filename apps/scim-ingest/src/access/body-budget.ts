import { HttpError } from '../http/http-error.js';

export interface BodyLimits {
  readonly totalBytes: number;
  readonly providerBytes: number;
}

/** A body may have ten of these millions, and what is made of one takes several times its bytes. */
const limits: BodyLimits = { totalBytes: 67_108_864, providerBytes: 33_554_432 };

/** How soon a place is free nobody knows; a body under way has a minute at most. */
const retryAfterSeconds = 2;

/** What one request has taken of the budget. */
export interface BodyAllowance {
  /** @throws HttpError 429 when there is not so much left; what was taken stays taken until `release` */
  take(bytes: number): void;
  release(): void;
}

/**
 * Bounds the bytes of bodies that are being read or worked at, whatever their number. One provider cannot have them all:
 * beyond its share it waits alone (C87). Bodies are counted when they are announced, so that many slow ones count too.
 */
export class BodyBudget {
  private total = 0;
  private readonly byProvider = new Map<string, number>();

  constructor(private readonly max: BodyLimits = limits) {}

  open(provider: string): BodyAllowance {
    let taken = 0;
    return {
      take: (bytes) => {
        const ofProvider = this.byProvider.get(provider) ?? 0;
        if (ofProvider + bytes > this.max.providerBytes) throw tooMuch('of this provider');
        if (this.total + bytes > this.max.totalBytes) throw tooMuch('of all providers together');
        taken += bytes;
        this.set(provider, ofProvider + bytes, this.total + bytes);
      },
      release: () => {
        this.set(provider, (this.byProvider.get(provider) ?? 0) - taken, this.total - taken);
        taken = 0;
      },
    };
  }

  private set(provider: string, ofProvider: number, total: number): void {
    this.total = total;
    if (ofProvider > 0) this.byProvider.set(provider, ofProvider);
    else this.byProvider.delete(provider);
  }
}

function tooMuch(whose: string): HttpError {
  const detail = `More bytes of bodies ${whose} are under way than there is room for. Wait for ${retryAfterSeconds} s.`;
  return new HttpError(429, detail, { 'Retry-After': String(retryAfterSeconds) });
}
