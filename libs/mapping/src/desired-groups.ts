import type { Settings } from '@gatehouse/contracts';
import { compileGroups, spellings } from './compile-groups.js';
import type { Contribution } from './contribution.js';
import { isMapped } from './contribution.js';
import { defaultsApply } from './default-groups.js';
import type { DesiredAccess, GroupReason, Hold, Sweep } from './desired-access.js';
import { isAdministratorGroup, isWithheld } from './map-groups.js';
import { foldName } from './names.js';

type Groups = DesiredAccess['groups'];
type Protection = Pick<Settings, 'administratorGroups'>;

/**
 * What the identities of one account add up to. None can take away what another grants, or grants to newcomers.
 * An identity that may not enter any more, or whose provider is off, neither gives nor takes.
 */
export function desiredGroups(contributions: readonly Contribution[], settings: Protection): Groups {
  const entitled = contributions.filter(({ entitled: mayEnter }) => mayEnter);
  const reasons = ordered(entitled.flatMap((one) => [...earned(one, 'everyLogin'), ...defaults(one, 'all')]));
  const wanted = spellings(reasons.map(({ group }) => group));
  const whenNew = ordered(entitled.flatMap((one) => [...earned(one, 'newUsersOnly'), ...defaults(one, 'new')]));
  const reasonsIfNew = whenNew.filter(({ group }) => !wanted.has(foldName(group)));
  const ifNew = spellings(reasonsIfNew.map(({ group }) => group));
  const holds = contributions.flatMap((one) => {
    const cause = holdOf(one);
    return cause ? [{ contribution: one, hold: { provider: one.key, cause } }] : [];
  });
  const held = holds.map(({ contribution }) => contribution);
  return {
    wanted: sorted(wanted),
    managed: managedGroups(contributions, held, ifNew, settings),
    sweeps: held.length > 0 ? [] : sweepsOf(entitled, ifNew, settings),
    creatable: creatableGroups(entitled, [...reasons, ...reasonsIfNew], settings),
    ifNew: { wanted: sorted(ifNew), reasons: reasonsIfNew },
    reasons,
    holds: ordered(holds.map(({ hold }) => hold)),
  };
}

function earned(contribution: Contribution, update: 'everyLogin' | 'newUsersOnly'): GroupReason[] {
  const { key: provider, mapping, mapped } = contribution;
  if (mapping.groups.update !== update) return [];
  return mapped.flatMap(({ claimed, grants }) => {
    const through = contribution.through.get(claimed);
    const by = { provider, claimed, ...(through === undefined ? {} : { through }) };
    return grants.map((grant): GroupReason => {
      switch (grant.source) {
        case 'rule': {
          const { group, source, from } = grant;
          return { group, source, ...by, ...(from.normalize('NFC') === claimed ? {} : { from }) };
        }
        case 'pattern': {
          const { group, source, pattern } = grant;
          return { group, source, ...by, pattern };
        }
        case 'on-the-fly':
          return { group: grant.group, source: grant.source, ...by };
      }
    });
  });
}

function defaults(contribution: Contribution, audience: 'all' | 'new'): GroupReason[] {
  const { key: provider, mapping, state } = contribution;
  const { defaultGroups, defaultGroupsFor, onlyIfNothingMapped } = mapping.groups;
  const mapped = { isMapped: isMapped(contribution), state };
  const byEntry = defaultsByEntry(contribution, audience);
  if (defaultGroupsFor !== audience || !defaultsApply(mapping.groups, mapped)) return byEntry;
  const why = onlyIfNothingMapped ? { onlyIfNothingMapped } : {};
  return [...defaultGroups.map((group): GroupReason => ({ group, source: 'default', provider, ...why })), ...byEntry];
}

/** X39, P04: whoever came in by the pages of a product has a use for its licence, and nobody else. */
function defaultsByEntry({ key: provider, mapping, entries }: Contribution, audience: 'all' | 'new'): GroupReason[] {
  const rules = mapping.groups.defaultGroupsByEntry.filter((rule) => rule.for === audience);
  return rules
    .filter(({ entry }) => entries.includes(entry))
    .flatMap(({ entry, groups }) =>
      groups.map((group): GroupReason => ({ group, source: 'default', provider, entry })),
    );
}

