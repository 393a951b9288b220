import type { AdapterPayload } from 'oidc-provider';
import { statement } from '@gatehouse/database';
import { publishing } from '@gatehouse/messaging';
import { joinUsableAccount } from './account.store.js';
import { isDeactivated } from './deactivation-sql.js';
import { sessionOpening } from './session-opening.js';

/** The first ten placeholders of both statements that can open a session. */
const opening = sessionOpening({
  tokenHash: '$1::text',
  oldTokenHash: '$2::text',
  hours: '$3',
  idleMinutes: '$4',
  sessionId: '$5',
  interactionKey: '$6::text',
  interactionResult: '$7',
  grant: '$8',
  grantSeconds: '$9',
  remembered: '$10',
});

interface Opened {
  account_id: string | null;
  return_to: string | null;
}

/** What the OP asks first when it goes on; all null when it cannot. */
interface Handover {
  session_id: string | null;
  username: string | null;
  interaction: AdapterPayload | null;
}

export type AcceptedRow = Opened & Handover & { identity_id: string };

const opened = `current.account_id, resolved.return_to, (select count(*) from told) as told`;

const barred = isDeactivated({
  provider: '$12::text',
  subject: '$14::text',
  username: '$29::text',
  account: '(select account_id from known)',
  unheeded: '$30::text[]',
  overruling: '$31::text[]',
  signsInNow: true,
});

/**
 * The event names the identity by the id that is proposed for it, $11; where the person has another already, that one
 * takes its place. (A random uuid stands for nothing else in that text.) No row, and nothing written, for somebody who is
 * deactivated: asked in the commit itself, so that no look before it can be out of date.
 */
export const acceptLogin = statement<AcceptedRow>(`
with known as materialized (
  select ai.account_id from gateway.identity who join mapping.account_identity ai on ai.identity_id = who.id
  where who.provider = $12 and who.issuer = $13 and who.subject = $14
), person as (
  insert into gateway.identity (id, provider, issuer, subject, claims, sources, entries, answer_sealed)
  select $11::uuid, $12, $13, $14, $15::jsonb, $28::jsonb, $32::text[], $33 where not ${barred}
  on conflict (provider, issuer, subject) do update set
    claims = excluded.claims,
    sources = excluded.sources,
    entries = case when identity.entries @> excluded.entries then identity.entries
                   else (excluded.entries || identity.entries)[:100] end,
    answer_sealed = excluded.answer_sealed,
    claims_changed_at =
      case when identity.claims is distinct from excluded.claims then now() else identity.claims_changed_at end,
    verified_at = now()
  returning id
), ${publishing('(select replace($16::text, $11::uuid::text, person.id::text) from person)')},
login as (
  insert into gateway.login (id, provider, identity_id, outcome, code, trace_id, duration_ms, subject, reason)
  select $17, $12, person.id, 'accepted', $18, $19, $20, $14, $27::text from person
), account as (
  select ai.account_id, ja.username from person ${joinUsableAccount('person.id', '$23::integer')}
), answered as (
  update gateway.login_transaction set login_id = $17, identity_id = person.id,
    expires_at = greatest(expires_at, now() + make_interval(secs => $22::float8)),
    finished_at = case when exists (select from account) then now() end,
    provider_session = $24, id_token_sealed = case when not exists (select from account) then $25::text end, authenticated_at = $26
  from person where login_transaction.id = $21
  returning person.id as identity_id, provider_session, authenticated_at
), opening as (
  select answered.identity_id, account.account_id, answered.provider_session, $25::text as id_token_sealed,
         answered.authenticated_at
  from answered, account
), ${opening}
select person.id as identity_id, ${opened}, (select count(*) from announced) as announced,
       current.id as session_id, account.username, resolved.payload as interaction
from person left join account on true left join current on true left join resolved on true`);

/** No row when it was finished already. The ID token moves to the session: what is spent keeps nothing (O76). */
export const finishLogin = statement<Opened>(`
with waiting as (
  select id, provider_session, id_token_sealed, coalesce(authenticated_at, now()) as authenticated_at
  from gateway.login_transaction where id = $11 and finished_at is null for update
), answered as (
  update gateway.login_transaction spent set finished_at = now(), id_token_sealed = null
  from waiting where spent.id = waiting.id
  returning waiting.provider_session, waiting.id_token_sealed, waiting.authenticated_at
), opening as (
  select $12::uuid as identity_id, $13::uuid as account_id, provider_session, id_token_sealed, authenticated_at
  from answered
), ${opening}
select ${opened} from current left join resolved on true`);

/** The wait for nothing: it ended here, and remembers how. */
export const endLogin = statement(`
with login as (
  insert into gateway.login (id, provider, outcome, code, trace_id, duration_ms, reason, subject)
  values ($1, $2, $3, $4, $5, $6, $8, $9)
)
update gateway.login_transaction set login_id = $1, finished_at = now(), id_token_sealed = null where id = $7`);

/** The person was told that there is no account for them: the token waits for no session any more (O76). */
export const stopKeeping = statement(
  `update gateway.login_transaction set id_token_sealed = null where id = $1 and id_token_sealed is not null`,
);
