import type { Grant } from './claims.js';
import { ExpiringStore } from './expiring-store.js';
import type { Endpoint, Faults } from './faults.js';
import { endpoints } from './faults.js';
import { lifetimes } from './options.js';
import type { IdpClient } from './options.js';
import type { People } from './people.js';
import type { SigningKeys } from './signing-keys.js';

export interface AuthorizationCode {
  readonly grant: Grant;
  readonly redirectUri: string;
  readonly codeChallenge: string | undefined;
}

/** A managed-login session: the browser's, shared by all clients of the pool. */
export interface LoginSession {
  readonly username: string;
  /** Seconds since the epoch. */
  readonly authTime: number;
}

/** Where the two sites of the provider are. */
export interface Sites {
  readonly issuer: string;
  readonly issuerHost: string;
  readonly domain: string;
  readonly domainHost: string;
}

const revokedMax = 20_000;

/** Everything the routes share. */
export interface IdpContext {
  readonly sites: Sites;
  readonly poolId: string;
  readonly clients: readonly IdpClient[];
  readonly keys: SigningKeys;
  readonly people: People;
  readonly faults: Faults;
  readonly memory: Memory;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** What the provider remembers; nothing of it outlives the process. */
export class Memory {
  readonly sessions: ExpiringStore<LoginSession>;
  readonly codes: ExpiringStore<AuthorizationCode>;
  readonly refreshTokens: ExpiringStore<Grant>;
  /** `origin_jti` of revoked sign-ins, whose access tokens are refused from then on. */
  private readonly revoked = new Set<string>();
  calls = noCalls();

  constructor(now: () => number) {
    this.sessions = new ExpiringStore(lifetimes.sessionMs, now);
    this.codes = new ExpiringStore(lifetimes.codeMs, now);
    this.refreshTokens = new ExpiringStore(lifetimes.refreshMs, now);
  }

  revoke(originJti: string): void {
    if (this.revoked.size >= revokedMax) this.revoked.clear();
    this.revoked.add(originJti);
  }

  isRevoked(originJti: string): boolean {
    return this.revoked.has(originJti);
  }

  clear(): void {
    for (const store of [this.sessions, this.codes, this.refreshTokens]) store.clear();
    this.revoked.clear();
    this.calls = noCalls();
  }
}

function noCalls(): Record<Endpoint, number> {
  return Object.fromEntries(endpoints.map((endpoint) => [endpoint, 0])) as Record<Endpoint, number>;
}

export const seconds = (milliseconds: number): number => Math.floor(milliseconds / 1000);
