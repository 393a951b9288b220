import { waitFor } from '@gatehouse/testing';
import type { Database } from '../support/database.js';

/** Every accepted event has been applied, superseded or parked. */
export async function quiet(database: Database, withinMs = 60_000): Promise<void> {
  const unsettled = `select 1 from messaging.outbox where state <> 'settled'`;
  await waitFor(async () => (await database.count(unsettled)) === 0, {
    timeoutMs: withinMs,
    what: 'every outbox row to be settled',
  });
}
