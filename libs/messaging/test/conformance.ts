import { afterAll, beforeAll, describe } from '@jest/globals';
import { acceptedWork } from './accepted-work.conformance.js';
import { failures } from './failures.conformance.js';
import type { OpenStore } from './harness.js';
import { keyedJobs } from './keyed-jobs.conformance.js';
import { lanes } from './lanes.conformance.js';
import { losses } from './losses.conformance.js';
import { restingLanes } from './resting-lanes.conformance.js';
import { stops } from './stops.conformance.js';
import { Subject } from './subject.js';
import { totalLosses } from './total-losses.conformance.js';
import { waitingJobs } from './waiting-jobs.conformance.js';

/** What every queue store must give together with outbox, relay and transport. */
export function queueStoreConformance(
  name: string,
  openStore: OpenStore,
  wipe: (databaseUrl: string) => Promise<void>,
): void {
  describe(`messaging on ${name}`, () => {
    const subject = new Subject(name, openStore, wipe);
    beforeAll(async () => subject.open());
    afterAll(async () => subject.close());

    acceptedWork(subject);
    keyedJobs(subject);
    failures(subject);
    waitingJobs(subject);
    lanes(subject);
    restingLanes(subject);
    losses(subject);
    totalLosses(subject);
    stops(subject);
  });
}
