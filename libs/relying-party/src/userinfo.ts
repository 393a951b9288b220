import { isJsonObject, parseJson } from './parse-json.js';
import type { Claims } from './merge-claims.js';
import type { ProviderAnswer } from './provider.client.js';
import { ProviderTroubleError } from './provider-trouble.js';

export interface UserinfoRules {
  readonly issuer: string;
  readonly clientId: string;
  readonly nowSeconds: number;
  readonly toleranceSeconds: number;
  /** @throws when no key of the provider has signed this JWT */
  readonly verifySignature: (token: string) => Promise<void>;
}

export function userinfoRequest(accessToken: string) {
  const headers = { accept: 'application/json, application/jwt', authorization: `Bearer ${accessToken}` };
  return { method: 'GET', headers, body: null }; // RFC 6750 2.1: the token in a header, never in an address.
}

/**
 * OpenID Connect Core 5.3.2: claims as JSON, or signed.
 * @throws ProviderTroubleError, or what `verifySignature` throws
 */
export async function readUserinfo(answer: ProviderAnswer, rules: UserinfoRules): Promise<Claims> {
  if (answer.status !== 200) throw unusable(`it was answered with status ${answer.status}`);
  const type = mediaTypeOf(answer);
  if (type === 'application/jwt') return signedClaims(answer.text.trim(), rules);
  if (!isJsonType(type)) throw unusable('the answer is neither JSON nor a JWT');
  const claims = parseJson(answer.text);
  if (!isJsonObject(claims)) throw unusable('the answer is not a JSON object');
  return claims;
}

/**
 * GitHub names no address in the profile that is sure to be the person's own.
 * @returns the primary one if it is verified
 */
export function primaryVerifiedEmail(answer: ProviderAnswer): string | undefined {
  const list = answer.status === 200 && isJsonType(mediaTypeOf(answer)) ? parseJson(answer.text) : undefined;
  if (!Array.isArray(list)) throw unusable(`the list of addresses cannot be read (status ${answer.status})`);
  const primary = list
    .slice(0, addressesMax)
    .filter(isJsonObject)
    .find((entry) => entry['primary'] === true && entry['verified'] === true);
  return typeof primary?.['email'] === 'string' ? primary['email'] : undefined;
}

const addressesMax = 1_000;

async function signedClaims(token: string, rules: UserinfoRules): Promise<Claims> {
  await rules.verifySignature(token);
  const claims = parseJson(Buffer.from(token.split('.')[1]!, 'base64url').toString());
  if (!isJsonObject(claims)) throw unusable('the signed answer is not a JSON object');
  const { iss, aud, exp } = claims;
  if (iss !== undefined && iss !== rules.issuer) throw unusable('the signed answer is from another issuer');
  if (aud !== undefined && !(Array.isArray(aud) ? aud : [aud]).includes(rules.clientId))
    throw unusable('the signed answer is for another client');
  if (exp !== undefined && !(typeof exp === 'number' && exp > rules.nowSeconds - rules.toleranceSeconds))
    throw unusable('the signed answer has expired');
  return claims;
}

function mediaTypeOf({ contentType = '' }: ProviderAnswer): string {
  return contentType.split(';', 1)[0]!.trim().toLowerCase();
}

function isJsonType(type: string): boolean {
  return type === 'application/json' || /^application\/[\w.-]+\+json$/.test(type);
}

function unusable(reason: string): ProviderTroubleError {
  return new ProviderTroubleError('USERINFO_UNUSABLE', `userinfo cannot be used: ${reason}`);
}
