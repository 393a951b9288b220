import type { ConfigDocument } from '@gatehouse/contracts';
import type { DesiredAccess } from './desired-access.js';
import { foldName } from './names.js';
import type { Identity } from './provider-of.js';
import { rulesOf } from './provider-of.js';

/** For people to read: why a group is there, goes or stays. */
export interface GroupReasons {
  given(group: string): string;
  taken(group: string): string;
  kept(group: string): string;
}

interface Question {
  readonly desired: DesiredAccess;
  readonly identities: readonly Identity[];
  /** Of these rules nobody needs to be told whose they are. */
  readonly provider: string;
  readonly config: ConfigDocument;
}

type GroupReason = DesiredAccess['groups']['reasons'][number];

export function groupReason(reason: GroupReason): string {
  if (reason.source === 'default') return defaultReason(reason);
  // P22: the place where the person can be taken out.
  return reason.through === undefined ? earnedBy(reason) : `${earnedBy(reason)}, through ${quoted(reason.through)}`;
}

function defaultReason({ entry, onlyIfNothingMapped }: Extract<GroupReason, { source: 'default' }>): string {
  if (entry !== undefined) return `a default group of those who came in at ${quoted(entry)}`;
  return onlyIfNothingMapped ? 'a default group, as nothing is mapped' : 'a default group, for everybody';
}

function earnedBy(reason: Exclude<GroupReason, { source: 'default' }>): string {
  switch (reason.source) {
    case 'rule':
      return reason.from === undefined
        ? `the rule for ${quoted(reason.claimed)}`
        : `the rule for ${quoted(reason.from)}, claimed as ${quoted(reason.claimed)}`;
    case 'pattern':
      return `the rule for names like ${quoted(reason.pattern)}, by ${quoted(reason.claimed)}`;
    case 'on-the-fly':
      return `the group of the same name, claimed as ${quoted(reason.claimed)}`;
  }
}

/** As JSON, so that a masked text can tell where a name ends whatever is in it. */
function quoted(name: string): string {
  return JSON.stringify(name);
}

/** Of a group that only a user gets whom this sign-in creates. */
export function newcomerReason(reason: GroupReason): string {
  if (reason.source === 'default' && !reason.onlyIfNothingMapped && reason.entry === undefined)
    return 'a default group, for newcomers';
  return `${groupReason(reason)}, for newcomers`;
}

export function groupReasons({ desired, identities, provider, config }: Question): GroupReasons {
  const { reasons, ifNew, holds, managed, sweeps } = desired.groups;
  const whose = (other: string) => (other === provider ? '' : ` (provider ${other})`);
  const given = (group: string) => [
    ...reasonsFor(group, reasons).map((reason) => groupReason(reason) + whose(reason.provider)),
    ...reasonsFor(group, ifNew.reasons).map((reason) => newcomerReason(reason) + whose(reason.provider)),
  ];
  const naming = namingRules(identities, config, whose);
  const isManaged = (group: string) => managed.some((one) => foldName(one) === foldName(group));
  return {
    given: (group) => given(group).join(', '),
    taken: (group) =>
      isManaged(group)
        ? `managed by ${naming(group).join(', ')}, and not earned`
        : `not among the groups claimed, and onTheFly.keepExisting is off${sweeps.map((sweep) => whose(sweep.provider)).join('')}`,
    kept: (group) => {
      const [own, named] = [given(group), naming(group)];
      if (own.length > 0) return `wanted: ${own.join(', ')}`;
      if (named.length === 0 && sweeps.length > 0) return 'excluded from on-the-fly, so it is left as it is';
      if (named.length === 0) return 'no rule names it, so it is left to the administrators of Jira';
      const causes = holds.map((hold) => `${hold.cause}${whose(hold.provider)}`);
      return `named by ${named.join(', ')}, but nothing is taken away: ${causes.join(', ')}`;
    },
  };
}

function reasonsFor(group: string, reasons: readonly GroupReason[]): readonly GroupReason[] {
  return reasons.filter((reason) => foldName(reason.group) === foldName(group));
}

/** The rules of all providers of an account that lead to a group, earned or not. */
function namingRules(
  identities: readonly Identity[],
  config: ConfigDocument,
  whose: (provider: string) => string,
): (group: string) => readonly string[] {
  const keys = [...new Set(identities.map((identity) => identity.provider))];
  const rules = keys.flatMap((key) => {
    const groups = rulesOf({ provider: key, claims: {} }, config)?.mapping.groups;
    const inForce = groups?.mode === 'manual' && groups.update !== 'off' ? groups.rules : [];
    return inForce.map(({ from, pattern, to }) => ({
      folded: foldName(to),
      text: `the rule for ${from === undefined ? `names like ${quoted(pattern!)}` : quoted(from)}${whose(key)}`,
    }));
  });
  return (group) => rules.filter(({ folded }) => folded === foldName(group)).map(({ text }) => text);
}
