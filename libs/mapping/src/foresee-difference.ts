import type { ErrorCode } from '@gatehouse/errors';
import type { DesiredAccess } from './desired-access.js';
import { foreseePerson, groupsOnRecord } from './foresee-person.js';
import type { Outlook, PersonOnRecord, Side } from './foresee-person.js';
import { foldedSet, reasonText } from './ledger.js';
import { foldName } from './names.js';
import type { Kept, Removal } from './plan-removals.js';

export interface Gain {
  readonly group: string;
  readonly because: readonly { readonly provider: string; readonly reason: string }[];
}

/** Null: not known, or nothing. */
interface FromTo<Value = string> {
  readonly from: Value | null;
  readonly to: Value | null;
}

/** What an edited document changes for one person, against the one that holds. What is on its way anyway is in neither. */
export interface PersonDifference {
  readonly gains: readonly Gain[];
  readonly loses: readonly Removal[];
  /** Would go by the edited document alone, and stays. */
  readonly kept: readonly Kept[];
  readonly profile: { readonly email?: FromTo; readonly displayName?: FromTo };
  /** Keys of Jira user properties that would be written or removed. */
  readonly properties: readonly string[];
  /** Whether anybody of this account may sign in; null: yes. */
  readonly refusal: FromTo<ErrorCode> | undefined;
  /** Whether a Jira user would be made; null: yes. */
  readonly creation: FromTo<ErrorCode> | undefined;
  /** A Jira user would be made that would not be made now. */
  readonly isCreated: boolean;
  /** A Jira user would be removed for good that would not be removed now. */
  readonly isRemoved: boolean;
}

export interface Comparison {
  readonly before: Outlook;
  readonly after: Outlook;
  /** Known memberships in Jira before it. */
  readonly present: readonly string[];
  readonly hasJiraUser: boolean;
  readonly difference: PersonDifference;
  readonly isAffected: boolean;
}

const reasonsMax = 5;

export function compareSides(person: PersonOnRecord, saved: Side, edited: Side): Comparison {
  const before = foreseePerson(person, saved);
  const after = foreseePerson(person, edited, before.desired);
  const difference = differenceOf(before, after);
  const { gains, loses, kept, profile, properties, refusal, creation, isRemoved } = difference;
  const counted = gains.length + loses.length + kept.length + properties.length + Object.keys(profile).length;
  return {
    before,
    after,
    present: groupsOnRecord(person),
    hasJiraUser: person.jira.key !== undefined,
    difference,
    isAffected: counted > 0 || refusal !== undefined || creation !== undefined || isRemoved,
  };
}

function differenceOf(before: Outlook, after: Outlook): PersonDifference {
  const [was, is] = [before.plan, after.plan];
  const added = foldedSet(was?.add ?? []);
  const removed = foldedSet(was?.remove ?? []);
  const kept = foldedSet((was?.kept ?? []).map(({ group }) => group));
  return {
    gains: (is?.add ?? []).filter((group) => !added.has(foldName(group))).map((group) => gainOf(group, after)),
    loses: (is?.removals ?? []).filter(({ group }) => !removed.has(foldName(group))),
    kept: (is?.kept ?? []).filter(({ group }) => !kept.has(foldName(group)) && !removed.has(foldName(group))),
    profile: profileDifference(before, after),
    properties: is && before.desired && after.desired ? changedProperties(before.desired, after.desired) : [],
    refusal: fromTo(before.refusal, after.refusal),
    creation: creationDifference(before, after),
    isCreated: after.jira === 'created' && before.jira !== 'created',
    isRemoved: after.removesUser && !before.removesUser,
  };
}

function gainOf(group: string, { desired, jira }: Outlook): Gain {
  const { reasons, ifNew } = desired!.groups;
  const all = jira === 'created' ? [...reasons, ...ifNew.reasons] : reasons;
  const own = all.filter((reason) => foldName(reason.group) === foldName(group));
  const because = own.slice(0, reasonsMax).map((reason) => ({ provider: reason.provider, reason: reasonText(reason) }));
  return { group, because };
}

/** Of somebody who has a Jira user; a new one gets a profile in any case. */
function profileDifference({ desired: was }: Outlook, { plan, jira }: Outlook): PersonDifference['profile'] {
  if (!plan || jira !== 'known') return {};
  const known = was?.updatesProfile ? was : undefined;
  const { email, displayName } = plan.profile;
  return {
    ...(email === undefined ? {} : { email: { from: known?.email ?? null, to: email } }),
    ...(displayName === undefined ? {} : { displayName: { from: known?.displayName ?? null, to: displayName } }),
  };
}

function changedProperties(before: DesiredAccess, after: DesiredAccess): string[] {
  const keys = new Set([...Object.keys(before.properties), ...Object.keys(after.properties)]);
  const isKept = (key: string) => after.propertiesKept.includes(key);
  const valueIn = ({ properties }: DesiredAccess, key: string) =>
    Object.hasOwn(properties, key) ? properties[key] : null;
  return [...keys].filter((key) => !isKept(key) && valueIn(before, key) !== valueIn(after, key)).sort();
}

function creationDifference(before: Outlook, after: Outlook): FromTo<ErrorCode> | undefined {
  const isAbout = ({ jira }: Outlook) => jira === 'created' || jira === 'refused';
  return isAbout(before) && isAbout(after) ? fromTo(before.jiraRefusal, after.jiraRefusal) : undefined;
}

function fromTo(from: ErrorCode | undefined, to: ErrorCode | undefined): FromTo<ErrorCode> | undefined {
  return from === to ? undefined : { from: from ?? null, to: to ?? null };
}
