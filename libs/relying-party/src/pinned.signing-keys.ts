import { errors } from 'jose';
import { readPublicKeys } from '@gatehouse/contracts';
import type { PublicKey } from '@gatehouse/contracts';
import { algorithmsOf } from './key-algorithms.js';
import { ProviderTroubleError } from './provider-trouble.js';
import { isSignedBy } from './signing-keys.js';
import type { SigningKeys, TakeNotice } from './signing-keys.js';
import { headerOf } from './token-header.js';

const warnBeforeMs = 30 * 86_400_000;

/** Those an administrator pasted: only they verify, whatever a token's header says, and no network is asked for any. */
export class PinnedKeys implements SigningKeys {
  private readonly keys: readonly PublicKey[];
  private readonly told = new Set<string>();

  constructor(
    readonly pem: string,
    private readonly takeNotice: TakeNotice,
    private readonly clock: () => number = Date.now,
  ) {
    this.keys = readPublicKeys(pem);
    this.tellExpiries();
  }

  /** What these keys are for, where nobody says which signatures to accept. */
  get algorithms(): readonly string[] {
    return [...new Set(this.keys.flatMap(({ key }) => algorithmsOf(key).slice(0, 1)))];
  }

  async verify(token: string, algorithms: readonly string[]): Promise<void> {
    const { alg } = headerOf(token);
    const valid = this.keys.filter((key) => !this.isExpired(key));
    if (valid.length < this.keys.length) this.tellExpiries();
    if (valid.length === 0) throw new ProviderTroubleError('PROVIDER_KEYS_UNUSABLE', 'every certificate has expired');
    for (const { key } of valid) {
      if (alg === undefined || !algorithmsOf(key).includes(alg)) continue;
      if (await isSignedBy(token, key, algorithms)) return;
    }
    throw new errors.JWSSignatureVerificationFailed();
  }

  async refresh(): Promise<void> {
    this.tellExpiries();
    return Promise.resolve();
  }

  private isExpired({ expiresAt }: PublicKey): boolean {
    return expiresAt !== undefined && expiresAt.getTime() <= this.clock();
  }

  /** Once each, before a certificate stops to verify and when it has (P08). */
  private tellExpiries(): void {
    for (const key of this.keys) {
      const { expiresAt } = key;
      if (!expiresAt || expiresAt.getTime() - this.clock() > warnBeforeMs) continue;
      const kind = this.isExpired(key) ? 'certificate-expired' : 'certificate-expires';
      const name = `${kind} ${expiresAt.getTime()}`;
      if (this.told.has(name)) continue;
      this.told.add(name);
      this.takeNotice({ kind, expiresAt });
    }
  }
}