function holdOf({ entitled, mapping: { groups }, state }: Contribution): Hold['cause'] | undefined {
  if (!entitled) return 'not-entitled';
  // What claims never change needs no list. What they change for newcomers only was given to stay.
  if (groups.update === 'off') return undefined;
  if (groups.update === 'newUsersOnly') return 'keep-existing';
  if (groups.mode === 'manual' ? groups.keepExisting : groups.onTheFly.keepExisting) return 'keep-existing';
  switch (state) {
    case 'list':
    case 'empty':
      return undefined;
    case 'absent':
    case 'truncated':
    case 'malformed':
      return state;
  }
}

/** D4: in manual mode the managed set is exactly the Jira groups that the rules name. */
function managedGroups(
  contributions: readonly Contribution[],
  held: readonly Contribution[],
  ifNew: ReadonlyMap<string, string>,
  settings: Protection,
): string[] {
  const managing = distinctMappings(contributions).filter(({ groups }) => isManaging(groups));
  // One provider's incomplete list may hide a grant of a group that another provider's rules name too.
  const mayBeGranted = distinctMappings(held).map(({ groups }) => granting(groups, settings));
  const managed = new Map<string, string>();
  for (const { groups } of managing) {
    const { targets, exactTargets } = compileGroups(groups);
    for (const [folded, group] of targets) {
      if (ifNew.has(folded) || mayBeGranted.some((mayGrant) => mayGrant(group, folded))) continue;
      // Whoever cannot give a group does not take it either.
      if (!exactTargets.has(folded) && isAdministratorGroup(group, settings.administratorGroups)) continue;
      const known = managed.get(folded);
      if (known === undefined || group > known) managed.set(folded, group);
    }
  }
  return sorted(managed);
}

type GroupMapping = Contribution['mapping']['groups'];

function isManaging({ mode, update }: GroupMapping): boolean {
  return mode === 'manual' && update === 'everyLogin';
}

/** Which groups a mapping might give, if its list were known. */
function granting(
  groups: GroupMapping,
  { administratorGroups }: Protection,
): (group: string, folded: string) => boolean {
  if (groups.update === 'off') return () => false;
  const { targets, excludedBy, isAllowed } = compileGroups(groups);
  if (groups.mode === 'manual') return (_, folded) => targets.has(folded);
  return (group) =>
    excludedBy(group) === undefined && isAllowed(group) && !isAdministratorGroup(group, administratorGroups);
}

function sweepsOf(
  entitled: readonly Contribution[],
  ifNew: ReadonlyMap<string, string>,
  { administratorGroups }: Protection,
): Sweep[] {
  const sweeping = entitled.filter(
    ({ mapping: { groups } }) =>
      groups.mode === 'onTheFly' && groups.update === 'everyLogin' && !groups.onTheFly.keepExisting,
  );
  return ordered(
    sweeping.map(({ key: provider, mapping: { groups } }) => ({
      provider,
      exclude: [...new Set([...groups.onTheFly.exclude, ...administratorGroups, ...ifNew.values()])].sort(),
      only: [...new Set(groups.onTheFly.only)].sort(),
    })),
  );
}

/** Groups of administrators are not made by the way. */
function creatableGroups(
  entitled: readonly Contribution[],
  reasons: readonly GroupReason[],
  settings: Protection,
): string[] {
  const creating = new Set(
    entitled.filter(({ mapping }) => mapping.groups.onTheFly.createMissing).map(({ key }) => key),
  );
  const decided = new Map(entitled.map(({ key, mapping }) => [key, compileGroups(mapping.groups).createdByDecision]));
  const made = reasons.filter((reason) => {
    const { group, source, provider } = reason;
    if (source === 'rule')
      return decided.get(provider)?.has(foldName(group)) && !isAdministratorGroup(group, settings.administratorGroups);
    return source === 'on-the-fly' && creating.has(provider) && !isWithheld(reason, settings);
  });
  return sorted(spellings(made.map(({ group }) => group)));
}

/** Two identities of one provider have one mapping. */
function distinctMappings(contributions: readonly Contribution[]): readonly Contribution['mapping'][] {
  return [...new Set(contributions.map(({ mapping }) => mapping))];
}

/** An order that does not depend on that of claims, rules or identities: equal content, equal version. */
function sorted(names: ReadonlyMap<string, string>): string[] {
  return [...names].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, name]) => name);
}

function ordered<T extends GroupReason | Hold | Sweep>(items: readonly T[]): T[] {
  const byText = new Map(items.map((item) => [orderOf(item), item]));
  return [...byText].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, item]) => item);
}

function orderOf(item: GroupReason | Hold | Sweep): string {
  return JSON.stringify(['group' in item ? foldName(item.group) : '', item]);
}
