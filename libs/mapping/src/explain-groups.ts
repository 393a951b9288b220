import type { ExplainedGroups, MappingConfig, Settings } from '@gatehouse/contracts';
import type { Claims } from './claim.js';
import { defaultsApply } from './default-groups.js';
import { groupHints } from './group-hints.js';
import { isWithheld, mapGroups } from './map-groups.js';
import type { ClaimedGroup } from './map-groups.js';
import { readGroups } from './read-groups.js';

type Protection = Pick<Settings, 'administratorGroups'>;
type ExplainedClaim = ExplainedGroups['claimed'][number];
type ExplainedRule = ExplainedGroups['rules'][number];

/**
 * What becomes of every group that is claimed, and of every rule, by the functions that decide it. "Why was I not put in
 * group X" is answered from it (P14).
 */
export function explainGroups(
  claims: Claims,
  { groups }: MappingConfig,
  settings: Protection,
  through: ReadonlyMap<string, string> = new Map(),
): ExplainedGroups {
  const { state, groups: claimed } = readGroups(claims, groups);
  const decided = mapGroups(claimed, groups);
  const rules = explainRules(decided, groups, settings);
  return {
    state,
    mode: groups.mode,
    update: groups.update,
    claimed: decided.map((one) => explainClaim(one, through.get(one.claimed), settings)),
    rules,
    hints: [
      ...groupHints(
        rules.filter((rule) => rule.claimed.length === 0),
        claimed,
      ),
    ],
    defaults: explainDefaults(decided, state, groups, settings),
  };
}

function explainClaim(
  { claimed, name, outcome, pattern, grants }: ClaimedGroup,
  through: string | undefined,
  settings: Protection,
): ExplainedClaim {
  return {
    claimed,
    ...(name === undefined || name === claimed ? {} : { name }),
    outcome,
    ...(pattern === undefined ? {} : { pattern }),
    ...(through === undefined ? {} : { through }),
    gives: grants.map((grant) => ({
      group: grant.group,
      ...(grant.source === 'on-the-fly' || grant.rule === undefined ? {} : { rule: grant.rule }),
      withheld: isWithheld(grant, settings),
    })),
  };
}

/** In manual mode; on the fly no rule counts. */
function explainRules(
  decided: readonly ClaimedGroup[],
  { mode, rules }: MappingConfig['groups'],
  settings: Protection,
): ExplainedRule[] {
  if (mode !== 'manual') return [];
  const matched = new Map<number, string[]>();
  for (const { claimed, grants } of decided) {
    for (const grant of grants) {
      if (grant.source === 'on-the-fly' || grant.rule === undefined) continue;
      const known = matched.get(grant.rule);
      if (known) known.push(claimed);
      else matched.set(grant.rule, [claimed]);
    }
  }
  return rules.map(({ from, pattern, to }, rule) => ({
    rule,
    ...(from === undefined ? { pattern } : { from }),
    to,
    claimed: matched.get(rule) ?? [],
    withheld: isWithheld({ group: to, source: from === undefined ? 'pattern' : 'rule' }, settings),
  }));
}

function explainDefaults(
  decided: readonly ClaimedGroup[],
  state: ExplainedGroups['state'],
  { defaultGroups, defaultGroupsFor, onlyIfNothingMapped, update }: MappingConfig['groups'],
  settings: Protection,
): ExplainedGroups['defaults'] {
  const grants = update === 'off' ? [] : decided.flatMap((one) => one.grants);
  const isMapped = grants.some((grant) => !isWithheld(grant, settings));
  return {
    groups: defaultGroups,
    for: defaultGroupsFor,
    fallback: onlyIfNothingMapped,
    applies: defaultsApply({ defaultGroupsFor, onlyIfNothingMapped }, { isMapped, state }),
  };
}
