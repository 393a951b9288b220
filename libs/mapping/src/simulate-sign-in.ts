import type { ConfigDocument, Simulation, SimulatedSignIn } from '@gatehouse/contracts';
import { codes } from '@gatehouse/errors';
import { desiredAccess } from './desired-access.js';
import type { DesiredAccess } from './desired-access.js';
import { explainMapping } from './explain-answer.js';
import { foldName } from './names.js';
import { previewRows } from './preview-rows.js';
import { nobodyOnRecord } from './foresee-person.js';
import type { PersonOnRecord } from './foresee-person.js';
import type { SeatQuestion } from './foresee-seats.js';
import { profileOf } from './profile.js';
import { decideIdentity, rulesOf } from './provider-of.js';
import type { Identity } from './provider-of.js';
import { simulatedSeats } from './simulated-seats.js';

export interface SimulatedPerson {
  readonly candidate: Identity;
  /** All of the account in the order in which they were linked, the candidate among them. */
  readonly identities: readonly Identity[];
  /** Undefined: there is no account yet. */
  readonly nameFolded: string | undefined;
  /** What our tables say of the account; undefined: there is none. */
  readonly record?: PersonOnRecord | undefined;
}

/** A sign-in that does not take place, by the functions that every sign-in is decided by (P32, U11). */
export function simulateSignIn(
  { candidate, identities, nameFolded, record }: SimulatedPerson,
  config: ConfigDocument,
  applications?: SeatQuestion['applications'],
): SimulatedSignIn {
  const decision = decideIdentity(candidate, config);
  const rules = rulesOf(candidate, config);
  const { provider: key, claims } = candidate;
  const name = nameFolded ?? foldName((rules && profileOf(claims, rules.mapping).username) ?? '');
  const access = desiredAccess({ identities, nameFolded: name, config });
  return {
    decision: decision.kind === 'enter' ? decision : { ...decision, ...codes[decision.code] },
    mapping: rules ? mappingOf({ ...rules, key, claims, config }) : null,
    account: access ? accountOf(access) : null,
    seats: simulatedSeats({ person: record ?? nobodyOnRecord(name), identities, config, applications }),
  };
}

/** Of two configurations, by the saved one and by the edited one. */
export function simulatedDifference(
  saved: SimulatedSignIn,
  edited: SimulatedSignIn,
): NonNullable<Simulation['difference']> {
  // Where nobody may enter any more, the last decision stands.
  const [before, after] = [saved, edited].map(({ account }) => account?.groups.wanted);
  if (!before || !after) return { gained: before ? [] : [...(after ?? [])], lost: [] };
  return { gained: missingFrom(before, after), lost: missingFrom(after, before) };
}

function missingFrom(known: readonly string[], names: readonly string[]): string[] {
  const folded = new Set(known.map(foldName));
  return names.filter((name) => !folded.has(foldName(name)));
}

function mappingOf(answer: Parameters<typeof explainMapping>[0]): NonNullable<SimulatedSignIn['mapping']> {
  const { username, email, emailVerified, displayName, groups, properties } = explainMapping(answer);
  const rows = previewRows(answer.claims, answer.mapping);
  return { username, email, emailVerified, displayName, groups, properties, rows };
}

function accountOf(access: DesiredAccess): NonNullable<SimulatedSignIn['account']> {
  const { username, email, displayName, properties, groups, mayCreate, creationRefusal } = access;
  const { wanted, managed, creatable, holds, ifNew } = groups;
  return {
    ...{ username, email, displayName: displayName ?? null, properties, mayCreate },
    groups: { wanted, wantedIfNew: ifNew.wanted, managed, creatable, holds },
    creationRefusal: mayCreate ? null : creationRefusal,
  };
}
