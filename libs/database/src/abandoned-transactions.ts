/**
 * A process that stands still in the middle of a transaction (a paused machine, a debugger) keeps what it has locked from
 * everybody else, people who sign in among them. PostgreSQL ends the transaction soon after its jobs go to another worker
 * (`Leases`, 10 s). Ours wait for nothing outside but those of the relay and the sweep, for Redis, which has 5 s for each
 * answer; the relay asks it twice between two statements.
 */
export const transactionAbandonedAfterMs = 15_000;
