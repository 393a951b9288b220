import type { Settings } from '@gatehouse/contracts';
import { decideAccount, decideUse } from './decide-account.js';
import type { AccountDecision } from './decide-account.js';
import type { DesiredAccess } from './desired-access.js';
import type { AccountOnRecord } from './foresee-match.js';
import type { LedgerEntry } from './ledger.js';
import type { JiraUserFacts } from './match-account.js';
import { planAccount } from './plan-account.js';
import type { AccountPlan } from './plan-account.js';
import type { DeactivatedBy } from './revival.js';

interface Question {
  readonly desired: DesiredAccess;
  readonly account: Pick<AccountOnRecord, 'jiraKey' | 'unansweredIntent'> | undefined;
  /** By the account's key; where it has none, as `matchAccount` wants it. */
  readonly found: JiraUserFacts | 'several' | undefined;
  readonly settings: Settings;
  /** What earlier runs wrote down; left out: nothing is taken back by the ledger. */
  readonly books?: Books;
}

export interface Books {
  readonly ledger: readonly LedgerEntry[];
  /** Those of the configuration. */
  readonly providers: readonly string[];
  readonly isNewcomer: boolean;
  readonly deactivatedBy: DeactivatedBy | undefined;
}

export interface JiraForecast {
  readonly decision: AccountDecision;
  /** Undefined where the decision is to refuse: then nothing is changed. */
  readonly plan: AccountPlan | undefined;
}

/** What group-sync would do if it ran now, by the functions it runs by. */
export function foreseeJira({ desired, account, found, settings, books }: Question): JiraForecast {
  const isPinned = account?.jiraKey !== undefined;
  const { unansweredIntent } = account ?? {};
  const decision = decideAccount({ isPinned, found, desired, unansweredIntent, settings });
  if (decision.kind === 'refuse') return { decision, plan: undefined };
  const user = found === 'several' ? undefined : found;
  const use = user && decideUse({ user, desired, deactivatedBy: books?.deactivatedBy });
  if (use?.kind === 'refuse') return { decision: use, plan: undefined };
  const actual = decision.kind === 'create' ? asCreated(decision.user) : user!;
  const isNewcomer = decision.kind === 'create' || (books?.isNewcomer ?? false);
  const { ledger, providers } = books ?? {};
  return { decision, plan: planAccount({ desired, actual, settings, ledger, providers, isNewcomer }) };
}

/** Created without application access, a user is in no group (decision 5). */
function asCreated({
  username,
  email,
  displayName,
}: Extract<AccountDecision, { kind: 'create' }>['user']): JiraUserFacts {
  return { name: username, emailAddress: email, displayName, active: true, groups: [] };
}
