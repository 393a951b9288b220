import { setTimeout as delay } from 'node:timers/promises';
import type { Lane } from '@gatehouse/contracts';
import { paceOf, standsBack, youngMs } from './pace.js';
import type { PatientLane, Urgent } from './pace.js';
import { isUrgent } from './urgent-lanes.js';

const lookAgainMs = 20;
const quietAfterMs = 250;

/** From one notice of a sign-in to its next step, or to its end: its jobs come to one process after the other. */
const signInMs = 60;
const giveWayAtMostMs = 150;

/** What a patient lane of this process has been doing. */
interface Course {
  /** When those began that run. */
  readonly running: Set<{ readonly startedAt: number }>;
  endedAt: number;
  lastMs: number;
}

/** What a run has of its turn. */
export interface Turn {
  /** Of all that it gave way. */
  readonly waitedMs: number;
  /**
   * Between two steps of a run in a patient lane: those who sign in go first, a moment for the whole run. It holds its lease
   * meanwhile, for which they may be waiting themselves.
   */
  giveWay(): Promise<void>;
}

const atOnce: Turn = { waitedMs: 0, giveWay: () => Promise.resolve() };

/** Lets the patient lanes of this process wait for their turn; the urgent ones run at once. */
export class Turns {
  private urgentRunning = 0;
  private urgentEndedAt = Number.NEGATIVE_INFINITY;
  private readonly courses: Readonly<Record<PatientLane, Course>> = {
    provisioning: { running: new Set(), endedAt: Number.NEGATIVE_INFINITY, lastMs: 0 },
    bulk: { running: new Set(), endedAt: Number.NEGATIVE_INFINITY, lastMs: 0 },
  };

  run<Result>(lane: Lane, work: (turn: Turn) => Promise<Result>): Promise<Result> {
    return isPatient(lane) ? this.runPatient(lane, work) : this.runUrgent(() => work(atOnce));
  }

  /** Somebody signs in: a job of theirs is about to come, to this process or to one that shares the machine with it. */
  expectUrgent(): void {
    this.urgentEndedAt = performance.now() + signInMs;
  }

  /** Nobody has signed in or been deactivated for a moment, as far as this process knows. */
  get isQuiet(): boolean {
    const { running, quietMs } = this.urgent;
    return running === 0 && quietMs >= quietAfterMs;
  }

  /** Waits while somebody signs in, for a moment at most. @returns how long it did */
  async giveWay(atMostMs = giveWayAtMostMs): Promise<number> {
    const askedAt = performance.now();
    let waitedMs = 0;
    while (standsBack(this.urgent) && waitedMs < atMostMs) {
      await delay(lookAgainMs);
      waitedMs = performance.now() - askedAt;
    }
    return waitedMs;
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

  private async runPatient<Result>(lane: PatientLane, work: (turn: Turn) => Promise<Result>): Promise<Result> {
    const course = this.courses[lane];
    while (!this.isTurnOf(lane)) await delay(lookAgainMs);
    const run = { startedAt: performance.now() };
    const turn = this.turnOfRun();
    course.running.add(run);
    try {
      return await work(turn);
    } finally {
      course.running.delete(run);
      course.endedAt = performance.now();
      course.lastMs = course.endedAt - run.startedAt - turn.waitedMs;
    }
  }

  private turnOfRun(): Turn {
    const turn = {
      waitedMs: 0,
      giveWay: async () => {
        const before = turn.waitedMs;
        const waitedMs = await this.giveWay(giveWayAtMostMs - before);
        turn.waitedMs = Math.max(turn.waitedMs, before + waitedMs); // Steps side by side wait at the same time.
      },
    };
    return turn;
  }

  private isTurnOf(lane: PatientLane): boolean {
    const { running, endedAt, lastMs } = this.courses[lane];
    const now = performance.now();
    const { concurrency, restMs } = paceOf(lane, this.urgent, lastMs);
    const young = [...running].filter(({ startedAt }) => now - startedAt < youngMs);
    return young.length < concurrency && now - endedAt >= restMs;
  }

  private get urgent(): Urgent {
    return { running: this.urgentRunning, quietMs: performance.now() - this.urgentEndedAt };
  }
}

function isPatient(lane: Lane): lane is PatientLane {
  return !isUrgent(lane);
}
