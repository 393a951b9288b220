import { codes } from '@gatehouse/errors';
import type { ErrorCode } from '@gatehouse/errors';
import { foldName } from './names.js';
import { verdict, whyNotWanted } from './why-not-wanted.js';
import type { IdentityEvidence, Verdict } from './why-not-wanted.js';

export interface MembershipEvidence {
  /** Of Jira. */
  readonly group: string;
  readonly identities: readonly IdentityEvidence[];
  /** What the claims of now and the configuration of now add up to. */
  readonly wantedNow: boolean;
  readonly reasonsNow: readonly string[];
  /** Undefined: nothing was decided yet. */
  readonly desired: { readonly version: number; readonly wanted: boolean } | undefined;
  /** Why nothing is taken away. */
  readonly holds: readonly { readonly provider: string; readonly cause: string }[];
  readonly isManaged: boolean;
  /** Who took the access away, in words. */
  readonly deactivated?: string | undefined;
  readonly account: { readonly state: string; readonly code: string | null } | undefined;
  readonly isGranted: boolean;
  readonly held: { readonly configVersion: number; readonly tripped: string; readonly dismissed: boolean } | undefined;
  readonly run:
    | {
        readonly outcome: string;
        readonly code: string | null;
        readonly version: number | null;
        readonly paused: readonly string[];
        readonly skipped: readonly string[];
        readonly withheld: readonly string[];
      }
    | undefined;
  /** Due now, or about to be tried again. */
  readonly pending: readonly {
    readonly job: string;
    readonly queue: string;
    readonly pause: { readonly by: string; readonly reason: string } | null;
  }[];
  readonly parked: readonly { readonly id: string; readonly code: string }[];
  readonly breaker: { readonly state: string; readonly code: string | null };
  /** Undefined: it could not be asked, or has no such user to ask for. */
  readonly jira:
    | {
        readonly hasUser: boolean;
        /** That have the username, in their order. Null: Jira does not say. */
        readonly directories: readonly { readonly directory: string; readonly active: boolean }[] | null;
        readonly member: boolean;
        readonly groupExists: boolean;
        readonly seatsLeft: number | null;
      }
    | undefined;
}

/** What a membership is, as far as anybody knows. */
export function isMember({ jira, isGranted, held }: MembershipEvidence): boolean | undefined {
  if (jira) return jira.member;
  return isGranted || held !== undefined ? true : undefined;
}

/**
 * Why somebody is, or is not, in a group of Jira: of a chain of facts the first that breaks it, and the one change that
 * would mend it (P14). Claims come before what is decided of them, that before its way to Jira.
 */
export function explainMembership(evidence: MembershipEvidence): Verdict {
  const { group, identities, wantedNow } = evidence;
  if (isMember(evidence)) return whyMember(evidence);
  const { deactivated } = evidence;
  if (deactivated !== undefined) return verdict('deactivated', `The account was ${deactivated}.`, whereToReturn, null);
  if (wantedNow) return whyNotYet(evidence);
  const why = whyNotWanted(group, identities);
  return why.because.code === 'not-mapped' && evidence.jira?.groupExists === false ? noSuchGroup(group) : why;
}

/** Most often a name that was mistyped in the question. */
function noSuchGroup(group: string): Verdict {
  const text = `Jira has no group ${group}, and no rule leads to it.`;
  return verdict('group-missing', text, 'Check its name. If it is meant: make it in Jira and add a rule to it.', null);
}

const whereToReturn = 'Whoever took the access away gives it back; it counts at once.';

function whyMember(evidence: MembershipEvidence): Verdict {
  const { group, wantedNow, reasonsNow, held, holds, isManaged, isGranted, deactivated, desired } = evidence;
  if (wantedNow) return verdict('member', `In ${group} by ${reasonsNow.join(', ')}.`, null, null);
  if (held && !held.dismissed) {
    const text = `Nothing gives ${group} any more. The brake holds the removal, because configuration ${held.configVersion} would take too many memberships at once.`;
    const fix = 'Look at what would go, then approve it or leave everything as it is.';
    return verdict('held-by-brake', text, fix, `POST /api/v1/held-removals/${held.configVersion}/approve`);
  }
  if (held) return verdict('kept', `An administrator decided that ${group} stays.`, null, null);
  const stopped = isManaged || isGranted ? stoppedOf(evidence) : undefined;
  if (stopped) return stopped;
  if (deactivated !== undefined && (isGranted || desired?.wanted)) {
    const text = `The account was ${deactivated}. Its Jira user is inactive and keeps ${group} for the day of its return.`;
    const fix =
      'Nothing is wrong. Whom a directory deactivates leaves every group that directory.removeGroupsExcept does not name, where it is set.';
    return failed(evidence) ?? verdict('kept', text, fix, 'mappings');
  }
  const [hold] = holds;
  if (hold) return keptBy(group, hold);
  return verdict(
    'left-to-jira',
    `Nothing that Gatehouse knows gives ${group}: it is left to the administrators of Jira.`,
    'Remove the membership in Jira, if it should go.',
    null,
  );
}

function keptBy(group: string, { provider, cause }: MembershipEvidence['holds'][number]): Verdict {
  const text = `Nothing gives ${group} any more, and nothing is taken away on what the provider ${provider} says (${cause}).`;
  if (cause === 'keep-existing')
    return verdict(
      'kept',
      text,
      'Turn keepExisting off, or remove the membership in Jira.',
      `mappings.${provider}.groups`,
    );
  return verdict(
    'kept',
    text,
    'Let the provider send the whole list of groups, or remove the membership in Jira.',
    null,
  );
}

