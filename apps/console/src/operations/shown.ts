import type { BulkActionState, FailureGroup, LaneState, ParkedJob } from '@gatehouse/contracts';
import { adviceByClass, codes, failureClassOf } from '@gatehouse/errors';
import type {
  BulkAction,
  FailureGroup as KnownGroup,
  LaneOverview,
  ParkedJob as KnownParkedJob,
} from '@gatehouse/messaging';

/** What a newer version parked may carry a code that this one does not know. */
export function actionOf(code: string): string {
  return Object.hasOwn(codes, code) ? codes[code as keyof typeof codes].action : codes['job.failed'].action;
}

export function shownParked({ parkedAt, ...job }: KnownParkedJob): ParkedJob {
  return {
    ...job,
    parkedAt: parkedAt.toISOString(),
    class: failureClassOf(job.code),
    action: actionOf(job.code),
    retry: 'reconcile again from current intent',
  };
}

export function shownGroup({ firstAt, lastAt, keys, sample, ...group }: KnownGroup): FailureGroup {
  const failureClass = failureClassOf(group.code);
  return {
    ...group,
    queues: [...group.queues],
    affected: keys,
    class: failureClass,
    advice: adviceByClass[failureClass],
    action: actionOf(group.code),
    firstAt: firstAt.toISOString(),
    lastAt: lastAt.toISOString(),
    sample: shownParked(sample),
  };
}

export function shownLane(overview: LaneOverview): LaneState {
  const { queue, service, lane, oldestReadySeconds, oldestWaitingSeconds, withinTarget, counts, workers } = overview;
  const { paused, netPerMinute, etaSeconds, targetSeconds } = overview;
  return {
    queue,
    service,
    lane,
    oldestReadySeconds,
    oldestWaitingSeconds,
    targetSeconds,
    withinTarget,
    counts,
    throughput: [...overview.throughput],
    netPerMinute,
    etaSeconds,
    paused: paused
      ? {
          by: paused.by,
          reason: paused.reason,
          since: paused.since.toISOString(),
          resumeAt: paused.resumeAt?.toISOString() ?? null,
        }
      : null,
    workers,
  };
}

export function shownAction({ createdAt, finishedAt, filter, ...action }: BulkAction): BulkActionState {
  const { id, kind, reason, actor, state, pausedWhy, total, done, left, succeeded, failed, pending } = action;
  const { canary, canaryPassed, ratePerSecond, errorThreshold } = action;
  return {
    id,
    kind,
    filter: Object.keys(filter).length === 0 ? { all: true } : { ...filter },
    reason,
    actor,
    state,
    pausedWhy,
    total,
    done,
    left,
    succeeded,
    failed,
    pending,
    canary,
    canaryPassed,
    ratePerSecond,
    errorThreshold,
    createdAt: createdAt.toISOString(),
    finishedAt: finishedAt?.toISOString() ?? null,
  };
}
