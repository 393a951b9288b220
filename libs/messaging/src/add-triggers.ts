import { jobOptions } from './bullmq-options.js';
import type { Trigger } from './queue-store.js';

/** What both kinds of BullMQ's queue have. */
interface Producer {
  addBulk(
    jobs: { name: string; data: unknown; opts: ReturnType<typeof jobOptions> }[],
  ): Promise<readonly { readonly id?: string | undefined }[]>;
}

/** Adds all of them at once. @returns the trigger ids that a job already there has absorbed */
export async function addTriggers(producer: Producer, triggers: readonly Trigger[]): Promise<readonly string[]> {
  const requests = triggers.map((trigger) => ({
    name: trigger.job,
    data: trigger.payload,
    opts: jobOptions(trigger),
  }));
  const jobs = await producer.addBulk(requests);
  // An absorbed one is answered with the id of the job that absorbed it.
  return triggers
    .filter((_, index) => jobs[index]!.id !== requests[index]!.opts.jobId)
    .map(({ triggerId }) => triggerId);
}
