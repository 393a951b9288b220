import type { Turns } from './turns.js';
import { isUrgentQueue } from './urgent-lanes.js';

/** Nothing beside what a provider's push takes to reach Jira; ten sign-ins a second see one batch each. */
const gatherMs = 100;

/**
 * Lanes whose rows the relay lets come together while people sign in: moved row by row, what a provider pushes costs two
 * commits and three trips to the store for each of its requests, beside the steps of a sign-in.
 */
export class Gathering {
  private readonly queues = new Set<string>();
  private timer: NodeJS.Timeout | undefined;

  /** @param gathered called when the lanes are to be looked at again */
  constructor(
    private readonly turns: Pick<Turns, 'isQuiet'>,
    private readonly gathered: () => void,
  ) {}

  /** @returns whether the lane waits now; lanes that somebody waits for never do, and nobody's do while nobody signs in */
  begin(queue: string): boolean {
    if (isUrgentQueue(queue) || this.turns.isQuiet) return false;
    this.queues.add(queue);
    this.timer ??= setTimeout(() => {
      this.stop();
      this.gathered();
    }, gatherMs);
    return true;
  }

  has(queue: string): boolean {
    return this.queues.has(queue);
  }

  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.queues.clear();
  }
}
