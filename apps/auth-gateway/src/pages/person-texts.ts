import type { ErrorCode } from '@gatehouse/errors';

/** What a person reads. The texts of libs/errors are for operators and may say more than a stranger should know. */
export interface PersonText {
  readonly status: number;
  readonly title: string;
  readonly text: string;
  /** `again`: start over; `other`: sign in as somebody else; `portal`: the password form of the customer portal; `jira`: only go back. */
  readonly next: 'again' | 'other' | 'portal' | 'jira';
}

const notLinkable: PersonText = {
  status: 403,
  title: 'Your account cannot be connected',
  text: 'You signed in, but your name at the identity provider cannot be connected to a Jira account automatically. Ask your Jira administrator, and give them the reference below.',
  next: 'other',
};

const deactivated: PersonText = {
  status: 403,
  title: 'Your account is deactivated',
  text: 'You signed in, but your organisation has deactivated your account for Jira. Ask your administrator if you should have access, and give them the reference below.',
  next: 'other',
};

/** Which domain or organisation would be let in is nobody's business who is not. */
const notAdmitted: PersonText = {
  status: 403,
  title: 'This account may not sign in to Jira',
  text: 'You signed in, but people of your organisation or e-mail domain are not let in through this provider. If you have another account, use that one. Otherwise ask your administrator, and give them the reference below.',
  next: 'other',
};

/** Which groups would be let in is nobody's business who is not. */
const notInGroup: PersonText = {
  ...notAdmitted,
  text: 'You signed in, but you are in none of the groups that may use Jira through this provider. Ask your administrator to add you, and give them the reference below. If you have another account, use that one.',
};

const groupsUnknown: PersonText = {
  ...notAdmitted,
  title: 'Your groups could not be read',
  text: 'You signed in, but the identity provider did not say completely which groups you are in, and Jira needs that to let you in. Ask your administrator, and give them the reference below.',
};

const incomplete: PersonText = {
  status: 403,
  title: 'Your sign-in is incomplete',
  text: 'The identity provider did not send what Jira needs to know about you. Ask your administrator, and give them the reference below.',
  next: 'other',
};

const provider: PersonText = {
  status: 503,
  title: 'The identity provider does not answer',
  text: 'Signing in is not possible at the moment, because the identity provider does not answer as it should. Try again in a few minutes.',
  next: 'again',
};

const expired: PersonText = {
  status: 400,
  title: 'This sign-in cannot be continued',
  text: 'It has expired, was already used, or was started in another browser. If it happens again, check that your browser accepts cookies. Start again from Jira.',
  next: 'jira',
};

const failed: PersonText = {
  status: 500,
  title: 'Your account could not be prepared',
  text: 'You signed in, but your Jira account could not be prepared. Your administrator can see why. Give them the reference below.',
  next: 'again',
};

const unexpected: PersonText = {
  status: 500,
  title: 'Something went wrong',
  text: 'An unexpected error occurred. Try again, and if it happens again give the reference below to your administrator.',
  next: 'jira',
};

