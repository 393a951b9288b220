import type { MappingConfig } from '@gatehouse/contracts';
import { groupName } from './group-name.js';
import { nameMatcher } from './match-names.js';
import { foldName } from './names.js';

type GroupMapping = MappingConfig['groups'];
type GroupRule = GroupMapping['rules'][number];
export type DecidedGroup = GroupMapping['decided'][number];

export interface NumberedRule extends GroupRule {
  /** From 0, as paths of the document count. */
  readonly index: number;
}

/** A mapping made ready: what a decision costs does not depend on how many rules there are. */
export interface CompiledGroups {
  /** @returns the name that is compared, undefined when nothing is left of it */
  readonly nameOf: (claimed: string) => string | undefined;
  /** @returns the same for names that count as equal */
  readonly keyOf: (name: string) => string;
  /** @param claimed as the provider names it, before anything is done to it */
  readonly decidedFor: (claimed: string) => DecidedGroup | undefined;
  readonly rulesFor: (name: string) => readonly NumberedRule[];
  /** @returns the pattern that keeps this Jira group out of on-the-fly */
  readonly excludedBy: (group: string) => string | undefined;
  readonly isAllowed: (group: string) => boolean;
  /** Jira groups that rules name, folded, with their spelling; in order. */
  readonly targets: ReadonlyMap<string, string>;
  /** Of them those that a rule with an exact name gives. */
  readonly exactTargets: ReadonlySet<string>;
  /** Folded: made where Jira does not have them. */
  readonly createdByDecision: ReadonlySet<string>;
}

/** By the object of the configuration, which is parsed once for each version. */
const compiled = new WeakMap<GroupMapping, CompiledGroups>();

export function compileGroups(groups: GroupMapping): CompiledGroups {
  let result = compiled.get(groups);
  if (!result) compiled.set(groups, (result = compile(groups)));
  return result;
}

function compile({ names, rules, onTheFly, decided }: GroupMapping): CompiledGroups {
  const keyOf = names.ignoreCase ? foldName : (name: string) => name.normalize('NFC');
  const excluded = nameMatcher(onTheFly.exclude, { ignoreCase: true });
  const only = nameMatcher(onTheFly.only, { ignoreCase: true });
  const decisions = new Map(decided.map((one) => [keyOf(one.group), one]));
  const led = decided.flatMap(({ to, create }) => (to === null ? [] : [{ to, create }]));
  const exact = [...rules.filter(({ from }) => from !== undefined), ...led];
  return {
    nameOf: (claimed) => groupName(claimed, names),
    keyOf,
    decidedFor: (claimed) => decisions.get(keyOf(claimed)),
    rulesFor: ruleFinder(rules, keyOf, names.ignoreCase),
    excludedBy: (group) => onTheFly.exclude[excluded(group)[0] ?? -1],
    isAllowed: (group) => onTheFly.only.length === 0 || only(group).length > 0,
    targets: new Map(
      [...spellings([...rules, ...led].map(({ to }) => to))].sort(([one], [other]) => (one < other ? -1 : 1)),
    ),
    exactTargets: new Set(exact.map(({ to }) => foldName(to))),
    createdByDecision: new Set(led.filter(({ create }) => create).map(({ to }) => foldName(to))),
  };
}

/** Exact names are looked up, patterns are one automaton. */
function ruleFinder(
  rules: readonly GroupRule[],
  keyOf: (name: string) => string,
  ignoreCase: boolean,
): CompiledGroups['rulesFor'] {
  const numbered = rules.map((rule, index) => ({ ...rule, index }));
  const byName = new Map<string, NumberedRule[]>();
  for (const rule of numbered) {
    if (rule.from === undefined) continue;
    const key = keyOf(rule.from);
    const same = byName.get(key);
    if (same) same.push(rule);
    else byName.set(key, [rule]);
  }
  const withPattern = numbered.filter(({ pattern }) => pattern !== undefined);
  const patterns = nameMatcher(
    withPattern.map(({ pattern }) => pattern!),
    { ignoreCase },
  );
  return (name) => [...(byName.get(keyOf(name)) ?? []), ...patterns(name).map((position) => withPattern[position]!)];
}

/** One spelling per group, the same in whatever order they come: equal content, equal version. Lower case comes first. */
export function spellings(groups: Iterable<string>): Map<string, string> {
  const byKey = new Map<string, string>();
  for (const group of groups) {
    const key = foldName(group);
    const known = byKey.get(key);
    if (known === undefined || group > known) byKey.set(key, group);
  }
  return byKey;
}
