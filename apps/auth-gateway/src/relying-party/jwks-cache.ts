import type { ProviderAnswer } from './provider-http.js';

const freshForMs = 300_000;
const usableForMs = 3_600_000;
const forcedEveryMs = 5_000;

interface KeySet {
  readonly text: string;
  readonly keyIds: ReadonlySet<string>;
  readonly fetchedAt: number;
}

/**
 * A provider's signing keys. An unknown key id causes one new fetch, at most every few seconds: openid-client
 * alone would refuse everybody for up to a minute after a rotation. When the provider does not answer, the
 * last keys stay usable for an hour.
 */
export class JwksCache {
  private keys: KeySet | undefined;
  private forcedAt = -Infinity;

  constructor(private readonly clock: () => number = Date.now) {}

  /** @param keyId of the token that is about to be verified; undefined when its header names none */
  async get(keyId: string | undefined, load: () => Promise<ProviderAnswer>): Promise<ProviderAnswer> {
    const { keys } = this;
    if (keys && this.isEnough(keys, keyId)) return answer(keys);
    if (keys && this.age(keys) < freshForMs) this.forcedAt = this.clock();
    try {
      const loadedAnswer = await load();
      const loaded = this.parse(loadedAnswer);
      if (loaded) this.keys = loaded;
      else if (keys && this.age(keys) < usableForMs) return answer(keys);
      return loadedAnswer;
    } catch (error) {
      if (keys && this.age(keys) < usableForMs) return answer(keys);
      throw error;
    }
  }

  private isEnough(keys: KeySet, keyId: string | undefined): boolean {
    if (this.age(keys) >= freshForMs) return false;
    if (keyId === undefined || keys.keyIds.has(keyId)) return true;
    return this.clock() - this.forcedAt < forcedEveryMs;
  }

  private age(keys: KeySet): number {
    return this.clock() - keys.fetchedAt;
  }

  private parse({ status, text }: ProviderAnswer): KeySet | undefined {
    if (status !== 200) return undefined;
    const document = parseJson(text);
    const keys: unknown = typeof document === 'object' && document !== null && 'keys' in document && document.keys;
    if (!Array.isArray(keys) || keys.length === 0) return undefined;
    const keyIds = keys.map((key: unknown) => (typeof key === 'object' && key !== null && 'kid' in key ? key.kid : ''));
    return {
      text,
      keyIds: new Set(keyIds.filter((id) => typeof id === 'string')),
      fetchedAt: this.clock(),
    };
  }
}

function answer({ text }: KeySet): ProviderAnswer {
  return { status: 200, contentType: 'application/json', challenge: undefined, text };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
