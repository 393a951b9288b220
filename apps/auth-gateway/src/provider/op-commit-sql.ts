import { statement } from '@gatehouse/database';
import type { Statement } from '@gatehouse/database';
import { beginning } from '../relying-party/transaction.store.js';
import type { TakenWrites } from './op-writes.js';

interface Committed {
  /** False: another request has consumed one of them, and nothing was written. */
  all_consumed: boolean;
}

const known = new Map<string, Statement<Committed>>();

/**
 * Everything one request changes, in one statement. There is one for each number of keys, with every key a value of its
 * own: from a list in JSON the planner expects a hundred rows, and reads the whole table for the one it gets.
 */
export function commitOf({ consumed, removed, begun }: TakenWrites): Statement<Committed> {
  const shape = `${consumed.length}/${removed.length}/${begun ? 'begins' : ''}`;
  let made = known.get(shape);
  if (!made) {
    made = statement<Committed>(commitText(consumed.length, removed.length, begun !== undefined));
    known.set(shape, made);
  }
  return made;
}

export function commitValues({ consumed, removed, written, begun = [] }: TakenWrites): unknown[] {
  const keys = [...consumed, ...removed].flatMap(({ model, id }) => [model, id]);
  return [JSON.stringify(written), ...keys, ...begun];
}

/** The library looks and then consumes; between the two a second exchange must not slip through (RFC 6749 4.1.2). */
function commitText(consumes: number, removes: number, begins: boolean): string {
  const key = (place: number) => `kept.model = $${2 + 2 * place} and kept.id = $${3 + 2 * place}`;
  const consumed = Array.from({ length: consumes }, (_, index) => ({ name: `consumed_${index}`, key: key(index) }));
  const removed = Array.from({ length: removes }, (_, index) => ({
    name: `removed_${index}`,
    key: key(consumes + index),
  }));
  const all = consumed.map(({ name }) => `exists (select from ${name})`).join(' and ') || 'true';
  return `
with ${consumed
    .map(
      (one) => `${one.name} as (
  update gateway.op_model kept set consumed_at = now() where ${one.key} and kept.consumed_at is null returning 1
), `,
    )
    .join('')}verdict as (
  select ${all} as all_consumed
), ${removed
    .map(
      (one) => `${one.name} as (
  delete from gateway.op_model kept using verdict where verdict.all_consumed and ${one.key}
), `,
    )
    .join('')}written as (
  insert into gateway.op_model (model, id, payload, grant_id, uid, user_code, expires_at)
  select model, id, payload, grant_id, uid, user_code, now() + make_interval(secs => expires_in)
  from verdict, jsonb_to_recordset($1::jsonb) as new (
    model text, id text, payload jsonb, grant_id text, uid text, user_code text, expires_in float8)
  where verdict.all_consumed
  on conflict (model, id) do update set payload = excluded.payload, grant_id = excluded.grant_id,
    uid = excluded.uid, user_code = excluded.user_code, expires_at = excluded.expires_at
)${begins ? `, begun as (\n  ${beginning(2 + 2 * (consumes + removes), 'from verdict where verdict.all_consumed')}\n)` : ''}
select all_consumed from verdict`;
}
