/** A condition in SQL on a row of `gateway.session`; the clock is PostgreSQL's, so that replicas agree. */
export function alive(session: string, idleMinutes: string): string {
  return `${session}.ended_at is null and ${session}.expires_at > now()
    and ${session}.last_seen_at > now() - make_interval(mins => ${idleMinutes})`;
}
