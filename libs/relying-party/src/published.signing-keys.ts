import { errors } from 'jose';
import { JwksCache } from './jwks-cache.js';
import type { Doubt, Sender } from './jwks-cache.js';
import { askProvider } from './provider.client.js';
import type { Reach } from './reach.js';
import { verifyWithKeys } from './signing-keys.js';
import type { SigningKeys, TakeNotice } from './signing-keys.js';
import { headerOf } from './token-header.js';

const withinMs = 2_000; // With nothing from before a clear page is due within three seconds (F25).
export const jwksRequest = {
  method: 'GET',
  headers: { accept: 'application/json, application/jwk-set+json' },
  body: null,
};

/** Those a provider publishes at its JWKS address. */
export class PublishedKeys implements SigningKeys {
  private readonly cache: JwksCache;
  private readonly load = () => askProvider(this.url, jwksRequest, withinMs, this.reach);

  constructor(
    readonly url: string,
    private readonly reach: Reach,
    takeNotice: TakeNotice,
  ) {
    this.cache = new JwksCache(takeNotice);
  }

  async verify(token: string, algorithms: readonly string[], sender: Sender = 'provider'): Promise<void> {
    const used = await this.cache.get(headerOf(token).kid, this.load, sender);
    try {
      await verifyWithKeys(token, used.keys, algorithms);
    } catch (error) {
      // The provider may have changed its key a moment before it signed, under the same id too (F24).
      const doubt = doubtOf(error);
      const renewed = doubt && (await this.cache.renewed(used, doubt, this.load, sender));
      if (!renewed) throw error;
      await verifyWithKeys(token, renewed.keys, algorithms);
      this.cache.renewalHelped(doubt, sender);
    }
  }

  async refresh(): Promise<void> {
    await this.cache.refresh(this.load);
  }
}

/** The only failures for which it is worth to look for newer keys. */
function doubtOf(error: unknown): Doubt | undefined {
  if (error instanceof errors.JWKSNoMatchingKey) return 'unknown-key';
  return error instanceof errors.JWSSignatureVerificationFailed ? 'wrong-signature' : undefined;
}
