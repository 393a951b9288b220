import type { ConfigDocument, MappingConfig, ProviderConfig } from '@gatehouse/contracts';
import { ownMember } from '@gatehouse/contracts';
import type { Claims } from './claim.js';
import { claimOf } from './claim.js';
import type { Identity, ProviderRules } from './provider-of.js';
import { withGroupsElsewhere } from './read-groups.js';

/** `removed`: the directory does not have the person any more. */
export type DirectoryStanding = 'active' | 'inactive' | 'removed';

interface DirectoryUserFacts {
  readonly provider: string;
  readonly userName: string;
  readonly externalId: string | null;
  /** Every other attribute, in the shape of SCIM's User. */
  readonly resource: Claims;
  readonly standing: DirectoryStanding;
  /** Those that count, with the groups between: the one that the person is in itself comes first. */
  readonly groups: readonly { readonly name: string; readonly chain: readonly string[] }[];
  readonly groupsAreWhole: boolean;
}

const groupNameLengthMax = 255;
const groupsFrom = { claim: 'groups', format: 'list', cutAt: undefined } as const;

/**
 * A person of a directory, as one more source of an account: attributes are read as claims are. `email` and
 * `displayName` are chosen from what SCIM leaves open, and `groups` are those that count.
 */
export function identityOfDirectoryUser(facts: DirectoryUserFacts): Identity {
  const { provider, userName, externalId, resource, standing, groupsAreWhole } = facts;
  // No group of Jira and no rule has a longer name, and one odd name must not make the others look incomplete.
  const groups = facts.groups.filter(({ name }) => name !== '' && name.length <= groupNameLengthMax);
  const claims: Claims = {
    ...resource,
    ...{ userName, active: standing === 'active', groups: groups.map(({ name }) => name) },
    ...{ externalId: externalId ?? undefined, email: emailOf(resource), displayName: displayNameOf(resource) },
    _claim_names: undefined,
  };
  return {
    provider,
    claims: groupsAreWhole ? claims : withGroupsElsewhere(claims, groupsFrom),
    directory: {
      standing,
      through: new Map(groups.flatMap(({ name, chain: [first] }) => (first === undefined ? [] : [[nfc(name), first]]))),
    },
  };
}

/** What a mapping says of the people of its provider's directory, in the words in which it speaks of claims. */
export function directoryRules({ provider, mapping }: ProviderRules): ProviderRules {
  return { provider: memoized(providers, provider, asDirectory), mapping: memoized(mappings, mapping, ofDirectory) };
}

/** By the objects of the configuration, which is parsed once for each version: rules are compiled once for each. */
const providers = new WeakMap<ProviderConfig, ProviderConfig>();
const mappings = new WeakMap<MappingConfig, MappingConfig>();

/** Its token is the provider's word: there is no address that nobody has verified, and no token with claims. */
function asDirectory(provider: ProviderConfig): ProviderConfig {
  return { ...provider, trustUnverifiedEmail: true, requiredClaims: {} };
}

function ofDirectory(mapping: MappingConfig): MappingConfig {
  const { username, email, displayName, properties } = mapping.directory;
  return {
    ...mapping,
    profile: { ...mapping.profile, username, email, displayName },
    properties,
    groups: { ...mapping.groups, ...groupsFrom },
  };
}

function memoized<T extends object>(known: WeakMap<T, T>, from: T, make: (from: T) => T): T {
  let made = known.get(from);
  if (!made) known.set(from, (made = make(from)));
  return made;
}

function emailOf(resource: Claims): unknown {
  const emails = claimOf(resource, 'emails');
  // A provider may send an entry with a display and without an address.
  const entries = (Array.isArray(emails) ? emails : [])
    .filter(isObject)
    .filter((entry) => isText(claimOf(entry, 'value')));
  const chosen = entries.find((entry) => claimOf(entry, 'primary') === true) ?? entries[0];
  return chosen && claimOf(chosen, 'value');
}

function displayNameOf(resource: Claims): unknown {
  const name = claimOf(resource, 'name');
  const parts = isObject(name) ? name : {};
  const both = [claimOf(parts, 'givenName'), claimOf(parts, 'familyName')].filter((part) => isText(part)).join(' ');
  return [claimOf(resource, 'displayName'), claimOf(parts, 'formatted'), both].find(isText);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '';
}

function isObject(value: unknown): value is Claims {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function nfc(name: string): string {
  return name.normalize('NFC');
}

/** Whether the Jira user goes with somebody whom this directory removes. */
export function removesUsers(provider: string, { mappings }: Pick<ConfigDocument, 'mappings'>): boolean {
  return ownMember(mappings, provider)?.directory.whenRemoved === 'remove';
}

type Deactivating = Exclude<DirectoryStanding, 'active'>;

/** Whether such a word of a directory takes the access away. A provider that is gone from the configuration fails closed. */
export function isHeeded(
  standing: Deactivating,
  provider: string,
  { mappings }: Pick<ConfigDocument, 'mappings'>,
): boolean {
  const said = ownMember(mappings, provider)?.directory;
  return !said || (said.deactivateUsers && (standing === 'inactive' || said.whenRemoved !== 'keep'));
}
