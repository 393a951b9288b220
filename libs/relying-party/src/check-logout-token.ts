import type { ProviderConfig } from '@gatehouse/contracts';

/** What a logout token says, after every check but the one for a replay. */
export interface LogoutOrder {
  readonly issuer: string;
  readonly subject: string | undefined;
  readonly providerSession: string | undefined;
  readonly tokenId: string;
}

export interface LogoutTokenParts {
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: Readonly<Record<string, unknown>>;
}

export interface LogoutTokenRules {
  readonly issuer: string;
  readonly clientId: string;
  readonly dialect: Exclude<ProviderConfig['backchannelLogout'], 'off'>;
  readonly toleranceSeconds: number;
  readonly nowSeconds: number;
}

export const logoutEvent = 'http://schemas.openid.net/event/backchannel-logout';

/** `strict`: about when its sender would expire it (oidc-provider: 120 s) with room for a retry. `draft`: it says no end itself. */
const ageMaxSeconds = { strict: 300, draft: 120 };
const textLengthMax = 255;

/**
 * OpenID Connect Back-Channel Logout 1.0, 2.6, and ASVS 10.5.5. The signature is verified already; nothing else is.
 * @returns the order, or the reason to refuse in words that name no value
 */
export function readLogoutToken({ header, claims }: LogoutTokenParts, rules: LogoutTokenRules): LogoutOrder | string {
  const { iss, aud, iat, exp, events, nonce, jti, sub, sid } = claims;
  if (!isTyped(header['typ'], rules.dialect)) return 'typ is not logout+jwt';
  if (iss !== rules.issuer) return 'iss is another';
  if (!(Array.isArray(aud) ? aud : [aud]).includes(rules.clientId)) return 'aud is another';
  const untimely = timeProblem(iat, exp, rules);
  if (untimely) return untimely;
  if (!isObject(events) || !Object.hasOwn(events, logoutEvent) || !isObject(events[logoutEvent]))
    return 'events does not name a logout';
  // With one it would be an ID token that somebody kept.
  if (nonce !== undefined) return 'there is a nonce';
  if (!isText(jti)) return 'jti is missing';
  if ((sub !== undefined && !isText(sub)) || (sid !== undefined && !isText(sid))) return 'sub or sid is impossible';
  if (sub === undefined && sid === undefined) return 'there is neither sub nor sid';
  return { issuer: rules.issuer, subject: sub, providerSession: sid, tokenId: jti };
}

/** RFC 7515 4.1.9: `application/` may be left out, and letters of either case are equal. */
function isTyped(typ: unknown, dialect: LogoutTokenRules['dialect']): boolean {
  if (typ === undefined) return dialect === 'draft';
  if (typeof typ !== 'string') return false;
  const name = typ.toLowerCase().replace(/^application\//, '');
  return name === 'logout+jwt' || (dialect === 'draft' && name === 'jwt');
}

function timeProblem(
  iat: unknown,
  exp: unknown,
  { dialect, nowSeconds, toleranceSeconds }: LogoutTokenRules,
): string | undefined {
  if (typeof iat !== 'number') return 'iat is missing';
  if (iat > nowSeconds + toleranceSeconds) return 'iat is in the future';
  // Of the draft dialect to the second: its age is the only bound there is.
  const lateness = dialect === 'strict' ? toleranceSeconds : 0;
  if (!(iat >= nowSeconds - ageMaxSeconds[dialect] - lateness)) return 'iat is too old';
  if (exp === undefined) return dialect === 'draft' ? undefined : 'exp is missing';
  return typeof exp === 'number' && exp > nowSeconds - toleranceSeconds ? undefined : 'exp is over';
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= textLengthMax && !value.includes('\0');
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
