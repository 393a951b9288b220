import type { JobContext } from '@gatehouse/messaging';

/** One row for each person, not one for each person and trigger that was absorbed meanwhile. */
export function withOneTrace({ job, lane, attempt, traceId, settle }: JobContext): JobContext {
  return { job, lane, attempt, traceId, settle };
}
