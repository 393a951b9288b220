import { createHash } from 'node:crypto';

interface IdTokenClaims {
  readonly iat: number;
  readonly sub: string;
  readonly [claim: string]: unknown;
}

const iatToleranceSeconds = 600;
const subjectLengthMax = 255; // OpenID Connect Core 2

/**
 * What openid-client leaves to the application. The signature, issuer, audience, nonce and expiry are verified already.
 * @param alg of the verified token's header
 * @returns the reason to refuse, in words that name no value
 */
export function idTokenProblem(
  claims: IdTokenClaims,
  { accessToken, alg, nowSeconds }: { accessToken: string; alg: string; nowSeconds: number },
): string | undefined {
  if (claims.sub === '' || claims.sub.length > subjectLengthMax) return 'sub has an impossible length';
  // O12: at Cognito an access token carries the same signature and issuer.
  if (claims['token_use'] !== undefined && claims['token_use'] !== 'id') return 'token_use is not id';
  // O18: the token was made for this very exchange, whatever its expiry says.
  if (Math.abs(nowSeconds - claims.iat) > iatToleranceSeconds) return 'iat is not about now';
  const { at_hash: atHash } = claims;
  if (atHash !== undefined && atHash !== halfHash(accessToken, alg)) return 'at_hash does not fit the access token';
  return undefined;
}

/** OpenID Connect Core 3.1.3.6: the left half of the hash that the signature algorithm names. */
function halfHash(token: string, alg: string): string {
  const bits = /(256|384|512)$/.exec(alg)?.[1] ?? '512'; // EdDSA with Ed25519 uses SHA-512
  const digest = createHash(`sha${bits}`).update(token).digest();
  return digest.subarray(0, digest.length / 2).toString('base64url');
}
