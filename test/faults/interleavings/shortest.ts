import type { Schedule, Step } from './facts.js';

interface Found {
  readonly steps: readonly Step[];
  readonly wrong: readonly string[];
}

const triesMax = 200;

/** Leaves out what the failure does not need, the biggest parts first. What does not fail twice is given back whole. */
export async function shortest(
  schedule: Schedule,
  wrongWith: (schedule: Schedule) => Promise<readonly string[]>,
): Promise<Found> {
  let found: Found = { steps: schedule.steps, wrong: await wrongWith(schedule) };
  if (found.wrong.length === 0) return { ...found, wrong: ['it failed once, and not again with the same schedule'] };
  let tries = 0;
  for (let size = Math.ceil(found.steps.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < found.steps.length && tries < triesMax;) {
      const steps = found.steps.filter((_, index) => index < at || index >= at + size);
      tries += 1;
      // A schedule without a configuration or a sign-in is none.
      const wrong = steps.some(({ kind }) => kind === 'configure')
        ? await wrongWith({ ...schedule, steps }).catch(() => [])
        : [];
      if (wrong.length > 0) found = { steps, wrong };
      else at += size;
    }
  }
  return found;
}
