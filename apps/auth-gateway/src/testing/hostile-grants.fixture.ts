import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Misbehaviour } from './hostile-idp.fixture.js';

/** A code, and what it is good for. */
export interface Grant {
  readonly redirectUri: string;
  readonly challenge: string;
  readonly nonce: string;
  readonly person: string;
  readonly misbehaviour: Misbehaviour;
  readonly expiresAt: number;
  used: boolean;
}

interface Client {
  readonly id: string;
  readonly secret: string;
  readonly redirectUri: string;
}

const codeMs = 60_000;

/** The part of the protocol that a client must not get wrong: exact addresses, PKCE, authentication, one use of a code. */
export class HostileGrants {
  private readonly grants = new Map<string, Grant>();

  constructor(private readonly client: Client) {}

  /** @returns what is wrong with an authorization request, in words */
  problemOf(query: URLSearchParams): string | undefined {
    const one = (name: string) => (query.getAll(name).length === 1 ? query.get(name)! : '');
    if (one('client_id') !== this.client.id) return 'no such client';
    if (one('redirect_uri') !== this.client.redirectUri) return 'redirect_uri is not registered';
    if (one('response_type') !== 'code') return 'only the code flow';
    if (!one('scope').split(' ').includes('openid')) return 'openid is missing';
    if (one('state').length < 22 || one('nonce').length < 22) return 'state and nonce are required';
    if (one('code_challenge_method') !== 'S256' || one('code_challenge').length !== 43) return 'PKCE is required';
    return undefined;
  }

  issue(query: URLSearchParams, person: string, misbehaviour: Misbehaviour): string {
    const code = randomBytes(24).toString('base64url');
    this.grants.set(code, {
      redirectUri: query.get('redirect_uri')!,
      challenge: query.get('code_challenge')!,
      nonce: query.get('nonce')!,
      person,
      misbehaviour,
      expiresAt: Date.now() + codeMs,
      used: false,
    });
    return code;
  }

  /** @returns the grant, or the error of RFC 6749 5.2 */
  redeem(form: URLSearchParams, authorization: string | undefined): Grant | 'invalid_client' | 'invalid_grant' {
    if (!this.isClient(form, authorization)) return 'invalid_client';
    const grant = this.grants.get(form.get('code') ?? '');
    if (!grant || grant.used || grant.expiresAt < Date.now()) return 'invalid_grant';
    grant.used = true;
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    const fits = form.get('redirect_uri') === grant.redirectUri && challenge === grant.challenge;
    return fits && form.get('grant_type') === 'authorization_code' ? grant : 'invalid_grant';
  }

  /** `client_secret_post` or, decoded as RFC 6749 2.3.1 says, `client_secret_basic`; never both. */
  private isClient(form: URLSearchParams, authorization: string | undefined): boolean {
    if (authorization === undefined) return this.isSecret(form.get('client_id'), form.get('client_secret'));
    if (form.has('client_secret') || !authorization.startsWith('Basic ')) return false;
    const [id, secret] = Buffer.from(authorization.slice(6), 'base64').toString().split(':').map(decodeURIComponent);
    return this.isSecret(id, secret);
  }

  private isSecret(id: string | null | undefined, secret: string | null | undefined): boolean {
    const expected = Buffer.from(this.client.secret);
    const given = Buffer.from(secret ?? '');
    return id === this.client.id && given.length === expected.length && timingSafeEqual(given, expected);
  }
}
