const freshForMs = 300_000;
const usableForMs = 3_600_000;
const forcedEveryMs = 5_000;

interface KeySet {
  readonly body: string;
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
  async get(keyId: string | undefined, load: () => Promise<Response>): Promise<Response> {
    const { keys } = this;
    if (keys && this.isEnough(keys, keyId)) return answer(keys);
    if (keys && this.age(keys) < freshForMs) this.forcedAt = this.clock();
    try {
      const response = await load();
      const loaded = await this.parse(response.clone());
      if (loaded) this.keys = loaded;
      else if (keys && this.age(keys) < usableForMs) return answer(keys);
      return response;
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

  private async parse(response: Response): Promise<KeySet | undefined> {
    if (response.status !== 200) return undefined;
    const body = await response.text();
    const document = parseJson(body);
    const keys: unknown = typeof document === 'object' && document !== null && 'keys' in document && document.keys;
    if (!Array.isArray(keys) || keys.length === 0) return undefined;
    const keyIds = keys.map((key: unknown) => (typeof key === 'object' && key !== null && 'kid' in key ? key.kid : ''));
    return {
      body,
      keyIds: new Set(keyIds.filter((id) => typeof id === 'string')),
      fetchedAt: this.clock(),
    };
  }
}

function answer({ body }: KeySet): Response {
  return new Response(body, { status: 200, headers: { 'content-type': 'application/json' } });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
