import type { Lane } from '@gatehouse/contracts';

/** What Jira notices of the bulk lane of one process at most, however many of its runs are under way. */
export const bulkCallsMax = 10;

/**
 * More runs of the bulk lane are under way than may call Jira at once: while some talk to PostgreSQL the places of others
 * are not left empty. Other lanes have as many as Jira's traffic lets through.
 */
export class BulkPlaces {
  private taken = 0;
  private readonly waiting: (() => void)[] = [];

  /** In the order in which they came. A place is held for one call with its deadline, so nobody waits for ever. */
  async take<Answer>(lane: Lane, call: () => Promise<Answer>): Promise<Answer> {
    if (lane !== 'bulk') return call();
    if (this.taken < bulkCallsMax) this.taken += 1;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
    try {
      return await call();
    } finally {
      const next = this.waiting.shift();
      if (next)
        next(); // The place passes on.
      else this.taken -= 1;
    }
  }
}
