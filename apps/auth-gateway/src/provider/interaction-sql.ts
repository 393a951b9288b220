/**
 * CTEs `resolved (return_to, payload)` and `let_go`: the signed-in account goes into the interaction that waits, and whatever OP
 * session the browser had goes away. The next one belongs to this account, and the OP would otherwise ask whether to
 * sign the former one out. No row when the interaction is no longer there: it is never made anew.
 * @param key of the interaction's row; `result` as the OP expects it, `onlyIf` a condition: all SQL, never a value
 */
export function resolvedInteraction(key: string, result: string, onlyIf = 'true'): string {
  return `
resolved as (
  update gateway.op_model set payload = (payload - 'session') || jsonb_build_object('result', ${result}::jsonb)
  where model = 'Interaction' and id = ${key} and expires_at > now() and ${onlyIf}
  returning payload ->> 'returnTo' as return_to, payload
), let_go as (
  delete from gateway.op_model former using gateway.op_model waiting
  where waiting.model = 'Interaction' and waiting.id = ${key} and ${onlyIf}
    and former.model = 'Session' and former.uid = waiting.payload #>> '{session,uid}'
)`;
}

/** The key of an interaction's row from its uid, as `keyOf` makes it: sha256 in base64url. */
export function interactionKeyOf(uid: string): string {
  return `translate(rtrim(encode(sha256(convert_to(${uid}, 'UTF8')), 'base64'), '='), '+/', '-_')`;
}
