import type { ConfigDocument } from '@gatehouse/contracts';
import type { ErrorCode } from '@gatehouse/errors';
import {
  compareSides,
  decideIdentity,
  foldName,
  isAdministratorGroup,
  foreseeAccount,
  foreseeDirectoryUser,
  nobodyOnRecord,
  profileOf,
  rulesOf,
} from '@gatehouse/mapping';
import type { LinkKey } from '@gatehouse/contracts';
import type { Comparison, Foreseen, Identity, LinkVerdict, MetFirst } from '@gatehouse/mapping';
import { onRecord } from './people-on-record.reader.js';
import type { AccountRecord, UnlinkedIdentity } from './people-on-record.reader.js';

export interface Documents {
  readonly saved: ConfigDocument;
  readonly edited: ConfigDocument;
}

/** An account that somebody in a directory may meet. */
export interface MetRecord {
  readonly by: LinkKey;
  readonly record: AccountRecord;
  readonly verdict: LinkVerdict | undefined;
}

/** Accounts to which somebody without one may come: of one name, or met by what a directory says. */
export interface Near {
  readonly named: ReadonlyMap<string, AccountRecord>;
  readonly met?: (directoryUserId: string) => readonly MetRecord[];
}

/** The account name under which this identity would enter. Undefined: it may not. */
export function nameOfNewcomer(identity: Identity, config: ConfigDocument): string | undefined {
  if (decideIdentity(identity, config).kind === 'refuse') return undefined;
  return foldName(profileOf(identity.claims, rulesOf(identity, config)!.mapping).username ?? '');
}

/** Somebody without an account, who may have been refused: what the edited document changes about that. */
export function compareNewcomer(identity: UnlinkedIdentity, { saved, edited }: Documents, near: Near): Comparison {
  const [was, is] = [place(identity, saved, near), place(identity, edited, near)];
  const joins = is.kind === 'account' ? is : was.kind === 'account' ? was : undefined;
  const record = joins?.account && recordIn(near, identity, joins.account.accountId);
  const person = record?.person ?? nobodyOnRecord(joins?.nameFolded ?? '');
  // Whoever is refused adds nothing to the account of that name.
  const identitiesOf = (foreseen: Foreseen) =>
    foreseen.kind === 'account' ? foreseen.identities : (record?.identities ?? []);
  const comparison = compareSides(
    person,
    { config: saved, identities: identitiesOf(was) },
    { config: edited, identities: identitiesOf(is) },
  );
  const refusal =
    was.kind === is.kind && codeOf(was) === codeOf(is) ? undefined : { from: codeOf(was), to: codeOf(is) };
  const { difference } = comparison;
  const isAffected = refusal !== undefined || difference.gains.length + difference.loses.length > 0;
  // Its account, where there is one, is met as a person of its own.
  return { ...comparison, difference: { ...difference, refusal }, isAffected, hasJiraUser: false };
}

function recordIn({ named, met }: Near, { identityId }: UnlinkedIdentity, accountId: string) {
  const known = [...named.values(), ...(met?.(identityId) ?? []).map(({ record }) => record)];
  return known.find((record) => record.accountId === accountId);
}

/** Where somebody without an account would come. */
export function place(identity: UnlinkedIdentity, config: ConfigDocument, { named, met }: Near): Foreseen & MetFirst {
  const decision = decideIdentity(identity, config);
  if (decision.kind === 'refuse') return decision;
  if (identity.directory && met) {
    const around = met(identity.identityId).map(({ by, record, verdict }) => ({
      ...{ by, account: onRecord(record), verdict },
      isProtected: isProtected(record, config.settings),
    }));
    return foreseeDirectoryUser(identity, around, config);
  }
  const record = named.get(nameOfNewcomer(identity, config)!);
  const { identityId } = identity;
  return foreseeAccount(identity, { identityId, own: undefined, named: record && onRecord(record) }, config);
}

/** Of an administrator of Jira as far as it was seen there or is decided, or of a reserved name. */
function isProtected(
  { person }: AccountRecord,
  { administratorGroups, reservedUsernames }: ConfigDocument['settings'],
) {
  const { jira, nameFolded, decided } = person;
  const names = [nameFolded, foldName(jira.username ?? '')];
  return (
    jira.administers === true ||
    reservedUsernames.some((name) => names.includes(foldName(name))) ||
    (decided?.groups.wanted.some((group) => isAdministratorGroup(group, administratorGroups)) ?? false)
  );
}

function codeOf(foreseen: Foreseen): ErrorCode | null {
  return foreseen.kind === 'refuse' ? foreseen.code : null;
}
