import { Injectable } from '@nestjs/common';
import type { ConfigDocument, TestedJira } from '@gatehouse/contracts';
import { codes, GatehouseError, OutageError } from '@gatehouse/errors';
import type { ErrorCode } from '@gatehouse/errors';
import { JiraReader } from '@gatehouse/jira-client';
import type { JiraApplication, JiraReading, JiraUser } from '@gatehouse/jira-client';
import { desiredAccess, explainJira, foldName, foreseeHolder, foreseeJira, soleUserOf } from '@gatehouse/mapping';
import type { DesiredAccess, ForeseenAccount, Identity, JiraForecast } from '@gatehouse/mapping';
import { Breakers } from '@gatehouse/messaging';
import { AccountRecords } from './account-record.store.js';

/** For all questions together: somebody looks at a window that waits for it. */
const withinMs = 5_000;
const groupsMax = 50;
const parallelMax = 4;

export interface JiraQuestion {
  readonly candidate: Identity;
  /** Undefined: it never signed in. */
  readonly identityId: string | undefined;
  readonly foreseen: ForeseenAccount;
  readonly config: ConfigDocument;
}

interface Place {
  readonly account: ForeseenAccount;
  readonly desired: DesiredAccess;
  readonly forecast: JiraForecast;
}

/**
 * What a sign-in would do in Jira: the present state is read there, and the same functions decide that group-sync runs by.
 * It holds a reader alone, so nothing here can change Jira (O78).
 */
@Injectable()
export class JiraForesight {
  constructor(
    private readonly jira: JiraReader,
    private readonly breakers: Breakers,
    private readonly records: AccountRecords,
  ) {}

  /** A Jira that is away is an answer too: the provider is what is tried. */
  async of(question: JiraQuestion): Promise<TestedJira> {
    const breaker = this.breakers.of('jira');
    // F13, F18: it limits or refuses us, and somebody is looking after that.
    if (breaker.holdsOff) return unavailable(breaker.code ?? 'jira.unreachable');
    try {
      return await this.asked(question, this.jira.begin(withinMs));
    } catch (error) {
      if (error instanceof GatehouseError) return unavailable(error.code);
      throw error;
    }
  }

  private async asked(question: JiraQuestion, reading: JiraReading): Promise<TestedJira> {
    const { foreseen, config, candidate } = question;
    const desired = desiredOf(foreseen, config);
    if (!desired) return { state: 'not-asked', because: 'nobody of this account may enter' };
    const shown = await userOf(foreseen, desired, reading);
    const found = shown === 'several' ? undefined : shown;
    const { settings } = config;
    const first = foreseeJira({ desired, account: foreseen.account, found: shown, settings });
    const place = await this.followKey({ account: foreseen, desired, forecast: first }, found, question);
    const wanted = place.forecast.plan?.add ?? [];
    const [groups, applications] = await Promise.all([
      existing(wanted, reading),
      place.forecast.plan ? applicationsOf(reading) : [],
    ]);
    return explainJira({
      ...{ forecast: place.forecast, desired: place.desired, identities: place.account.identities },
      ...{ provider: candidate.provider, found, config, applications },
      exists: (group) => groups.get(foldName(group)),
    });
  }

  /** A user of Jira has one account. Who is led to another's user joins it, or is refused. */
  private async followKey(first: Place, found: JiraUser | undefined, question: JiraQuestion): Promise<Place> {
    const { candidate, identityId, config } = question;
    const { decision } = first.forecast;
    const isInactive = decision.kind === 'refuse' && decision.code === 'jira.account_inactive';
    const isMatched = first.account.account?.jiraKey === undefined && (decision.kind === 'adopt' || isInactive);
    const holder = found && isMatched ? await this.records.holderOf(found.key) : undefined;
    if (!holder) return first;
    const account = foreseeHolder(candidate, identityId, holder, config);
    if (account.kind === 'refuse') return { ...first, forecast: { decision: account, plan: undefined } };
    const desired = desiredOf(account, config) ?? first.desired;
    return { account, desired, forecast: foreseeJira({ desired, account: holder, found, settings: config.settings }) };
  }
}

function desiredOf({ identities, nameFolded }: ForeseenAccount, config: ConfigDocument): DesiredAccess | undefined {
  return desiredAccess({ identities, nameFolded, config });
}

async function userOf(
  { account }: ForeseenAccount,
  desired: DesiredAccess,
  reading: JiraReading,
): Promise<JiraUser | 'several' | undefined> {
  if (account?.jiraKey === undefined) return matchOf(desired, account, reading);
  // As group-sync does: a node that lags does not make somebody missing.
  const by = { key: account.jiraKey };
  return (await reading.findUser(by)) ?? (await reading.findUser(by));
}

/** A name that is taken is what group-sync would be told when it asks Jira to create the user. */
async function matchOf(
  { matchBy, username, email, mayCreate }: DesiredAccess,
  account: ForeseenAccount['account'],
  reading: JiraReading,
): Promise<JiraUser | 'several' | undefined> {
  if (matchBy === 'username') return reading.findUser({ username });
  const found = soleUserOf(email, await reading.findUsersByEmail(email));
  if (found !== undefined || !(mayCreate || account?.unansweredIntent)) return found;
  return reading.findUser({ username: account?.unansweredIntent?.username ?? username });
}

/** @returns by folded name; one that is not there could not be asked for */
async function existing(groups: readonly string[], reading: JiraReading): Promise<ReadonlyMap<string, boolean>> {
  const known = new Map<string, boolean>();
  const waiting = groups.slice(0, groupsMax);
  const worker = async () => {
    for (let group = waiting.shift(); group !== undefined; group = waiting.shift()) {
      try {
        known.set(foldName(group), await reading.hasGroup(group));
      } catch (error) {
        if (!(error instanceof GatehouseError)) throw error;
        if (error instanceof OutageError) waiting.length = 0;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(parallelMax, waiting.length) }, worker));
  return known;
}

async function applicationsOf(reading: JiraReading): Promise<readonly JiraApplication[] | string> {
  try {
    return await reading.applications();
  } catch (error) {
    if (error instanceof GatehouseError) return `Jira did not say: ${codes[error.code].meaning}`;
    throw error;
  }
}

function unavailable(code: ErrorCode): TestedJira {
  return { state: 'unavailable', code, ...codes[code] };
}
