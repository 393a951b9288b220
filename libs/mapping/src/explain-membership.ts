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
  return wantedNow ? whyNotYet(evidence) : whyNotWanted(group, identities);
}

function whyMember(evidence: MembershipEvidence): Verdict {
  const { group, wantedNow, reasonsNow, held, holds, isManaged, isGranted } = evidence;
  if (wantedNow) return verdict('member', `In ${group} by ${reasonsNow.join(', ')}.`, null, null);
  if (held && !held.dismissed) {
    const text = `Nothing gives ${group} any more. The brake holds the removal, because configuration ${held.configVersion} would take too many memberships at once.`;
    const fix = 'Look at what would go, then approve it or leave everything as it is.';
    return verdict('held-by-brake', text, fix, `POST /api/v1/held-removals/${held.configVersion}/approve`);
  }
  if (held) return verdict('kept', `An administrator decided that ${group} stays.`, null, null);
  const stopped = isManaged || isGranted ? stoppedOf(evidence) : undefined;
  if (stopped) return stopped;
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
  if (hasIt(run.paused) && (jira?.seatsLeft ?? 0) < 1) return ofCode('licence-full', 'jira.licence_full', null);
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
    return ofCode(isOfCreation ? 'creation-refused' : 'account-refused', code, isOfCreation ? 'mappings' : null);
  }
  return readOnly(evidence);
}

function readOnly({ parked, run }: MembershipEvidence): Verdict | undefined {
  const isReadOnly = [run?.code, ...parked.map(({ code }) => code)].includes('jira.directory_read_only');
  return isReadOnly ? ofCode('directory-read-only', 'jira.directory_read_only', null) : undefined;
}

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
