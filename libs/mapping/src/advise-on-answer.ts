import { presetOf } from '@gatehouse/contracts';
import type { Advice, MappingConfig, ProviderConfig, TestedClaim, TestedMapping } from '@gatehouse/contracts';
import type { Claims } from './claim.js';
import { claimOf } from './claim.js';
import { nameOfSource, readText } from './read-text.js';

export interface AnswerToAdviseOn {
  readonly provider: ProviderConfig;
  readonly mapping: MappingConfig;
  readonly claims: Claims;
  readonly tested: readonly TestedClaim[];
  readonly mapped: Omit<TestedMapping, 'account'>;
  /** Undefined: it was read, or there is none. */
  readonly userinfoFailure: string | undefined;
  readonly clockSkewSeconds: number | undefined;
}

/** Skew that is within bounds today and will not be some day. */
const noticeableSkewSeconds = 5;

/** What is missing or suspicious, worst first, each with what to do about it. */
export function adviseOnAnswer(answer: AnswerToAdviseOn): Advice[] {
  const found = [
    nameAdvice,
    emailAdvice,
    displayNameAdvice,
    groupAdvice,
    accessAdvice,
    clockAdvice,
    userinfoAdvice,
    contradictions,
  ];
  const advice = found
    .flatMap((advise) => advise(answer))
    .map((one) => ({ ...one, fix: `${one.fix}${particularOf(answer.provider, one)}` }));
  return worstFirst(advice);
}

export function worstFirst(advice: readonly Advice[]): Advice[] {
  const order = ['problem', 'warning', 'note'];
  return [...advice].sort((one, other) => order.indexOf(one.severity) - order.indexOf(other.severity));
}

/** What is particular at this provider, where its preset knows something of the matter. */
function particularOf({ preset }: ProviderConfig, { about, severity }: Advice): string {
  const advice = preset === undefined || severity === 'note' ? undefined : presetOf(preset)?.advice;
  const text = about === 'groups' || about === 'email' || about === 'username' ? advice?.[about] : undefined;
  return text === undefined ? '' : ` ${text}`;
}

function nameAdvice({ mapping, mapped, claims }: AnswerToAdviseOn): Advice[] {
  if (mapped.username !== null) return [];
  const source = mapping.profile.username;
  const isThere = readText(claims, source).kind !== 'missing';
  return [
    {
      about: 'username',
      severity: 'problem',
      text: isThere
        ? `The ${nameOfSource(source)} holds no username that Jira accepts.`
        : `There is no ${nameOfSource(source)}, from which the username is taken.`,
      fix: `Map the username from another claim (there are: ${candidates(claims)}), or release this one at the provider.`,
    },
  ];
}

function emailAdvice({ provider, mapping, mapped }: AnswerToAdviseOn): Advice[] {
  const source = nameOfSource(mapping.profile.email);
  if (mapped.email === null) {
    const fix = `Ask for the scope that releases it (usually email), or map the address from another claim.`;
    return [{ about: 'email', severity: 'problem', text: `The ${source} holds no plain e-mail address.`, fix }];
  }
  if (mapped.emailVerified || provider.trustUnverifiedEmail) return [];
  return [
    {
      about: 'email',
      severity: 'problem',
      text: 'The provider does not say that this e-mail address is verified (email_verified).',
      fix: 'Have it verified there. Only if all addresses of this provider are known to be right, set trustUnverifiedEmail, or emailVerifiedAsText where it says "true" as a text.',
    },
  ];
}

function displayNameAdvice({ mapped, mapping }: AnswerToAdviseOn): Advice[] {
  if (mapped.displayName !== null) return [];
  const { displayName } = mapping.profile;
  const from =
    'givenNameClaim' in displayName
      ? `${nameOf(displayName.givenNameClaim)} and ${nameOf(displayName.familyNameClaim)}`
      : nameOfSource(displayName);
  return [
    {
      about: 'display-name',
      severity: 'warning',
      text: `There is no display name: ${from} is missing or unreadable.`,
      fix: 'Ask for the scope profile, or map the name from other claims. Until then the username is shown.',
    },
  ];
}

