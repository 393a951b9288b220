import { resolvedInteraction } from '../provider/interaction-sql.js';
import { alive } from '../session/session-sql.js';

/** Placeholders of the statement that these CTEs are part of. */
interface Places {
  readonly tokenHash: string;
  readonly oldTokenHash: string;
  /** Until it ends at the latest. */
  readonly hours: string;
  readonly remembered: string;
  readonly idleMinutes: string;
  /** For a new session; one that goes on keeps its own. */
  readonly sessionId: string;
  readonly interactionKey: string;
  /** Both without the account, and the result without the time of authentication: only the statement knows them. */
  readonly interactionResult: string;
  readonly grant: string;
  readonly grantSeconds: string;
}

/**
 * CTEs that open a session and hand its account to the OP, in the same commit. They need `opening (identity_id,
 * account_id, provider_session, id_token_sealed, authenticated_at)`, with one row or none: with none, nothing happens.
 *
 * The same account in the same browser keeps the session's id, so that a code just issued to another tab stays good,
 * while the old cookie is dead at once; anybody else's session in this browser ends, and whatever the OP issued under
 * it goes with it. The OP's grant is made here too, under the session's id (decision 3), or the next step would have
 * to look for it and make it.
 */
export function sessionOpening(places: Places): string {
  const { tokenHash, oldTokenHash, hours, idleMinutes, sessionId, remembered } = places;
  const expiry = `now() + make_interval(hours => ${hours}::integer)`;
  const result = `jsonb_set(${places.interactionResult}::jsonb, '{login}', ${places.interactionResult}::jsonb -> 'login' || (
    select jsonb_build_object('accountId', account_id, 'ts', floor(extract(epoch from authenticated_at))::bigint) from current))`;
  return `
old as (
  select session.id, session.account_id from gateway.session session, opening
  where session.token_hash = ${oldTokenHash} and ${alive('session', `${idleMinutes}::integer`)} for update of session
), renewed as (
  update gateway.session session set token_hash = ${tokenHash}, identity_id = opening.identity_id,
    created_at = now(), last_seen_at = now(), expires_at = ${expiry}, remembered = ${remembered}::boolean,
    provider_session = opening.provider_session, id_token_sealed = opening.id_token_sealed,
    authenticated_at = opening.authenticated_at
  from old, opening where session.id = old.id and old.account_id = opening.account_id
  returning session.id, session.account_id, session.authenticated_at
), ended as (
  update gateway.session session set ended_at = now(), ended_reason = 'replaced', id_token_sealed = null
  from old, opening where session.id = old.id and old.account_id <> opening.account_id
  returning session.id
), opened as (
  insert into gateway.session (id, token_hash, identity_id, account_id, expires_at, remembered, provider_session, id_token_sealed, authenticated_at)
  select ${sessionId}::uuid, ${tokenHash}, identity_id, account_id, ${expiry}, ${remembered}::boolean,
         provider_session, id_token_sealed, authenticated_at
  from opening where not exists (select from renewed)
  returning id, account_id, authenticated_at
), current as (
  select id, account_id, authenticated_at from renewed union all select id, account_id, authenticated_at from opened
), revoked as (
  delete from gateway.op_model kept using ended where kept.grant_id = ended.id::text
), granted as (
  insert into gateway.op_model (model, id, grant_id, payload, expires_at)
  select 'Grant', id::text, id::text, ${places.grant}::jsonb || jsonb_build_object('accountId', account_id), now() + make_interval(secs => ${places.grantSeconds}::float8)
  from current
  on conflict (model, id) do update set payload = excluded.payload, expires_at = excluded.expires_at
), ${resolvedInteraction(places.interactionKey, result, 'exists (select from current)')},
told as (
  select pg_notify('gatehouse_session', id::text) from (select id from renewed union all select id from ended) as changed
)`;
}
