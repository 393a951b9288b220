import type { AdapterPayload } from 'oidc-provider';
import { statement } from '@gatehouse/database';
import type { Statement } from '@gatehouse/database';
import { joinUsableAccount, linkedIdentity } from '../entry/account.store.js';
import { isDeactivated } from '../entry/deactivation-sql.js';
import { alive, oneByOne } from '../session/session-sql.js';

export interface AdmittedRow {
  id: string;
  identity_id: string;
  account_id: string;
  unseen_seconds: number;
  username: string;
  granted: boolean;
}

export interface Nobody {
  id: null;
}

/** The OP's row, null when there is none, and beside it who is admitted. */
type AlongRow = (AdmittedRow | Nobody) & {
  payload: AdapterPayload | null;
  consumed_seconds: number | null;
  grant_id: string | null;
  grant_payload: AdapterPayload | null;
};

/**
 * The session that `condition` names, if it is alive and its account usable. `$1` minutes of idleness, `$2` hours for
 * which a verified username may be handed to Jira, `$3` and `$4` of the policy for directories.
 */
const admitted = (condition: string) => `
select session.id, session.identity_id, session.account_id,
       extract(epoch from now() - session.last_seen_at)::float8 as unseen_seconds,
       usable.username,
       exists (select from gateway.op_model granted
               where granted.model = 'Grant' and granted.id = session.id::text and granted.expires_at > now()
                 and granted.payload ->> 'accountId' = session.account_id::text) as granted
from gateway.session session
cross join lateral (
  select ai.account_id, ja.username, ai.username_folded, who.provider, who.subject
  from gateway.identity who ${joinUsableAccount('who.id', '$2::integer')}
  where who.id = session.identity_id ${oneByOne}
) as usable
where usable.account_id = session.account_id and ${condition} and ${alive('session', '$1::integer')}
  and not ${isDeactivated({ ...linkedIdentity('usable', 'usable'), unheeded: '$3::text[]', overruling: '$4::text[]' })}`;

export const ofToken = statement<AdmittedRow>(admitted('session.token_hash = $5'));
export const ofId = statement<AdmittedRow>(admitted('session.id = $5::uuid'));

const readAlong = (condition: string) =>
  statement<AlongRow>(`
select kept.payload, extract(epoch from kept.consumed_at)::float8 as consumed_seconds, kept.grant_id,
       (select granted.payload from gateway.op_model granted where granted.model = 'Grant' and granted.id = kept.grant_id)
         as grant_payload, somebody.id, somebody.identity_id, somebody.account_id,
       somebody.unseen_seconds, somebody.username, somebody.granted
from (values ($5::text, $6::text, $7::text)) as asked (model, id, token_hash)
left join gateway.op_model kept on kept.model = asked.model and kept.id = asked.id
left join lateral (${admitted(condition)}) as somebody on true`);

/** By the OP's model: an interaction is gone on with by the session of the browser, a code by the one it was issued to. */
export const along: Readonly<Record<string, Statement<AlongRow>>> = {
  Interaction: readAlong('session.token_hash = asked.token_hash'),
  AuthorizationCode: readAlong('session.id = kept.grant_id::uuid'),
};
