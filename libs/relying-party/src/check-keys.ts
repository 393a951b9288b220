import { createPublicKey } from 'node:crypto';
import type { JsonWebKey } from 'node:crypto';
import { readPublicKeys } from '@gatehouse/contracts';
import type { ProviderConfig, PublicKey } from '@gatehouse/contracts';
import { readClientKey } from './client-assertion.js';
import type { ClientSecrets } from './client-authentication.js';
import { keySetOf } from './jwks-cache.js';
import { algorithmsOf } from './key-algorithms.js';
import { isJsonObject } from './parse-json.js';
import { checkMs, daysUntil, fixUnreachable } from './provider-check.js';
import type { CheckedProvider, ProviderCheck } from './provider-check.js';
import { acceptedAlgorithms } from './provider-metadata.js';
import { ProviderTroubleError } from './provider-trouble.js';
import { askProvider, ProviderUnreachableError } from './provider.client.js';
import { jwksRequest } from './published.signing-keys.js';

const warnDays = 30;

export async function checkKeys({ provider, reach, metadata }: CheckedProvider): Promise<ProviderCheck[]> {
  if (provider.protocol === 'oauth2') return [];
  const advertised = metadata.id_token_signing_alg_values_supported;
  if (provider.publicKey !== undefined) return readPublicKeys(provider.publicKey).map(pastedKey);
  if (metadata.jwks_uri === undefined)
    return [failed('The provider does not say where its signing keys are.', 'Give jwksUrl or a publicKey.')];
  try {
    const answer = await askProvider(metadata.jwks_uri, jwksRequest, checkMs, reach);
    const { keys } = keySetOf(answer, Date.now());
    return [publishedKeys(keys.jwks().keys, acceptedAlgorithms(provider.algorithms, advertised, undefined))];
  } catch (error) {
    const known = error instanceof ProviderUnreachableError || error instanceof ProviderTroubleError;
    const reason = known ? error.reason : 'the signing keys cannot be used';
    return [failed(`The signing keys were not read: ${reason}.`, fixUnreachable)];
  }
}

/** The key with which we prove who we are. */
export function checkClientKey(
  { clientAuthentication, clientKeyId }: ProviderConfig,
  { clientSecret, clientKey }: ClientSecrets,
): ProviderCheck[] {
  switch (clientAuthentication) {
    case 'none':
      return [];
    case 'client_secret_post':
    case 'client_secret_basic':
    case 'client_secret_basic_raw':
      if (clientSecret !== undefined) return [];
      return [
        {
          check: 'keys',
          outcome: 'warning',
          text: 'There is no client secret: Gatehouse takes part as a public client.',
          fix: 'Give the clientSecret, or set clientAuthentication to none if this is meant.',
        },
      ];
    case 'private_key_jwt':
    case 'apple':
      try {
        readClientKey(clientKey, clientKeyId, clientAuthentication === 'apple' ? ['ES256'] : undefined);
        return [];
      } catch (error) {
        const reason = error instanceof ProviderTroubleError ? error.reason : 'the private key cannot be read';
        return [failed(`${reason.charAt(0).toUpperCase()}${reason.slice(1)}.`, 'Give the clientKey as PEM (PKCS #8).')];
      }
  }
}

function pastedKey({ key, expiresAt }: PublicKey): ProviderCheck {
  const kind = `A pasted ${expiresAt ? 'certificate' : 'public key'} for ${algorithmsOf(key).join(', ')}`;
  if (!expiresAt) return { check: 'keys', outcome: 'ok', text: `${kind}.` };
  const days = daysUntil(expiresAt);
  const end = expiresAt.toISOString().slice(0, 10);
  const fix = 'Paste the next certificate beside it, in time.';
  if (expiresAt.getTime() <= Date.now()) return failed(`${kind} expired on ${end}: it verifies nothing any more.`, fix);
  const outcome = days < warnDays ? 'warning' : 'ok';
  return {
    check: 'keys',
    outcome,
    text: `${kind}, valid until ${end} (${days} days).`,
    ...(outcome === 'ok' ? {} : { fix }),
  };
}

function publishedKeys(keys: readonly object[], accepted: readonly string[]): ProviderCheck {
  const fitting = accepted.filter((algorithm) => keys.some((key) => isFor(key, algorithm)));
  const count = `${keys.length} ${keys.length === 1 ? 'key is' : 'keys are'} published`;
  if (fitting.length > 0) return { check: 'keys', outcome: 'ok', text: `${count}, for ${fitting.join(', ')}.` };
  const wanted =
    accepted.length === 0 ? 'no signature made with a key pair is advertised' : `accepted: ${accepted.join(', ')}`;
  return failed(`${count}, and none is for a signature that is accepted (${wanted}).`, 'Check algorithms.');
}

function isFor(key: object, algorithm: string): boolean {
  if (!isJsonObject(key) || (key['use'] !== undefined && key['use'] !== 'sig')) return false;
  if (key['alg'] !== undefined && key['alg'] !== algorithm) return false;
  try {
    return algorithmsOf(createPublicKey({ key: key as JsonWebKey, format: 'jwk' })).includes(algorithm);
  } catch {
    return false;
  }
}

function failed(text: string, fix: string): ProviderCheck {
  return { check: 'keys', outcome: 'failed', text, fix };
}
