import type { MappingConfig, Settings } from '@gatehouse/contracts';
import { compileGroups } from './compile-groups.js';
import type { CompiledGroups, DecidedGroup } from './compile-groups.js';
import { isGroupOfJira } from './group-name.js';
import { foldName } from './names.js';

/** A Jira group that a claimed one leads to. */
export type Grant = { readonly group: string } &
  /** Without a number it is one of `decided`. */
  (
    | { readonly source: 'rule'; readonly rule?: number; readonly from: string }
    | { readonly source: 'pattern'; readonly rule: number; readonly pattern: string }
    | { readonly source: 'on-the-fly' }
  );

/** What becomes of one claimed group. */
export interface ClaimedGroup {
  readonly claimed: string;
  /** As it is compared; undefined: nothing was left of it. */
  readonly name: string | undefined;
  /** `excluded`: of on-the-fly, or decided so. `not-allowed`: of on-the-fly. `unusable`: no group of Jira can have this name. */
  readonly outcome: 'mapped' | 'not-mapped' | 'excluded' | 'not-allowed' | 'unusable';
  /** Of `excluded`. */
  readonly pattern?: string;
  readonly grants: readonly Grant[];
}

/** What the groups of a person lead to by one mapping, whether it gives them or not. */
export function mapGroups(claimed: readonly string[], groups: MappingConfig['groups']): ClaimedGroup[] {
  const compiled = compileGroups(groups);
  const decide = groups.mode === 'manual' ? byRules : onTheFly;
  return claimed.map((group) => {
    const decision = compiled.decidedFor(group);
    if (decision) return { claimed: group, name: group, ...byDecision(decision) };
    const name = compiled.nameOf(group);
    if (name === undefined) return { claimed: group, name, outcome: 'unusable', grants: [] };
    return { claimed: group, name, ...decide(name, compiled) };
  });
}

type Decided = Omit<ClaimedGroup, 'claimed' | 'name'>;

function byDecision({ group, to }: DecidedGroup): Decided {
  if (to === null) return { outcome: 'excluded', pattern: group, grants: [] };
  return { outcome: 'mapped', grants: [{ group: to, source: 'rule', from: group }] };
}

function byRules(name: string, { rulesFor }: CompiledGroups): Decided {
  const grants = rulesFor(name).map(({ from, pattern, to, index }): Grant => {
    if (from !== undefined) return { group: to, source: 'rule', rule: index, from };
    return { group: to, source: 'pattern', rule: index, pattern: pattern! };
  });
  return { outcome: grants.length > 0 ? 'mapped' : 'not-mapped', grants };
}

function onTheFly(name: string, { excludedBy, isAllowed }: CompiledGroups): Decided {
  if (!isGroupOfJira(name)) return { outcome: 'unusable', grants: [] };
  const pattern = excludedBy(name);
  if (pattern !== undefined) return { outcome: 'excluded', pattern, grants: [] };
  if (!isAllowed(name)) return { outcome: 'not-allowed', grants: [] };
  return { outcome: 'mapped', grants: [{ group: name, source: 'on-the-fly' }] };
}

/** Administrators are made by a rule with an exact name or by hand, never by a pattern, a default or a like name (O65). */
export function isWithheld(
  { group, source }: { readonly group: string; readonly source: string },
  { administratorGroups }: Pick<Settings, 'administratorGroups'>,
): boolean {
  return source !== 'rule' && isAdministratorGroup(group, administratorGroups);
}

export function isAdministratorGroup(group: string, administratorGroups: readonly string[]): boolean {
  let folded = foldedNames.get(administratorGroups);
  if (!folded) foldedNames.set(administratorGroups, (folded = new Set(administratorGroups.map(foldName))));
  return folded.has(foldName(group));
}

/** By the list of the configuration. */
const foldedNames = new WeakMap<readonly string[], ReadonlySet<string>>();
