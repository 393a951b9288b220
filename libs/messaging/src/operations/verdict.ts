import type { Breaker } from './breaker.js';
import type { LaneOverview } from './lane-overview.js';

/** What the verdict is made of. */
export interface Situation {
  /** The most urgent first. */
  readonly lanes: readonly LaneOverview[];
  /** Undefined: no job has needed Jira yet. */
  readonly breaker: Breaker | undefined;
  readonly parked: { readonly count: number; readonly oldestSeconds: number };
}

export type Cause = 'paused' | 'jira' | 'no-worker' | 'queue-store' | 'backlog';

/** What an operator can press: a request to this API. */
export interface Press {
  readonly label: string;
  readonly method: 'GET' | 'POST';
  /** Below /api/v1. */
  readonly path: string;
  /** What the request has to say, as members of its JSON body. */
  readonly needs: 'reason'[];
}

export interface Alert {
  readonly severity: 'red' | 'attention';
  readonly what: 'late' | 'no-worker' | 'paused' | 'breaker-open' | 'parked' | 'queue-store';
  readonly queue: string | null;
  readonly sentence: string;
}

export interface Verdict {
  /** Red only when an objective is missed, or certainly will be: a lane that nobody works. */
  readonly state: 'ok' | 'attention' | 'red';
  readonly sentence: string;
  readonly cause: Cause | undefined;
  readonly queue: string | undefined;
  readonly lateBySeconds: number;
  readonly press: readonly Press[];
  readonly alerts: readonly Alert[];
}

/** The relay hands a due row over within milliseconds; this long means that the store does not take it. */
const storeAwaySeconds = 5;

const allWell = 'All lanes are within target.';

interface Finding {
  readonly lane: LaneOverview;
  readonly lateBy: number;
  readonly cause: Cause;
}

/** One sentence first: what is wrong, why, and what to press. */
export function verdictOn(situation: Situation): Verdict {
  const findings = situation.lanes.flatMap((lane) => findingOf(lane, situation));
  const alerts = [...findings.map(alertOf(situation)), ...quietAlerts(situation, findings)];
  const worst = findings[0];
  if (!worst) {
    return {
      state: alerts.length > 0 ? 'attention' : 'ok',
      sentence: [allWell, ...alerts.map(({ sentence }) => sentence)].join(' '),
      cause: undefined,
      queue: undefined,
      lateBySeconds: 0,
      press: parkedPress(situation),
      alerts,
    };
  }
  const others = findings.length - 1;
  const more = others === 0 ? [] : [others === 1 ? 'One more lane is red.' : `${others} more lanes are red.`];
  return {
    state: 'red',
    sentence: [sentenceOf(worst, situation), ...more].join(' '),
    cause: worst.cause,
    queue: worst.lane.queue,
    lateBySeconds: worst.lateBy,
    press: pressOf(worst),
    alerts,
  };
}

function findingOf(lane: LaneOverview, { breaker }: Situation): readonly Finding[] {
  const lateBy = lateSeconds(lane, jiraIsAway(lane, breaker));
  if (lateBy === 0) return lane.workers === 0 && !lane.paused ? [{ lane, lateBy, cause: 'no-worker' }] : [];
  return [{ lane, lateBy, cause: causeOf(lane, breaker) }];
}

/**
 * A person whose own job fails and is tried again does not make a lane late: that is bounded, and ends as parked. An
 * outage is not, so while there is one, what waits out a backoff is late like everything else.
 */
function lateSeconds(lane: LaneOverview, outage: boolean): number {
  if (lane.targetSeconds === null) return 0;
  const age = outage ? Math.max(lane.oldestReadySeconds, lane.oldestWaitingSeconds) : lane.oldestReadySeconds;
  return Math.max(0, Math.round(age - lane.targetSeconds));
}

function causeOf(lane: LaneOverview, breaker: Breaker | undefined): Cause {
  if (lane.paused) return 'paused';
  if (lane.workers === 0) return 'no-worker';
  if (jiraIsAway(lane, breaker)) return 'jira';
  return lane.oldestUnsentSeconds > storeAwaySeconds ? 'queue-store' : 'backlog';
}

/** Only for a lane that has noticed: a mapping job needs no Jira. */
function jiraIsAway(lane: LaneOverview, breaker: Breaker | undefined): boolean {
  if (lane.outageCode?.startsWith('jira.')) return true;
  return isOpen(breaker) && lane.service === 'group-sync';
}

function isOpen(breaker: Breaker | undefined): boolean {
  return breaker !== undefined && breaker.state !== 'closed';
}

