import type { Lane } from '@gatehouse/contracts';
import type { Drain, Throughput } from './lane-figures.js';

/** Jobs of a lane by what they wait for. `atLeast`: there are more than were counted. */
export interface LaneCounts {
  readonly ready: number;
  readonly sent: number;
  readonly backoff: number;
  readonly delayed: number;
  readonly parked: number;
  readonly atLeast: boolean;
}

export interface PausedLane {
  readonly by: string;
  readonly reason: string;
  readonly since: Date;
  readonly resumeAt: Date | null;
}

/** One lane, as an operator sees it. */
export interface LaneOverview extends Drain {
  /** `service.lane` */
  readonly queue: string;
  readonly service: string;
  readonly lane: Lane;
  /** Seconds since the oldest job that could run became due; 0 when there is none. */
  readonly oldestReadySeconds: number;
  /** The same with those that wait out a backoff: how long somebody has been waiting in all. */
  readonly oldestWaitingSeconds: number;
  /** Seconds the oldest due job has not been handed to the queue store although it would take it. */
  readonly oldestUnsentSeconds: number;
  readonly counts: LaneCounts;
  readonly throughput: readonly Throughput[];
  readonly paused: PausedLane | undefined;
  /** Processes that work it now. */
  readonly workers: number;
  readonly targetSeconds: number | null;
  readonly withinTarget: boolean;
  /** The newest outage that made jobs of this lane wait within the last minute. */
  readonly outageCode: string | undefined;
}