const texts: Partial<Record<ErrorCode, PersonText>> = {
  'api.not_found': {
    status: 404,
    title: 'There is no such page',
    text: 'The address is mistyped or no longer in use. Signing in starts from Jira.',
    next: 'jira',
  },
  'entry.email_not_verified': {
    status: 403,
    title: 'Your e-mail address is not verified',
    text: 'Jira needs an e-mail address that your identity provider has verified. Verify your e-mail address there, then sign in again.',
    next: 'other',
  },
  'entry.email_missing': {
    ...incomplete,
    text: 'The identity provider did not send your e-mail address, and Jira needs it. Ask your administrator, and give them the reference below.',
  },
  'entry.deactivated': deactivated,
  'account.deactivated': deactivated,
  'entry.claim_required': notAdmitted,
  'entry.group_required': notInGroup,
  'entry.groups_absent': groupsUnknown,
  'entry.groups_truncated': groupsUnknown,
  'entry.groups_malformed': groupsUnknown,
  'entry.domain_not_allowed': notAdmitted,
  'jira.account_inactive': {
    status: 403,
    title: 'Your Jira account is deactivated',
    text: 'You signed in, but your Jira account is deactivated. Ask your Jira administrator if you should have access.',
    next: 'other',
  },
  'jira.licence_full': {
    status: 403,
    title: 'All seats of Jira are taken',
    text: 'You signed in, but the licence of Jira has no seat left for you. Ask your Jira administrator for one, and give them the reference below. As soon as a seat is free, signing in works.',
    next: 'again',
  },
  'match.creation_off': {
    status: 403,
    title: 'You do not have a Jira account',
    text: 'You signed in, but there is no Jira account for you, and accounts are not created automatically here. Ask your Jira administrator.',
    next: 'other',
  },
  'match.group_needed': {
    status: 403,
    title: 'You do not have a Jira account',
    text: 'You signed in, but there is no Jira account for you, and none of your groups gives you one. Ask your administrator to add you to a group for Jira.',
    next: 'other',
  },
  'match.groups_incomplete': groupsUnknown,
  'entry.agents_only': {
    status: 403,
    title: 'The customer portal has a password of its own',
    text: 'You signed in, but here this way is for agents only. Log in with the password of the customer portal. If you work as an agent, give the reference below to your Jira administrator.',
    next: 'portal',
  },
  'login.provider_unavailable': provider,
  'login.userinfo_unavailable': provider,
  'login.client_refused': {
    status: 503,
    title: 'The identity provider does not accept Jira',
    text: 'Signing in is not possible until your administrator has corrected how Jira is registered at the identity provider. Tell them, and give them the reference below.',
    next: 'again',
  },
  'login.provider_refused': {
    status: 403,
    title: 'The identity provider ended the sign-in',
    text: 'You may have cancelled it, or you may not be allowed to use Jira through this provider.',
    next: 'other',
  },
  'login.provider_unknown': {
    status: 404,
    title: 'This way to sign in does not exist',
    text: 'The identity provider you asked for is not available here. Start again from Jira.',
    next: 'jira',
  },
  'login.no_provider': {
    status: 503,
    title: 'Single sign-on is switched off',
    text: 'At the moment there is no identity provider to sign in with. If you have a Jira password, go back to Jira and log in with it. Otherwise ask your Jira administrator when single sign-on will be back, and give them the reference below.',
    next: 'again',
  },
  'login.answer_invalid': {
    status: 400,
    title: 'The sign-in could not be verified',
    text: 'The answer of the identity provider did not pass our checks, so you were not signed in. Try again, and if it happens again give the reference below to your administrator.',
    next: 'again',
  },
  'login.going_in_circles': {
    status: 429,
    title: 'Signing in goes round in circles',
    text: 'You are signed in, but Jira sent you back here twice within half a minute. It may not accept your account. Try again in a minute, or sign out and try another account. If it happens again give the reference below to your administrator.',
    next: 'jira',
  },
  'login.transaction_unknown': expired,
  'login.interaction_expired': expired,
  'login.account_pending': {
    status: 503,
    title: 'Your account is not ready yet',
    text: 'Preparing your Jira account takes longer than it should. It continues in the background. Try again in a few minutes, and if it happens again give the reference below to your administrator.',
    next: 'again',
  },
  'login.given_up': {
    status: 400,
    title: 'You are not signed in',
    text: 'While your account was being prepared, this sign-in was ended by your identity provider or by an administrator. Try again if you want to sign in.',
    next: 'again',
  },
  'login.request_refused': {
    status: 400,
    title: 'This sign-in request is not valid',
    text: 'The address that brought you here is not complete or not correct. Start again from Jira.',
    next: 'jira',
  },
  'logout.cross_site': {
    status: 403,
    title: 'You were not signed out',
    text: 'The request to sign out did not come from this site. Use the sign-out page to sign out.',
    next: 'jira',
  },
  'jira.unreachable': {
    status: 503,
    title: 'Jira does not answer',
    text: 'Signing in is not possible at the moment, because Jira is not answering. Try again in a few minutes.',
    next: 'jira',
  },
  'console.unreachable': {
    status: 503,
    title: 'The console does not answer',
    text: 'It runs in a process of its own. Start it with npm run start:console, or tell the gateway where it listens with CONSOLE_URL.',
    next: 'jira',
  },
  'database.unreachable': {
    status: 503,
    title: 'Signing in is not possible at the moment',
    text: 'A part of the sign-in service is not available. Try again in a few minutes.',
    next: 'jira',
  },
};

export function personText(code: ErrorCode): PersonText {
  const exact = texts[code];
  if (exact) return exact;
  if (code.startsWith('match.')) return notLinkable;
  if (code.startsWith('entry.')) return incomplete;
  if (code.startsWith('jira.') || code === 'login.account_parked') return failed;
  return unexpected;
}

/** After this long a page that says nothing new looks as if it had stopped (E06). */
const stillWaitingSeconds = 8;

/** What stands there from the last time; whether it still holds is just being found out. */
const isAboutThePerson: ReadonlySet<string> = new Set<ErrorCode>([
  ...(['jira.licence_full', 'jira.account_inactive', 'jira.directory_read_only', 'jira.fails_for_one'] as const),
]);

/** Why the account is not ready yet, from the code that group-sync left with it. */
export function waitingText(code: string | undefined, waitedSeconds: number): string {
  if (code?.startsWith('jira.') && !isAboutThePerson.has(code)) {
    return 'Jira is not answering right now. Your sign-in is kept and continues by itself.';
  }
  if (waitedSeconds < stillWaitingSeconds) return 'This takes a moment the first time. The page continues by itself.';
  return 'Still waiting for Jira. Your sign-in is kept and continues by itself.';
}