const groupTexts: Record<Exclude<TestedMapping['groups']['state'], 'list'>, Omit<Advice, 'about'>> = {
  empty: {
    severity: 'note',
    text: 'The list of groups is empty: this person is in none.',
    fix: 'Nothing, if that is so. Groups that the rules manage would be taken away.',
  },
  absent: {
    severity: 'warning',
    text: 'There is no claim with groups. That is not the same as an empty list: nothing is taken away.',
    fix: 'Release the groups at the provider, or correct the claim that the mapping reads.',
  },
  truncated: {
    severity: 'warning',
    text: 'The list of groups is not whole: the provider left some out because there are too many. Nothing is taken away.',
    fix: 'Have the provider send only the groups that are assigned to this application.',
  },
  malformed: {
    severity: 'problem',
    text: 'What the groups claim holds is not a list of names. Nothing is taken away.',
    fix: 'Set the format of the mapping (list, separated, json), or correct the claim at the provider.',
  },
};

function groupAdvice({ mapping, mapped, claims, tested }: AnswerToAdviseOn): Advice[] {
  const { state, explained } = mapped.groups;
  const advice: Advice[] = state === 'list' ? [] : [{ about: 'groups', ...groupTexts[state] }];
  if (state === 'absent') {
    const likely = Object.keys(claims).filter((name) => /groups?$|roles?$|memberof$/i.test(name));
    if (likely.length > 0) advice[0]!.fix += ` This answer has ${likely.slice(0, 5).join(', ')}.`;
  }
  const top = typeof mapping.groups.claim === 'string' ? mapping.groups.claim : mapping.groups.claim[0]!;
  const source = tested.find(({ name }) => name === top)?.sources;
  if (source?.length === 1 && source[0] === 'userinfo') {
    advice.push({
      about: 'groups',
      severity: 'note',
      text: 'Groups come from userinfo alone: when it does not answer, a sign-in goes on and changes no group.',
      fix: 'Set userinfo to required if people must not enter without their groups.',
    });
  }
  for (const { mapped: from, claimed } of explained?.hints ?? []) {
    advice.push({
      about: 'groups',
      severity: 'warning',
      text: `A rule reads ${shown(from)}, the provider says ${shown(claimed)}.`,
      fix: 'Write the rule exactly as the provider names the group, or let groups.names change what it sends.',
    });
  }
  return advice;
}

/** In Jira, whoever is in no group that gives access to an application sees a page that says so, and nothing else. */
function accessAdvice({ mapped }: AnswerToAdviseOn): Advice[] {
  if (mapped.decision.kind === 'refuse' || mapped.groups.wanted.length + mapped.groups.wantedIfNew.length > 0)
    return [];
  return [
    {
      about: 'groups',
      severity: 'warning',
      text: 'No group of Jira comes of this sign-in, and so perhaps no access to any application.',
      fix: 'Write a rule for a group of this person, or a default group for everybody.',
    },
  ];
}

function clockAdvice({ clockSkewSeconds: skew, provider }: AnswerToAdviseOn): Advice[] {
  if (skew === undefined || Math.abs(skew) < noticeableSkewSeconds) return [];
  const whose = skew > 0 ? 'ahead of' : 'behind';
  return [
    {
      about: 'clock',
      severity: 'warning',
      text: `The provider's clock is ${Math.abs(skew)} s ${whose} ours; ${provider.clockToleranceSeconds} s are tolerated.`,
      fix: 'Let both machines follow a time server.',
    },
  ];
}

function userinfoAdvice({ userinfoFailure }: AnswerToAdviseOn): Advice[] {
  if (userinfoFailure === undefined) return [];
  return [
    {
      about: 'userinfo',
      severity: 'warning',
      text: `Userinfo could not be read (${userinfoFailure}).`,
      fix: 'Look at the endpoint and at the scopes. If the ID token says everything, set userinfo to off.',
    },
  ];
}

function contradictions({ tested }: AnswerToAdviseOn): Advice[] {
  const names = tested.filter(({ differing }) => differing !== undefined).map(({ name }) => name);
  if (names.length === 0) return [];
  return [
    {
      about: 'claims',
      severity: 'note',
      text: `ID token and userinfo differ in ${names.slice(0, 10).join(', ')}.`,
      fix: 'The signed ID token wins; lists are united.',
    },
  ];
}

function nameOf(selector: string | readonly string[]): string {
  return typeof selector === 'string' ? selector : selector.join(' / ');
}

function shown(text: string): string {
  return JSON.stringify(text.slice(0, 80));
}

/** Of the token, not of the person. */
const protocolNames = new Set(['iss', 'aud', 'azp', 'sub', 'acr', 'token_use', 'client_id', 'scope']);

function candidates(claims: Claims): string {
  const names = Object.keys(claims).filter(
    (name) => typeof claimOf(claims, name) === 'string' && !protocolNames.has(name),
  );
  return names.slice(0, 12).join(', ') || 'none';
}
