import type { ExplainedGroups, MembershipReason } from '@gatehouse/contracts';
import { codes } from '@gatehouse/errors';
import type { ErrorCode } from '@gatehouse/errors';
import { foldName } from './names.js';

export interface Verdict {
  readonly because: { readonly code: MembershipReason; readonly text: string };
  readonly fix: { readonly text: string; readonly at: string | null } | null;
}

/** What one identity says of one group of Jira. */
export interface IdentityEvidence {
  readonly provider: string;
  /** Why it may not enter, or is not of the account; its groups do not count then. */
  readonly refused?: { readonly at: 'entry' | 'link'; readonly code: ErrorCode } | undefined;
  /** The name of the claim with the groups. */
  readonly claim: string;
  /** The directory of the provider says them, and nobody has to sign in for that. */
  readonly isDirectory?: boolean;
  /** Undefined: its provider is not configured any more. */
  readonly explained: ExplainedGroups | undefined;
}

/** Nearest to the group first: of several identities, the one that lacks least is what one change can put right. */
const order: readonly MembershipReason[] = [
  'newcomers-only',
  'administrators-only',
  'transform',
  'excluded',
  'not-allowed',
  'mapping-off',
  'overage',
  'claim-malformed',
  'no-claim',
  'not-claimed',
  'claim-empty',
  'not-mapped',
  'link-refused',
  'not-entitled',
];

/** Why the claims of a person do not lead to a group, by the explanation that the deciding functions give (P14). */
export function whyNotWanted(group: string, identities: readonly IdentityEvidence[]): Verdict {
  const verdicts = identities.map((one) => ofIdentity(group, one));
  const rank = ({ because }: Verdict) => order.indexOf(because.code);
  const [nearest] = verdicts.toSorted((one, other) => rank(one) - rank(other));
  return nearest ?? verdict('not-entitled', 'Nobody of this account has signed in.', 'The person signs in once.', null);
}

function ofIdentity(group: string, evidence: IdentityEvidence): Verdict {
  const { provider, refused, claim, isDirectory = false, explained } = evidence;
  if (refused) {
    const { meaning, action } = codes[refused.code];
    const code = refused.at === 'entry' ? 'not-entitled' : 'link-refused';
    return verdict(code, `The provider ${provider} gives nothing: ${meaning}`, action, null);
  }
  if (!explained) {
    const text = `The provider ${provider} is not in the configuration any more.`;
    return verdict(
      'not-entitled',
      text,
      'Add the provider again, or let the person sign in by another one.',
      'providers',
    );
  }
  return (
    outcomeOf(group, provider, explained) ??
    whyNotClaimed({ group, provider, claim, isDirectory, explained }) ??
    notMapped(group, provider)
  );
}

/** Something claimed leads to it, or would but for one setting. */
function outcomeOf(group: string, provider: string, explained: ExplainedGroups): Verdict | undefined {
  const at = `mappings.${provider}.groups`;
  const is = (name: string | undefined) => name !== undefined && foldName(name) === foldName(group);
  const giving = explained.claimed.find(({ gives }) => gives.some((one) => is(one.group)));
  if (giving && explained.update === 'off') {
    const text = `${giving.claimed} leads to it, but groups of the provider ${provider} change nothing in Jira (update: off).`;
    return verdict('mapping-off', text, 'Set update to everyLogin.', `${at}.update`);
  }
  if (giving?.gives.some((one) => is(one.group) && one.withheld)) {
    const text = `${group} is a group of administrators, which only a rule with an exact name gives.`;
    return verdict('administrators-only', text, `Add a rule from ${giving.claimed} to ${group}.`, `${at}.rules`);
  }
  if (giving && explained.update === 'newUsersOnly') {
    const text = `${giving.claimed} leads to it, but only for users whom Gatehouse creates (update: newUsersOnly).`;
    return verdict('newcomers-only', text, 'Set update to everyLogin, or add the person in Jira.', `${at}.update`);
  }
  const byDefault = explained.defaults.groups.some(is);
  if (byDefault && explained.defaults.for === 'new') {
    const text = `${group} is a default group, and only for users whom Gatehouse creates.`;
    return verdict('newcomers-only', text, 'Set defaultGroupsFor to all.', `${at}.defaultGroupsFor`);
  }
  if (explained.mode === 'manual') return undefined;
  const same = explained.claimed.find((one) => is(one.name ?? one.claimed) && one.outcome !== 'mapped');
  if (same?.outcome === 'excluded') {
    const text = `${same.claimed} is claimed, and the pattern ${same.pattern} keeps it out.`;
    return verdict('excluded', text, `Take ${same.pattern} out of exclude, or narrow it.`, `${at}.onTheFly.exclude`);
  }
  if (same?.outcome !== 'not-allowed') return undefined;
  const text = `${same.claimed} is claimed, and is not among the groups that onTheFly.only names.`;
  return verdict('not-allowed', text, `Add ${group} to only.`, `${at}.onTheFly.only`);
}

