import type { z } from 'zod';
import { mappingsWithoutProvider } from './config-document.js';
import type { ConfigDocument } from './config-document.js';
import { issueText } from './issue-text.js';
import { ownMember } from './own-member.js';
import { contradictionsIn } from './provider-contradictions.js';
import type { Contradiction } from './provider-contradictions.js';
import { Provider } from './provider.js';
import type { ProviderValues } from './provider.js';

/** What can be said of a provider, whatever else is wrong with it. */
export interface KnownProvider {
  /** Members that are right by themselves, with their defaults. */
  readonly values: Partial<ProviderValues>;
  /** Members that are not. */
  readonly wrong: ReadonlySet<string>;
}

export function knownProviders({ providers }: ConfigDocument): ReadonlyMap<string, KnownProvider> {
  return new Map(Object.entries(providers).map(([key, values]) => [key, { values, wrong: new Set<string>() }]));
}

/** Of a document that is wrong somewhere, so that one mistake does not hide another one elsewhere. */
export function providersKnownIn(document: unknown): ReadonlyMap<string, KnownProvider> {
  return new Map(
    Object.entries(membersOf(membersOf(document)['providers'])).flatMap(([key, provider]) =>
      isObject(provider) ? [[key, known(provider)] as const] : [],
    ),
  );
}

/**
 * What is wrong with the meaning of the parts whose form is right.
 * @param known of the providers in it
 */
export function meaningFaults(document: unknown, known: ReadonlyMap<string, KnownProvider>): readonly Contradiction[] {
  const { providers, mappings } = membersOf(document);
  const ofProviders = [...known].flatMap(([key, { values, wrong }]) =>
    // The rules that would read a member that is not there are not asked.
    contradictionsIn(values as ProviderValues, wrong).map(({ path, message }) => ({
      path: ['providers', key, ...path],
      message,
    })),
  );
  if (providers !== undefined && !isObject(providers)) return ofProviders;
  return [
    ...ofProviders,
    ...mappingsWithoutProvider({ providers: membersOf(providers), mappings: membersOf(mappings) }),
  ];
}

/** Members that are left out are the same in every provider, so they are not parsed again for each. */
const leftOut = Object.entries(Provider.shape).map(
  ([member, schema]) => [member, schema.safeParse(undefined)] as const,
);

function known(provider: object): KnownProvider {
  const given = membersOf(provider);
  const schemas: Readonly<Record<string, z.ZodType>> = Provider.shape;
  const parsed = leftOut.map(([member, absent]) => {
    const value = ownMember(given, member);
    return [member, value === undefined ? absent : schemas[member]!.safeParse(value, { error: issueText })] as const;
  });
  const values = parsed.flatMap(([member, { success, data }]) => (success ? [[member, data]] : []));
  return {
    values: Object.fromEntries(values) as Partial<ProviderValues>,
    wrong: new Set(parsed.flatMap(([member, { success }]) => (success ? [] : [member]))),
  };
}

function membersOf(value: unknown): Record<string, unknown> {
  return isObject(value) ? (value as Record<string, unknown>) : {};
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
