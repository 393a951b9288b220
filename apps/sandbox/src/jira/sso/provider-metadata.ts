import { createRemoteJWKSet } from 'jose';
import type { JWTVerifyGetKey } from 'jose';
import { z } from 'zod';
import type { IdpRow } from '../data/rows.js';
import { LoginFailure } from './login-failure.js';

const timeoutMs = 5_000;
const documentBytesMax = 256 * 1024;
/** Jira refreshes on a cron expression, hourly as it ships. */
const cacheMs = 60 * 60 * 1000;

/** OpenID Connect Discovery 1.0 section 3: what the SSO app needs of it. */
const Metadata = z.object({
  issuer: z.string(),
  authorization_endpoint: z.url(),
  token_endpoint: z.url(),
  jwks_uri: z.url(),
});

export interface ProviderMetadata extends z.infer<typeof Metadata> {
  readonly keys: JWTVerifyGetKey;
}

/** Discovered metadata, kept for an hour and dropped when the configuration changes. */
export class ProviderDirectory {
  private readonly cache = new Map<number, { metadata: ProviderMetadata; version: string; until: number }>();

  async of(idp: IdpRow, signal: AbortSignal): Promise<ProviderMetadata> {
    const version = idp['last-updated'];
    const kept = this.cache.get(idp.id);
    if (kept?.version === version && kept.until > Date.now()) return kept.metadata;
    const metadata = await discover(idp['issuer-url'], signal);
    this.cache.set(idp.id, { metadata, version, until: Date.now() + cacheMs });
    return metadata;
  }

  clear(): void {
    this.cache.clear();
  }
}

async function discover(issuer: string, signal: AbortSignal): Promise<ProviderMetadata> {
  const address = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const metadata = Metadata.parse(await fetchJson(address, { signal }).catch(rejectDiscovery), {
    error: () => 'invalid',
  });
  // Discovery 1.0 section 4.3: exactly equal, or another provider could speak for this one.
  if (metadata.issuer !== issuer) {
    throw new LoginFailure(502, `The identity provider calls itself ${metadata.issuer}, but ${issuer} is configured.`);
  }
  // Without a cooldown a token signed by a key made a moment ago is looked up again, as Jira's library does.
  return {
    ...metadata,
    keys: createRemoteJWKSet(new URL(metadata.jwks_uri), { timeoutDuration: timeoutMs, cooldownDuration: 0 }),
  };
}

function rejectDiscovery(cause: unknown): never {
  throw new LoginFailure(502, "We couldn't fetch the data from your identity provider.", { cause });
}

/** A JSON document of the provider: bounded in time and size, redirects are not followed. */
export async function fetchJson(address: string, init: RequestInit & { signal: AbortSignal }): Promise<unknown> {
  const signal = AbortSignal.any([init.signal, AbortSignal.timeout(timeoutMs)]);
  const response = await fetch(address, { ...init, signal, redirect: 'error' });
  if (!response.ok) throw new Error(`the identity provider answered ${response.status}`);
  return JSON.parse(await readBounded(response)) as unknown;
}

async function readBounded(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  const body: AsyncIterable<Uint8Array> | null = response.body;
  for await (const chunk of body ?? []) {
    bytes += chunk.length;
    if (bytes > documentBytesMax) throw new Error('the identity provider answered too much');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
