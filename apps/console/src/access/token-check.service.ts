import { Inject, Injectable } from '@nestjs/common';
import { LOGGER } from '@gatehouse/telemetry';
import type { Logger } from '@gatehouse/telemetry';
import { ApiTokens } from './api-tokens.store.js';
import type { ValidToken } from './api-tokens.store.js';
import { FailedAttempts } from './failed-attempts.js';
import { hashSecret } from './hash-secret.js';
import { SharedLookup } from './shared-lookup.js';

export type TokenAnswer =
  | { readonly kind: 'valid'; readonly token: ValidToken }
  | { readonly kind: 'wrong' }
  | { readonly kind: 'limited'; readonly retryAfterMs: number };

const lookupPauseMs = 1_000;
const provenMax = 1_000;

/**
 * Is this token right? A right one is let in however many wrong ones arrive, also from the same address: behind a
 * proxy everybody has that address. Beyond the limit a token that was not right before waits up to a second for a
 * lookup it shares with all others, and a wrong one leaves no line in the log.
 */
@Injectable()
export class TokenCheck {
  /** Hashes that were right the last time: looked up at once whatever the limit says. The oldest is forgotten first. */
  private readonly proven = new Set<string>();
  private readonly shared = new SharedLookup((hashes) => this.tokens.find(hashes), lookupPauseMs);

  constructor(
    private readonly tokens: ApiTokens,
    private readonly failures: FailedAttempts,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async check(token: string, address: string): Promise<TokenAnswer> {
    const hash = hashSecret(token);
    if (this.proven.has(hash)) {
      const found = await this.lookUp(hash);
      if (found) return { kind: 'valid', token: found };
    }
    const retryAfterMs = this.failures.begin(address);
    const found = await (retryAfterMs > 0 ? this.shared.find(hash) : this.lookUp(hash));
    if (found) {
      if (retryAfterMs === 0) this.failures.takeBack(address);
      this.remember(hash);
      return { kind: 'valid', token: found };
    }
    if (retryAfterMs > 0) return { kind: 'limited', retryAfterMs };
    this.logger.warn({ address }, 'a wrong token was refused');
    return { kind: 'wrong' };
  }

  private async lookUp(hash: string): Promise<ValidToken | undefined> {
    const found = (await this.tokens.find([hash])).get(hash);
    if (!found) this.proven.delete(hash);
    return found;
  }

  private remember(hash: string): void {
    if (this.proven.size >= provenMax) this.proven.delete(this.proven.values().next().value!);
    this.proven.add(hash);
  }
}
