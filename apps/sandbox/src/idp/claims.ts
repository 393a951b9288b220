import { createHash } from 'node:crypto';
import type { IdpClient } from './options.js';
import { lifetimes } from './options.js';
import { groupsOf } from './people.js';
import type { Claims, Person } from './people.js';

/** What a sign-in has given a client, until its refresh token ends. */
export interface Grant {
  readonly client: IdpClient;
  readonly username: string;
  readonly scopes: readonly string[];
  readonly nonce: string | undefined;
  /** Seconds since the epoch. */
  readonly authTime: number;
  /** Shared by all tokens that descend from one sign-in; revoking the refresh token ends them. */
  readonly originJti: string;
}

/** What changes from token to token. Times in seconds. */
export interface Issuance {
  readonly issuer: string;
  readonly now: number;
  readonly jti: string;
  readonly eventId: string;
}

const profileClaims = new Set([
  ...['name', 'family_name', 'given_name', 'middle_name', 'nickname', 'preferred_username', 'profile', 'picture'],
  ...['website', 'gender', 'birthdate', 'zoneinfo', 'locale', 'updated_at'],
]);
const scopeOf = new Map([
  ...[...profileClaims].map((claim) => [claim, 'profile'] as const),
  ...['email', 'email_verified'].map((claim) => [claim, 'email'] as const),
  ...['phone_number', 'phone_number_verified'].map((claim) => [claim, 'phone'] as const),
]);

/**
 * The attributes a set of scopes lets out. `openid` with none of profile, email and phone lets out all of them (Cognito
 * developer guide, userInfo endpoint); which scope lets out `custom:` attributes is not documented, profile is our guess.
 */
export function attributesWithin(scopes: readonly string[], attributes: Claims): Claims {
  const narrowing = scopes.filter((scope) => ['profile', 'email', 'phone'].includes(scope));
  if (narrowing.length === 0) return attributes;
  return Object.fromEntries(
    Object.entries(attributes).filter(
      ([claim]) => claim === 'sub' || narrowing.includes(scopeOf.get(claim) ?? 'profile'),
    ),
  );
}

export function idTokenClaims(grant: Grant, person: Person, issuance: Issuance, accessToken: string): Claims {
  const claims = {
    at_hash: accessTokenHash(accessToken),
    ...attributesWithin(grant.scopes, person.attributes),
    ...groupClaim(person, grant.client),
    'cognito:username': person.username,
    ...protocolClaims(grant, issuance),
    token_use: 'id',
    aud: grant.client.clientId,
    ...(grant.nonce === undefined ? {} : { nonce: grant.nonce }),
    ...person.claims,
  };
  return without(person.omit, claims);
}

/** No `aud`: who takes it for an ID token must notice. */
export function accessTokenClaims(grant: Grant, person: Person, issuance: Issuance): Claims {
  return {
    sub: person.attributes['sub'],
    ...groupClaim(person, grant.client),
    ...protocolClaims(grant, issuance),
    token_use: 'access',
    version: 2,
    client_id: grant.client.clientId,
    scope: grant.scopes.join(' '),
    username: person.username,
  };
}

const verifiedFlags = new Set(['email_verified', 'phone_number_verified']);
/** Overriding these is about the ID token alone. */
const tokenOnly = new Set([
  ...['iss', 'aud', 'exp', 'iat', 'nbf', 'nonce', 'azp', 'at_hash'],
  ...['jti', 'origin_jti', 'event_id', 'auth_time', 'token_use'],
]);

/** No groups, and the verified flags are strings: Cognito's userInfo is not its ID token. */
export function userInfoClaims(person: Person, scopes: readonly string[]): Claims {
  const overrides = Object.entries(person.claims ?? {}).filter(
    ([claim]) => !tokenOnly.has(claim) && !claim.startsWith('cognito:'),
  );
  const claims = {
    ...attributesWithin(scopes, person.attributes),
    ...Object.fromEntries(overrides),
    username: person.username,
  };
  const told = Object.entries(claims).map(([claim, value]) => [
    claim,
    verifiedFlags.has(claim) && typeof value === 'boolean' ? String(value) : value,
  ]);
  return { ...without(person.omit, Object.fromEntries(told) as Claims), ...person.userInfo };
}

function without(names: readonly string[] | undefined, claims: Claims): Claims {
  return names ? Object.fromEntries(Object.entries(claims).filter(([claim]) => !names.includes(claim))) : claims;
}

function protocolClaims(grant: Grant, { issuer, now, jti, eventId }: Issuance): Claims {
  return {
    iss: issuer,
    origin_jti: grant.originJti,
    event_id: eventId,
    auth_time: grant.authTime,
    exp: now + lifetimes.tokenSeconds,
    iat: now,
    jti,
  };
}

function groupClaim(person: Person, client: IdpClient): Claims {
  const groups = groupsOf(person, client.key);
  if (groups === null) return {};
  return groups.length > (client.overageAbove ?? Infinity) ? overage : { 'cognito:groups': groups };
}

/** OpenID Connect Core 5.6.2, distributed claims: the claim itself is left out. Nobody answers at the address. */
const overage = {
  _claim_names: { 'cognito:groups': 'src1' },
  _claim_sources: { src1: { endpoint: 'https://directory.invalid/me/getMemberObjects' } },
};

/** OIDC Core 3.1.3.6: the left half of the hash that belongs to RS256. */
export function accessTokenHash(accessToken: string): string {
  return createHash('sha256').update(accessToken, 'ascii').digest().subarray(0, 16).toString('base64url');
}
