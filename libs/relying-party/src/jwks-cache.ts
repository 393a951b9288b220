import { hash } from 'node:crypto';
import { createLocalJWKSet } from 'jose';
import type { JSONWebKeySet, JWK } from 'jose';
import { isJsonObject, parseJson } from './parse-json.js';
import type { ProviderAnswer } from './provider.client.js';
import { ProviderTroubleError } from './provider-trouble.js';
import type { ProviderKeys, TakeNotice } from './signing-keys.js';

const freshForMs = 300_000;
/** Through an outage, counted from its first failure; and whatever happens, counted from when they were read. */
const usableInOutageMs = 3_600_000;
const usableForMs = 7_200_000;
/** Between two reads in an outage: who signs in then is not kept waiting for what failed a moment ago. */
const retryEveryMs = 10_000;
/** Between two reads for keys that then were not there: a storm of unknown key ids costs the provider nothing (F24). */
const forcedEveryMs = 30_000;
const keysMax = 100;

export interface KeySet {
  readonly keys: ProviderKeys;
  readonly keyIds: ReadonlySet<string>;
  readonly thumbprints: ReadonlySet<string>;
  readonly readAt: number;
}

type Load = () => Promise<ProviderAnswer>;

/** Why newer keys are looked for. Each has a limit of its own: forged signatures must not hold up an honest change of keys. */
export type Doubt = 'unknown-key' | 'wrong-signature';

/**
 * A token of an exchange comes from the provider itself. A logout token is posted by anybody, who must not use up what
 * an honest sign-in needs after a change of keys (O24).
 */
export type Sender = 'provider' | 'anybody';

/**
 * A provider's published keys. openid-client alone would refuse everybody for up to a minute after a rotation, so an
 * unknown key id, and a signature that does not fit a known one, cause one read at once. A failure is never kept: with
 * nothing from before the next person asks again, and otherwise the last good keys stay in use for a while.
 */
export class JwksCache {
  private kept: KeySet | undefined;
  private running: Promise<KeySet> | undefined;
  private triedAt = -Infinity;
  private readonly forcedAt: Record<Sender, Record<Doubt, number>> = { provider: never(), anybody: never() };
  private failingSince: number | undefined;

  constructor(
    private readonly takeNotice: TakeNotice = () => undefined,
    private readonly clock: () => number = Date.now,
  ) {}

  /**
   * @param keyId of the token that is about to be verified; undefined when its header names none
   * @throws whatever `load` throws, or ProviderTroubleError, when there are none from before
   */
  async get(keyId: string | undefined, load: Load, sender: Sender = 'provider'): Promise<KeySet> {
    const { kept } = this;
    if (!kept) return this.read(load);
    if (this.clock() - kept.readAt >= freshForMs) return this.readAgain(kept, load);
    if (keyId === undefined || kept.keyIds.has(keyId)) return kept;
    const renewed = await this.renewed(kept, 'unknown-key', load, sender);
    if (renewed?.keyIds.has(keyId)) this.renewalHelped('unknown-key', sender);
    return renewed ?? kept;
  }

  /** For a token that `used` did not verify. @returns newer ones, or undefined when there are none or it is too soon */
  async renewed(used: KeySet, doubt: Doubt, load: Load, sender: Sender = 'provider'): Promise<KeySet | undefined> {
    if (this.kept !== used) return this.kept;
    if (!this.running) {
      const forcedAt = this.forcedAt[sender];
      if (this.clock() - forcedAt[doubt] < forcedEveryMs) return undefined;
      forcedAt[doubt] = this.clock();
    }
    return this.read(load).catch(() => undefined);
  }

  /** The key was there: an honest change of keys does not make the next one wait. */
  renewalHelped(doubt: Doubt, sender: Sender = 'provider'): void {
    this.forcedAt[sender][doubt] = -Infinity;
  }

  async refresh(load: Load): Promise<void> {
    await this.read(load).catch(() => undefined);
  }

  private async readAgain(kept: KeySet, load: Load): Promise<KeySet> {
    if (this.clock() - this.triedAt < retryEveryMs && !this.running && this.isUsable(kept)) return kept;
    try {
      return await this.read(load);
    } catch (error) {
      if (this.isUsable(kept)) return kept;
      throw error;
    }
  }

  private isUsable({ readAt }: KeySet): boolean {
    const now = this.clock();
    return (
      now - readAt < usableForMs && (this.failingSince === undefined || now - this.failingSince < usableInOutageMs)
    );
  }

  /** Whoever comes meanwhile waits for the same answer. */
  private read(load: Load): Promise<KeySet> {
    this.running ??= this.readOnce(load).finally(() => (this.running = undefined));
    return this.running;
  }

  private async readOnce(load: Load): Promise<KeySet> {
    this.triedAt = this.clock();
    try {
      const set = keySetOf(await load(), this.clock());
      this.tellChange(set);
      this.failingSince = undefined;
      return (this.kept = set);
    } catch (error) {
      if (this.failingSince === undefined && this.kept) {
        const reason = error instanceof Error && 'reason' in error ? String(error.reason) : 'they cannot be read';
        this.takeNotice({ kind: 'keys-unreadable', reason });
      }
      this.failingSince ??= this.clock();
      throw error;
    }
  }

  private tellChange({ thumbprints }: KeySet): void {
    if (!this.kept) return;
    const former = this.kept.thumbprints;
    const added = [...thumbprints].filter((thumbprint) => !former.has(thumbprint));
    const removed = [...former].filter((thumbprint) => !thumbprints.has(thumbprint));
    if (added.length + removed.length > 0) this.takeNotice({ kind: 'keys-changed', added, removed });
  }
}

function never(): Record<Doubt, number> {
  return { 'unknown-key': -Infinity, 'wrong-signature': -Infinity };
}

/** @throws ProviderTroubleError */
export function keySetOf({ status, text }: ProviderAnswer, readAt: number): KeySet {
  if (status !== 200) throw unusable(`they were answered with status ${status}`);
  const document = parseJson(text);
  if (!isKeySet(document)) throw unusable('the answer is no set of keys');
  if (document.keys.length > keysMax) throw unusable(`there are more than ${keysMax}`);
  const keyIds = document.keys.map(({ kid }) => kid).filter((kid) => typeof kid === 'string');
  const thumbprints = new Set(document.keys.map(thumbprintOf));
  return { keys: createLocalJWKSet(document), keyIds: new Set(keyIds), thumbprints, readAt };
}

function unusable(reason: string): ProviderTroubleError {
  return new ProviderTroubleError('PROVIDER_KEYS_UNUSABLE', `the signing keys cannot be used: ${reason}`);
}

function isKeySet(document: unknown): document is JSONWebKeySet {
  if (!isJsonObject(document)) return false;
  const { keys } = document;
  return Array.isArray(keys) && keys.length > 0 && keys.every(isJsonObject);
}

/** RFC 7638, shortened: enough to see that two keys differ. */
function thumbprintOf({ crv, e, kty, n, x, y }: JWK): string {
  return hash('sha256', JSON.stringify({ crv, e, kty, n, x, y }), 'base64url').slice(0, 16);
}