function sentenceOf({ lane, lateBy, cause }: Finding, situation: Situation): string {
  const late = lateBy > 0 ? `${lane.queue} is late by ${lateBy} s` : `${lane.queue} stands still`;
  return `${late} because ${becauseOf(lane, cause, situation)}`;
}

function becauseOf(lane: LaneOverview, cause: Cause, { breaker }: Situation): string {
  switch (cause) {
    case 'paused':
      return `${lane.paused!.by} paused it ("${lane.paused!.reason}"): press Resume.`;
    case 'no-worker':
      return `no worker takes its jobs: start ${lane.service}.`;
    case 'jira': {
      const code = (isOpen(breaker) ? breaker?.code : undefined) ?? lane.outageCode ?? 'jira.unavailable';
      return jiraWords[code] ?? `Jira is away (${code}): work resumes by itself when it is back.`;
    }
    case 'queue-store':
      return 'the queue store does not take its jobs: look at the store (REDIS_URL); nothing is lost, it goes on by itself.';
    case 'backlog':
      return lane.etaSeconds === null
        ? `more arrives than its ${workersOf(lane)} can do: start another ${lane.service}.`
        : `its ${workersOf(lane)} work off ${lane.counts.ready} jobs, about ${lane.etaSeconds} s more: wait, or start another ${lane.service}.`;
  }
}

function workersOf({ workers }: LaneOverview): string {
  return workers === 1 ? 'one worker' : `${workers} workers`;
}

const jiraWords: Readonly<Record<string, string>> = {
  'jira.unreachable': 'Jira does not answer: look at Jira and JIRA_URL; work resumes by itself.',
  'jira.unavailable': 'Jira answers with server errors: look at Jira; work resumes by itself.',
  'jira.rate_limited':
    'Jira limits our requests (429): exempt the service account from rate limiting; work resumes by itself.',
  'jira.credentials_refused': 'Jira refuses our credentials: make a new token and set JIRA_TOKEN.',
};

function alertOf(situation: Situation): (finding: Finding) => Alert {
  return (finding) => ({
    severity: 'red',
    what: finding.cause === 'no-worker' ? 'no-worker' : 'late',
    queue: finding.lane.queue,
    sentence: sentenceOf(finding, situation),
  });
}

/** Worth a line, and no reason for red. */
function quietAlerts({ lanes, breaker, parked }: Situation, findings: readonly Finding[]): readonly Alert[] {
  const alerts: Alert[] = [];
  const red = new Set(findings.map(({ lane }) => lane.queue));
  for (const { queue, paused } of lanes)
    if (paused && !red.has(queue))
      alerts.push(attention('paused', queue, `${queue} is paused by ${paused.by} ("${paused.reason}").`));
  if (isOpen(breaker) && !findings.some(({ cause }) => cause === 'jira'))
    alerts.push(attention('breaker-open', null, `Calls to Jira are held back (${breaker?.code ?? 'unknown'}).`));
  const away = lanes.find(
    ({ queue, oldestUnsentSeconds }) => !red.has(queue) && oldestUnsentSeconds > storeAwaySeconds,
  );
  if (away)
    alerts.push(attention('queue-store', away.queue, `The queue store does not take the jobs of ${away.queue}.`));
  if (parked.count > 0) {
    const jobs = parked.count === 1 ? '1 job is parked and waits' : `${parked.count} jobs are parked and wait`;
    alerts.push(attention('parked', null, `${jobs} for somebody to look: press Retry or Discard.`));
  }
  return alerts;
}

function attention(what: Alert['what'], queue: string | null, sentence: string): Alert {
  return { severity: 'attention', what, queue, sentence };
}

function pressOf({ lane, cause }: Finding): readonly Press[] {
  switch (cause) {
    case 'paused':
      return [{ label: 'Resume', method: 'POST', path: `/lanes/${lane.queue}/resume`, needs: ['reason'] }];
    case 'jira':
      return [{ label: 'Pause', method: 'POST', path: `/lanes/${lane.queue}/pause`, needs: ['reason'] }];
    case 'no-worker':
      return [{ label: 'Workers', method: 'GET', path: '/workers', needs: [] }];
    case 'queue-store':
      return [{ label: 'Recover', method: 'POST', path: '/queues/recover', needs: [] }];
    case 'backlog':
      return [{ label: 'Workers', method: 'GET', path: '/workers', needs: [] }];
  }
}

function parkedPress({ parked }: Situation): readonly Press[] {
  return parked.count > 0 ? [{ label: 'Failures', method: 'GET', path: '/failures', needs: [] }] : [];
}
