/**
 * A process that stands still in the middle of a transaction (a paused machine, a debugger) keeps what it has locked from
 * everybody else, people who sign in among them. PostgreSQL ends the transaction as soon as its jobs go to another worker
 * (`Leases`). Ours wait for nothing outside but those of the relay and the sweep, for Redis: 5 s for each answer.
 */
export const transactionAbandonedAfterMs = 10_000;
