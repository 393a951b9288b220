import type { MappingConfig } from '@gatehouse/contracts';
import { nameMatcher } from './match-names.js';
import type { NameMatcher } from './match-names.js';

type ByEntry = MappingConfig['groups']['defaultGroupsByEntry'];

/** By the object of the configuration, which is parsed once for each version. */
const matchers = new WeakMap<ByEntry, NameMatcher>();

/**
 * Which patterns of a mapping the page of Jira matches at which a sign-in began.
 *
 * @param entry a path, as the edge saw it; undefined where Jira is not reached through it
 */
export function enteredBy({ groups }: MappingConfig, entry: string | undefined): string[] {
  const rules = groups.defaultGroupsByEntry;
  if (entry === undefined || rules.length === 0) return [];
  let matcher = matchers.get(rules);
  if (!matcher) {
    matcher = nameMatcher(
      rules.map((rule) => rule.entry),
      { ignoreCase: false },
    );
    matchers.set(rules, matcher);
  }
  return [...new Set(matcher(entry).map((position) => rules[position]!.entry))];
}
