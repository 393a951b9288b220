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

export function groupReason(reason: DesiredAccess['groups']['reasons'][number]): string {
  return reason.source === 'rule' ? `the rule for ${reason.claimed}` : 'a default group, for everybody';
}

export function groupReasons({ desired, identities, provider, config }: Question): GroupReasons {
  const { reasons, holds } = desired.groups;
  const whose = (other: string) => (other === provider ? '' : ` (provider ${other})`);
  const given = (group: string) =>
    reasons
      .filter((reason) => foldName(reason.group) === foldName(group))
      .map((reason) => groupReason(reason) + whose(reason.provider));
  const naming = (group: string) =>
    [...new Set(identities.map((identity) => identity.provider))].flatMap((key) =>
      (rulesOf({ provider: key, claims: {} }, config)?.mapping.groups.rules ?? [])
        .filter(({ to }) => foldName(to) === foldName(group))
        .map(({ from }) => `the rule for ${from}${whose(key)}`),
    );
  return {
    given: (group) => given(group).join(', '),
    taken: (group) => `managed by ${naming(group).join(', ')}, and not earned`,
    kept: (group) => {
      const [own, managed] = [given(group), naming(group)];
      if (own.length > 0) return `wanted: ${own.join(', ')}`;
      if (managed.length === 0) return 'no rule names it, so it is left to the administrators of Jira';
      const causes = holds.map((hold) => `${hold.cause}${whose(hold.provider)}`);
      return `named by ${managed.join(', ')}, but nothing is taken away: ${causes.join(', ')}`;
    },
  };
}
