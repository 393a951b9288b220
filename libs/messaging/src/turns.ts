import { setTimeout as delay } from 'node:timers/promises';
import type { Lane } from '@gatehouse/contracts';
import { paceOf, standsBack } from './pace.js';
import type { PatientLane, Urgent } from './pace.js';
import { isUrgent } from './urgent-lanes.js';

const lookAgainMs = 20;
const quietAfterMs = 250;

const giveWayAtMostMs = 150;

/** What a patient lane of this process has been doing. */
interface Course {
  running: number;
  endedAt: number;
  lastMs: number;
}

/** Lets the patient lanes of this process wait for their turn; the urgent ones run at once. */
export class Turns {
  private urgentRunning = 0;
  private urgentEndedAt = Number.NEGATIVE_INFINITY;
  private readonly courses: Readonly<Record<PatientLane, Course>> = {
    provisioning: { running: 0, endedAt: Number.NEGATIVE_INFINITY, lastMs: 0 },
    bulk: { running: 0, endedAt: Number.NEGATIVE_INFINITY, lastMs: 0 },
  };

  run<Result>(lane: Lane, work: () => Promise<Result>): Promise<Result> {
    return isPatient(lane) ? this.runPatient(lane, work) : this.runUrgent(work);
  }

  /** Somebody signs in: a job of theirs is about to come, to this process or to one that shares the machine with it. */
  expectUrgent(withinMs: number): void {
    this.urgentEndedAt = performance.now() + withinMs;
  }

  /** Between two steps of a patient job, where it holds nothing that others wait for: those who sign in go first, for a moment. */
  async giveWay(lane: Lane): Promise<void> {
    if (!isPatient(lane)) return;
    const until = performance.now() + giveWayAtMostMs;
    while (standsBack(this.urgent) && performance.now() < until) await delay(lookAgainMs);
  }

  /** Nobody has signed in or been deactivated for a moment, as far as this process knows. */
  get isQuiet(): boolean {
    const { running, quietMs } = this.urgent;
    return running === 0 && quietMs >= quietAfterMs;
  }

  private async runUrgent<Result>(work: () => Promise<Result>): Promise<Result> {
    this.urgentRunning += 1;
    try {
      return await work();
    } finally {
      this.urgentRunning -= 1;
      this.urgentEndedAt = Math.max(this.urgentEndedAt, performance.now());
    }
  }

  private async runPatient<Result>(lane: PatientLane, work: () => Promise<Result>): Promise<Result> {
    const course = this.courses[lane];
    while (!this.isTurnOf(lane)) await delay(lookAgainMs);
    course.running += 1;
    const startedAt = performance.now();
    try {
      return await work();
    } finally {
      course.running -= 1;
      course.endedAt = performance.now();
      course.lastMs = course.endedAt - startedAt;
    }
  }

  private isTurnOf(lane: PatientLane): boolean {
    const { running, endedAt, lastMs } = this.courses[lane];
    const { concurrency, restMs } = paceOf(lane, this.urgent, lastMs);
    return running < concurrency && performance.now() - endedAt >= restMs;
  }

  private get urgent(): Urgent {
    return { running: this.urgentRunning, quietMs: performance.now() - this.urgentEndedAt };
  }
}

function isPatient(lane: Lane): lane is PatientLane {
  return !isUrgent(lane);
}