/** It should be there, and is not, or nobody could see it. */
function whyNotYet(evidence: MembershipEvidence): Verdict {
  return (
    toldBy(evidence) ??
    stoppedOf(evidence) ??
    failed(evidence) ??
    inOtherDirectory(evidence) ??
    verdict(
      'unknown',
      evidence.jira
        ? `${evidence.group} is wanted and nothing recorded says why it is not there: perhaps it was just taken away in Jira.`
        : `${evidence.group} is wanted, and Jira could not be asked whether it is there.`,
      evidence.jira ? 'The person signs in once: that looks at Jira again.' : 'Ask again when Jira answers.',
      null,
    )
  );
}

/** What a run was told at the version that is desired now: to wait for another run would bring the same. */
function toldBy(evidence: MembershipEvidence): Verdict | undefined {
  const { group, run, desired, jira, account } = evidence;
  if (!run || !desired?.wanted || run.version !== desired.version) return undefined;
  const hasIt = (groups: readonly string[]) => groups.some((one) => foldName(one) === foldName(group));
  if (hasIt(run.paused) && (jira?.seatsLeft ?? 0) < 1) {
    const text = `${group} gives access to an application of which no seat is left. Everything else was applied.`;
    return verdict('licence-full', text, codes['jira.licence_full'].action, null);
  }
  if (hasIt(run.skipped) && !jira?.groupExists) return ofCode('group-missing', 'jira.group_missing', null);
  if (hasIt(run.withheld)) {
    const text = `${group} is a group of administrators, which only a rule with an exact name gives.`;
    return verdict('administrators-only', text, `Add a rule with an exact name to ${group}.`, 'mappings');
  }
  if (account?.state === 'refused' || run.outcome === 'refused') {
    const code = account?.code ?? run.code ?? 'job.failed';
    const isOfCreation = code.startsWith('match.creation_') || code.startsWith('match.group');
    // Somebody has made the user since, so the next run goes another way.
    if (isOfCreation && jira?.hasUser) return undefined;
    return isOfCreation ? creationRefused(code, evidence) : ofCode('account-refused', code, null);
  }
  return readOnly(evidence);
}

/** What has to change is a setting of the mapping, or at the provider. */
function creationRefused(code: string, { identities }: MembershipEvidence): Verdict {
  const [first, ...others] = new Set(identities.map(({ provider }) => provider));
  const setting = settingOfCreation.get(code);
  const isOfOne = first !== undefined && others.length === 0;
  const at = isOfOne ? `mappings.${first}.${setting}` : 'mappings';
  return ofCode('creation-refused', code, setting === undefined ? null : at);
}

/** Jira reads groups from the first directory that has the username; over REST it does not tell in which one a group is. */
function inOtherDirectory({ group, jira }: MembershipEvidence): Verdict | undefined {
  const [first, ...others] = jira?.directories ?? [];
  if (!first || others.length === 0) return undefined;
  const below = others.map(({ directory }) => directory).join(', ');
  return verdict(
    'several-directories',
    `Jira has this username in several directories and uses ${first.directory}: that ${group} is given in ${below} counts for nothing.`,
    `In Jira, leave this username in one directory only, or put the right one on top.`,
    null,
  );
}

const settingOfCreation: ReadonlyMap<string, string> = new Map([
  ['match.creation_off', 'allowUserCreation'],
  ['match.group_needed', 'creationNeedsMappedGroup'],
  ['match.import_off', 'directory.importUsers'],
]);

/** Turning the profile off, as the code advises, would not help a group. */
function readOnly({ group, parked, run }: MembershipEvidence): Verdict | undefined {
  const job = parked.find(({ code }) => code === readOnlyCode);
  if (!job && run?.code !== readOnlyCode) return undefined;
  const fix = `Put the person into ${group} in its own directory, or let Jira keep local groups for that directory${job ? ' and retry the job' : ''}.`;
  const at = job ? `POST /api/v1/parked/${job.id}/retry` : null;
  return verdict('directory-read-only', codes[readOnlyCode].meaning, fix, at);
}

const readOnlyCode = 'jira.directory_read_only';

/** On its way, and held up or not. */
function stoppedOf({ group, pending, breaker }: MembershipEvidence): Verdict | undefined {
  const paused = pending.find(({ pause }) => pause !== null);
  if (paused) {
    const { job, queue, pause } = paused;
    const text = `The job ${job} waits in ${queue}, which ${pause!.by} has paused: ${pause!.reason}`;
    return verdict('queued-behind-pause', text, `Resume ${queue}.`, `POST /api/v1/lanes/${queue}/resume`);
  }
  const [first] = pending;
  if (!first) return undefined;
  if (breaker.state !== 'closed') return ofCode('jira-away', breaker.code ?? 'jira.unreachable', null);
  return verdict('waiting', `${group} is on its way: the job ${first.job} waits in ${first.queue}.`, null, null);
}

function failed({ parked, account, run }: MembershipEvidence): Verdict | undefined {
  const [job] = parked;
  if (job) return ofCode('parked', job.code, `POST /api/v1/parked/${job.id}/retry`);
  const isBad = account?.state === 'failed' || run?.outcome === 'failed' || run?.outcome === 'outage';
  return isBad ? ofCode('account-refused', account?.code ?? run?.code ?? 'job.failed', null) : undefined;
}

/** What a newer version recorded may have a code that this one does not know. */
function ofCode(reason: Verdict['because']['code'], code: string, at: string | null): Verdict {
  const { meaning, action } = codes[Object.hasOwn(codes, code) ? (code as ErrorCode) : 'job.failed'];
  return verdict(reason, meaning, action, at);
}