interface ClaimQuestion {
  readonly group: string;
  readonly provider: string;
  readonly claim: string;
  readonly isDirectory: boolean;
  readonly explained: ExplainedGroups;
}

function whyNotClaimed({ group, provider, claim, isDirectory, explained }: ClaimQuestion): Verdict | undefined {
  const { mode, rules, state, claimed } = explained;
  const rule = rules.find(({ to }) => foldName(to) === foldName(group));
  // Without a rule neither the claim nor a whole list would help.
  if (mode === 'manual' && !rule) return undefined;
  const sought = rule?.from ?? rule?.pattern ?? group;
  if (state === 'absent') {
    const text = `The provider ${provider} sent no claim ${claim}.`;
    const fix = `Release ${claim} to this client at the provider, or correct groups.claim.`;
    return verdict('no-claim', text, fix, `mappings.${provider}.groups.claim`);
  }
  // Said as it is sought, and become another name before it was compared.
  const turned = claimed.find(
    (one) => one.name !== one.claimed && isSame(one.claimed, sought) && isAnother(one, sought),
  );
  if (turned) {
    const became = turned.name === undefined ? 'nothing' : turned.name;
    const text = `${turned.claimed} is claimed, and groups.names makes ${became} of it before it is compared.`;
    const fix =
      mode === 'manual' && turned.name !== undefined
        ? `Write the rule for ${turned.name}, or correct the transforms.`
        : 'Correct path, stripPrefix or transforms.';
    return verdict('transform', text, fix, `mappings.${provider}.groups.names`);
  }
  return ofState({ sought, provider, claim, isDirectory, explained });
}

/** `name` is left out where it equals what was claimed. */
function isAnother(one: ExplainedGroups['claimed'][number], sought: string): boolean {
  if (one.outcome === 'unusable') return true;
  return one.name !== undefined && !isSame(one.name, sought);
}

function ofState({
  sought,
  provider,
  claim,
  isDirectory,
  explained,
}: Omit<ClaimQuestion, 'group'> & { readonly sought: string }): Verdict {
  const { state, hints } = explained;
  switch (state) {
    case 'truncated': {
      const text = `The list of groups from ${provider} is cut, and ${sought} is not in the part that was sent.`;
      const fix = 'Let the provider send only the groups that are assigned to this application.';
      return verdict('overage', text, fix, null);
    }
    case 'malformed': {
      const text = `The claim ${claim} of ${provider} is not what the mapping expects.`;
      return verdict('claim-malformed', text, 'Correct format or separator.', `mappings.${provider}.groups.format`);
    }
    case 'empty': {
      const text = isDirectory
        ? `The directory of ${provider} has the person in no group.`
        : `The claim ${claim} of ${provider} is there and names no group.`;
      return verdict('claim-empty', text, `Put the person into ${sought} at the provider.`, null);
    }
    case 'absent':
    case 'list': {
      const hint = hints.find(({ mapped }) => mapped === sought);
      const text = `The provider ${provider} does not name ${sought} among the groups of the person${hint ? `, but ${hint.claimed}` : ''}.`;
      return hint
        ? verdict('not-claimed', text, `Write the rule for ${hint.claimed}.`, `mappings.${provider}.groups.rules`)
        : verdict(
            'not-claimed',
            text,
            `Put the person into ${sought} at the provider; it counts ${isDirectory ? 'at once' : 'at the next sign-in'}.`,
            null,
          );
    }
  }
}

function notMapped(group: string, provider: string): Verdict {
  const text = `No rule of the provider ${provider} leads to ${group}.`;
  return verdict('not-mapped', text, `Add a rule to ${group}.`, `mappings.${provider}.groups.rules`);
}

function isSame(one: string, other: string): boolean {
  return foldName(one) === foldName(other);
}

export function verdict(code: MembershipReason, text: string, fix: string | null, at: string | null): Verdict {
  return { because: { code, text }, fix: fix === null ? null : { text: fix, at } };
}
