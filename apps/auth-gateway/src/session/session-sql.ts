import type { ErrorCode } from '@gatehouse/errors';

/** Conditions and CTEs on rows of `gateway.session`; the clock is PostgreSQL's, so that replicas agree. */

/**
 * Ends a look by the key of the row beside it. Without it PostgreSQL makes a join of the two, and while the tables are
 * small that reads all of them.
 */
export const oneByOne = 'offset 0';

/** A remembered session ends by no idleness. */
export function alive(session: string, idleMinutes: string): string {
  return `${session}.ended_at is null and ${session}.expires_at > now()
    and (${session}.remembered or ${session}.last_seen_at > now() - make_interval(mins => ${idleMinutes}))`;
}

/** Beyond it every replica forgets what it knows, which costs less than as many notifications. */
const toldOneByOneMax = 100;

/**
 * CTEs `ended (id)` and `told`; the statement must read from `told`, or nobody is told. Everything the OP issued under
 * a session goes with it: codes and tokens carry the session's id as their grant (decision 3).
 * @param from what to join, `which` the condition on `session` and on that: both SQL, never a value
 */
export function endingSessions({ from = '', which, reason }: { from?: string; which: string; reason: string }): string {
  return `
ended as (
  update gateway.session session set ended_at = now(), ended_reason = ${reason}, id_token_sealed = null
  ${from} where session.ended_at is null and ${which}
  returning session.id
), revoked as (
  delete from gateway.op_model kept using ended where kept.grant_id = ended.id::text
), told as (
  select pg_notify('gatehouse_session', id)
  from (select id::text from ended where (select count(*) from ended) <= ${toldOneByOneMax}
        union all select '' where (select count(*) from ended) > ${toldOneByOneMax}) as ids (id)
)`;
}

/**
 * CTEs `given_up` and `noted`: sign-ins that still wait for their account end with the sessions, because they would
 * open what was just ended. Their login says so, which is how the waiting page knows.
 * @param from what to join, `which` the condition on `waiting` and on that: both SQL, never a value
 */
export function givingUpWaits({ from, which }: { from: string; which: string }): string {
  return `
given_up as (
  update gateway.login_transaction waiting set finished_at = now(), id_token_sealed = null
  ${from} where waiting.finished_at is null and waiting.identity_id is not null and ${which}
  returning waiting.login_id
), noted as (
  update gateway.login given set code = '${givenUpCode}' from given_up where given.id = given_up.login_id
)`;
}

export const givenUpCode = 'login.given_up' satisfies ErrorCode;
