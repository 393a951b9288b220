import type { Database } from '../support/database.js';
import type { Ledger } from '../support/ledger.js';

interface Followed {
  readonly state: string;
  readonly outcome: string | null;
  readonly events: number;
}

/**
 * I1: what the driver saw accepted is in the database with its event, and every event ended as applied, superseded or
 * parked. @returns one line for each violation
 */
export async function lostLogins(database: Database, ledger: Ledger): Promise<readonly string[]> {
  const people = new Map(ledger.toBeFound.map(({ state, person }) => [state, person]));
  const followed = await database.rows<Followed>(followLedger, [[...people.keys()]]);
  const isThere = ({ outcome, events }: Followed) => outcome === 'accepted' && events === 1;
  ledger.markFound(followed.filter(isThere).map(({ state }) => state));
  return followed
    .filter((one) => !isThere(one))
    .map(({ state, outcome, events }) => `${people.get(state)!}: login ${outcome ?? 'unknown'}, ${events} event(s)`);
}

/** I1, counted over everybody, also over those whose browser never got the answer. */
export async function balance(database: Database): Promise<Record<string, number>> {
  const [row] = await database.rows<Record<string, number>>(countAll);
  return row!;
}

/** No event without an accepted login, and no accepted login without its event. */
export async function orphans(database: Database): Promise<readonly string[]> {
  const rows = await database.rows<{ trace_id: string }>(findOrphans);
  return rows.map(({ trace_id }) => trace_id);
}

const followLedger = `
select sign_in.state, login.outcome,
  (select count(*)::integer from messaging.outbox as row
   where row.trace_id = login.trace_id and row.event = 'identity.verified') as events
from unnest($1::uuid[]) as sign_in (state)
left join gateway.login_transaction as transaction on transaction.id = sign_in.state
left join gateway.login as login on login.id = transaction.login_id`;

const countAll = `
select (select count(*)::integer from gateway.login where outcome = 'accepted') as accepted,
  count(*) filter (where outcome in ('applied', 'superseded'))::integer as done,
  count(*) filter (where outcome = 'parked')::integer as parked,
  count(*) filter (where outcome is null)::integer as unsettled
from messaging.outbox where event = 'identity.verified'`;

const findOrphans = `
select trace_id from (select distinct trace_id from messaging.outbox where event = 'identity.verified') as events
full join (select trace_id from gateway.login where outcome = 'accepted') as logins using (trace_id)
group by trace_id having count(*) filter (where events is null) > 0 or count(*) filter (where logins is null) > 0`;
