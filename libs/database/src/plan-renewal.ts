import type pg from 'pg';

/** While an installation is young its tables double within seconds, later within months. */
const firstAfterMs = 5_000;
const laterEveryMs = 300_000;

/** Connections that were made together do not plan everything in the same moment. */
const spread = 0.2;

/**
 * Lets a connection plan its prepared statements anew: about 5 seconds after it was first taken, 10 after that, 20 after
 * that, and so on up to every five minutes.
 *
 * A plan that is made once is made for the tables of that moment. Of tables that are still empty every index looks the
 * same, and the one that was chosen reads all people of a provider once they are there: a sign-in beside a first cycle
 * cost twenty times as much. PostgreSQL's own ANALYZE ends that too, but a minute later, or never where it is switched off.
 */
export function renewPlans(pool: pg.Pool, now = () => performance.now(), random = Math.random): void {
  const due = new WeakMap<pg.PoolClient, { at: number; pauseMs: number }>();
  pool.on('acquire', (client) => {
    const next = due.get(client);
    if (!next) due.set(client, { at: now() + firstAfterMs, pauseMs: firstAfterMs });
    if (!next || now() < next.at) return;
    next.pauseMs = Math.min(next.pauseMs * 2, laterEveryMs);
    next.at = now() + next.pauseMs * (1 + spread * random());
    // Before whatever the connection was taken for, because it sends in order. If it is broken, that will say so.
    client.query('discard plans').catch(() => undefined);
  });
}
