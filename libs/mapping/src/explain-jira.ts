import type { AskedJira, ConfigDocument } from '@gatehouse/contracts';
import { codes } from '@gatehouse/errors';
import type { AccountDecision } from './decide-account.js';
import type { DesiredAccess } from './desired-access.js';
import type { JiraForecast } from './foresee-jira.js';
import { foreseeSeats } from './foresee-seats.js';
import type { SeatQuestion } from './foresee-seats.js';
import { groupReasons } from './group-reasons.js';
import type { JiraUserFacts } from './match-account.js';
import { foldName, sameEmail } from './names.js';
import type { AccountPlan } from './plan-account.js';
import { decideIdentity } from './provider-of.js';
import type { Identity } from './provider-of.js';

export interface ForecastToExplain {
  readonly forecast: JiraForecast;
  readonly desired: DesiredAccess;
  /** Those that add up to the desired access, in their order. */
  readonly identities: readonly Identity[];
  /** Of the answer that is explained. */
  readonly provider: string;
  readonly found: (JiraUserFacts & { readonly key: string }) | undefined;
  readonly config: ConfigDocument;
  /** Of the groups to be added; undefined: nobody could say. */
  readonly exists: (group: string) => boolean | undefined;
  /** Or why nobody knows. */
  readonly applications: SeatQuestion['applications'] | string;
}

/** Every step that a sign-in would take in Jira, each with the rule that makes it. */
export function explainJira(question: ForecastToExplain): AskedJira {
  const { forecast, desired, found } = question;
  return {
    state: 'asked',
    account: {
      ...accountOf(forecast.decision, desired, found),
      username: found?.name ?? desired.username,
      user: found ? userOf(found) : null,
    },
    profile: forecast.plan ? profileOfPlan(forecast.plan, question) : [],
    groups: groupsOf(question),
    seats: seatsOf(question),
  };
}

type Account = Pick<AskedJira['account'], 'action' | 'because' | 'code' | 'fix'>;

function accountOf(decision: AccountDecision, desired: DesiredAccess, found: JiraUserFacts | undefined): Account {
  const step = (action: Account['action'], because: string) => ({ action, because, code: null, fix: null });
  switch (decision.kind) {
    case 'refuse': {
      const { meaning, action } = codes[decision.code];
      return { action: 'refuse', because: meaning, code: decision.code, fix: action };
    }
    case 'pinned':
      return step('linked', 'this account is linked to that user of Jira since an earlier sign-in');
    case 'create':
      return step('create', `${nobody[desired.matchBy]}, and the mapping allows creation (allowUserCreation)`);
    case 'adopt':
      return step('match', decision.createdByUs ? ours : adopted(desired, found!));
  }
}

const ours = 'an earlier sign-in asked Jira to create exactly this user';

const nobody = {
  username: 'Jira has no user of this name',
  email: 'Jira has no user of this e-mail address, nor of this name',
};

function adopted({ matchBy, email }: DesiredAccess, { emailAddress }: JiraUserFacts): string {
  const isSameEmail = sameEmail(emailAddress.trim(), email);
  if (isSameEmail && matchBy === 'email')
    return 'Jira has this one user with the e-mail address, and the mapping matches by it (match)';
  if (isSameEmail) return 'Jira has a user of this name with the same e-mail address';
  return 'Jira has a user of this name, and the provider may name users of Jira (authoritativeForUsernames)';
}

function userOf({ key, name, emailAddress, displayName, active, groups }: NonNullable<ForecastToExplain['found']>) {
  return { key, username: name, email: emailAddress, displayName, active, groups: [...groups] };
}

function profileOfPlan(
  { profile }: AccountPlan,
  { found, identities, config }: ForecastToExplain,
): AskedJira['profile'] {
  // The first that may enter gives the profile.
  const giving = identities.find((identity) => decideIdentity(identity, config).kind === 'enter')?.provider;
  const because = `what the provider ${giving} says differs`;
  const { email, displayName } = profile;
  return [
    ...(email === undefined ? [] : [{ field: 'email' as const, from: found?.emailAddress ?? '', to: email, because }]),
    ...(displayName === undefined
      ? []
      : [{ field: 'displayName' as const, from: found?.displayName ?? '', to: displayName, because }]),
  ];
}

function groupsOf({ forecast: { plan }, found, exists, ...question }: ForecastToExplain): AskedJira['groups'] {
  if (!plan) return { add: [], remove: [], keep: [], withhold: [] };
  const reasons = groupReasons(question);
  const removed = new Set(plan.remove.map(foldName));
  const kept = (found?.groups ?? []).filter((group) => !removed.has(foldName(group)));
  return {
    add: plan.add.map((group) => ({ group, because: reasons.given(group), exists: exists(group) ?? null })),
    remove: plan.remove.map((group) => ({ group, because: reasons.taken(group) })),
    keep: kept.map((group) => ({ group, because: reasons.kept(group) })),
    withhold: plan.withheld.map((group) => ({
      group,
      because: `${reasons.given(group)}, but a group of administrators is given by a rule of its own only`,
    })),
  };
}

function seatsOf({ forecast: { plan }, found, exists, applications }: ForecastToExplain): AskedJira['seats'] {
  if (!plan) return { state: 'unknown', because: 'the sign-in would be refused and changes none' };
  if (typeof applications === 'string') return { state: 'unknown', because: applications };
  const before = found?.groups ?? [];
  const removed = new Set(plan.remove.map(foldName));
  const after = [
    ...before.filter((group) => !removed.has(foldName(group))),
    ...plan.add.filter((one) => exists(one) !== false),
  ];
  return { state: 'known', applications: foreseeSeats({ applications, before, after }) };
}
