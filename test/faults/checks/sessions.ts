import type { Database } from '../support/database.js';

/** I7: every session belongs to an identity with an accepted login and to that identity's account. */
export async function unearnedSessions(database: Database): Promise<readonly string[]> {
  const rows = await database.rows<{ id: string }>(
    `select session.id from gateway.session as session
     where not exists (select 1 from gateway.login as login
                       where login.identity_id = session.identity_id and login.outcome = 'accepted')
        or not exists (select 1 from mapping.account_identity as linked
                       where linked.identity_id = session.identity_id and linked.account_id = session.account_id)`,
  );
  return rows.map(({ id }) => id);
}

/** I7: people who must never get in have neither a session nor an account. */
export async function letIn(database: Database, names: readonly string[]): Promise<readonly string[]> {
  const rows = await database.rows<{ name: string }>(
    `select identity.claims ->> 'cognito:username' as name from gateway.identity as identity
     where identity.claims ->> 'cognito:username' = any($1)
     union select name_folded from mapping.account where name_folded = any($1)`,
    [names],
  );
  return rows.map(({ name }) => name);
}
