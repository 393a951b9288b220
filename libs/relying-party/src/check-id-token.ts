import { createHash } from 'node:crypto';
import { clockProblem } from './clock-problem.js';

interface IdTokenClaims {
  readonly iat: number;
  readonly sub: string;
  readonly [claim: string]: unknown;
}

interface IdTokenContext {
  readonly accessToken: string;
  /** Of the verified token's header. */
  readonly alg: string;
  readonly clientId: string;
  readonly nowSeconds: number;
  readonly toleranceSeconds: number;
}

const subjectLengthMax = 255; // OpenID Connect Core 2
/** PostgreSQL keeps no NUL, half a surrogate pair would become another person's, and nobody is named by line breaks. */
const unusable = /[\p{Cc}\p{Surrogate}]/u;

/**
 * What openid-client leaves to the application. The signature, issuer, audience, nonce and expiry are verified already.
 * @returns the reason to refuse, in words that name no value but times
 */
export function idTokenProblem(claims: IdTokenClaims, context: IdTokenContext): string | undefined {
  if (claims.sub === '' || claims.sub.length > subjectLengthMax) return 'sub has an impossible length';
  if (unusable.test(claims.sub)) return 'sub has impossible characters';
  // O12: at Cognito an access token carries the same signature and issuer.
  if (claims['token_use'] !== undefined && claims['token_use'] !== 'id') return 'token_use is not id';
  // O15: whoever it was made for, it was not us. The library looks only when there are several audiences.
  if (claims['azp'] !== undefined && claims['azp'] !== context.clientId) return 'azp is another client';
  const untimely = clockProblem(claims, context);
  if (untimely) return untimely;
  const { at_hash: atHash } = claims;
  if (atHash !== undefined && atHash !== halfHash(context.accessToken, context.alg))
    return 'at_hash does not fit the access token';
  return undefined;
}

/** OpenID Connect Core 3.1.3.6: the left half of the hash that the signature algorithm names. */
function halfHash(token: string, alg: string): string {
  const bits = /(256|384|512)$/.exec(alg)?.[1] ?? '512'; // EdDSA with Ed25519 uses SHA-512
  const digest = createHash(`sha${bits}`).update(token).digest();
  return digest.subarray(0, digest.length / 2).toString('base64url');
}
