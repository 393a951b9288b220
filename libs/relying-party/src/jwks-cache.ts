import { createLocalJWKSet } from 'jose';
import type { JSONWebKeySet } from 'jose';
import type { ProviderAnswer } from './provider.client.js';

const freshForMs = 300_000;
const usableForMs = 3_600_000;
const forcedEveryMs = 5_000;

/** Finds the key for a token's header; imported keys are kept. */
export type ProviderKeys = ReturnType<typeof createLocalJWKSet>;

interface KeySet {
  readonly keys: ProviderKeys;
  readonly keyIds: ReadonlySet<string>;
  readonly fetchedAt: number;
}

export class KeysUnusableError extends Error {
  readonly code = 'PROVIDER_KEYS_UNUSABLE';

  constructor() {
    super('the provider answered with no key set');
    this.name = 'KeysUnusableError';
  }
}

/**
 * A provider's signing keys. An unknown key id causes one new fetch, at most every few seconds: openid-client
 * alone would refuse everybody for up to a minute after a rotation. When the provider does not answer, the
 * last keys stay usable for an hour.
 */
export class JwksCache {
  private kept: KeySet | undefined;
  private forcedAt = -Infinity;

  constructor(private readonly clock: () => number = Date.now) {}

  /**
   * @param keyId of the token that is about to be verified; undefined when its header names none
   * @throws whatever `load` throws, or KeysUnusableError, when there are none from before
   */
  async get(keyId: string | undefined, load: () => Promise<ProviderAnswer>): Promise<ProviderKeys> {
    const { kept } = this;
    if (kept && this.isEnough(kept, keyId)) return kept.keys;
    if (kept && this.age(kept) < freshForMs) this.forcedAt = this.clock();
    try {
      this.kept = this.read(await load());
    } catch (error) {
      if (!kept || this.age(kept) >= usableForMs) throw error;
    }
    return this.kept!.keys;
  }

  private isEnough(kept: KeySet, keyId: string | undefined): boolean {
    if (this.age(kept) >= freshForMs) return false;
    if (keyId === undefined || kept.keyIds.has(keyId)) return true;
    return this.clock() - this.forcedAt < forcedEveryMs;
  }

  private age({ fetchedAt }: KeySet): number {
    return this.clock() - fetchedAt;
  }

  private read({ status, text }: ProviderAnswer): KeySet {
    const document = status === 200 ? parseJson(text) : undefined;
    if (!isKeySet(document)) throw new KeysUnusableError();
    const keyIds = document.keys.map(({ kid }) => kid).filter((kid) => typeof kid === 'string');
    return { keys: createLocalJWKSet(document), keyIds: new Set(keyIds), fetchedAt: this.clock() };
  }
}

function isKeySet(document: unknown): document is JSONWebKeySet {
  if (typeof document !== 'object' || document === null || !('keys' in document)) return false;
  const { keys } = document;
  return Array.isArray(keys) && keys.length > 0 && keys.every((key) => typeof key === 'object' && key !== null);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
