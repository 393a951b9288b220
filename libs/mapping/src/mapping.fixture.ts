import { ConfigDocument } from '@gatehouse/contracts';
import type { ConfigDocumentInput } from '@gatehouse/contracts';
import type { Identity } from './provider-of.js';

export type MappingInput = NonNullable<ConfigDocumentInput['mappings']>[string];
export type GroupsInput = NonNullable<MappingInput['groups']>;
type ProviderInput = NonNullable<ConfigDocumentInput['providers']>[string];

/** One provider for each mapping. */
export function configOf(
  mappings: Record<string, MappingInput>,
  providers: Record<string, Partial<ProviderInput>> = {},
): ConfigDocument {
  return ConfigDocument.parse({
    version: 1,
    mappings,
    providers: Object.fromEntries(
      Object.keys(mappings).map((key) => [
        key,
        { name: key, issuer: `https://${key}.example`, clientId: 'c', ...providers[key] },
      ]),
    ),
  } satisfies ConfigDocumentInput);
}

/** Ada at a provider. Undefined: there is no claim with groups. */
export function ada(provider: string, groups?: unknown, claims: Record<string, unknown> = {}): Identity {
  const base = { preferred_username: 'Ada', email: 'ada@example.com', email_verified: true, given_name: 'Ada' };
  return { provider, claims: { ...base, ...(groups === undefined ? {} : { groups }), ...claims } };
}

/** mulberry32: small, and the same on every machine. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
