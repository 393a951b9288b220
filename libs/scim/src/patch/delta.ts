import type { Filter } from '../filter/filter.js';
import type { Json, JsonObject } from '../json.js';
import type { Members } from '../resource/members.js';
import type { Attribute } from '../schema/attribute.js';

interface At {
  /** The way of JSON keys to what holds the attribute. */
  readonly container: readonly string[];
  readonly attribute: Attribute;
}

export interface AssignDelta extends At {
  readonly kind: 'assign';
  readonly value: Json;
}

export interface ClearDelta extends At {
  readonly kind: 'clear';
}

/** More elements of a list; one that is there already is completed, not doubled. */
export interface AppendDelta extends At {
  readonly kind: 'append';
  readonly elements: readonly JsonObject[];
}

/** Elements are changed that `where` selects, all without it. Where none is, `seed` is what to begin one with. */
export interface ChangeDelta extends At {
  readonly kind: 'change';
  readonly where: Filter | undefined;
  readonly set: JsonObject;
  readonly clear: readonly string[];
  readonly seed: JsonObject | undefined;
}

export interface RemoveElementsDelta extends At {
  readonly kind: 'removeElements';
  readonly where: Filter;
}

/** E3: these elements and no others. */
export interface RemoveValuesDelta extends At {
  readonly kind: 'removeValues';
  readonly elements: readonly JsonObject[];
}

export type AttributeDelta =
  AssignDelta | ClearDelta | AppendDelta | ChangeDelta | RemoveElementsDelta | RemoveValuesDelta;

/**
 * One statement each, in this order, on the rows of a group's members. None needs to know who is in the group,
 * and doing one twice changes nothing.
 */
export type MemberStep =
  // `removeOne` fails where nobody of these is a member.
  | { readonly kind: 'add' | 'remove' | 'removeOne' | 'replace'; readonly ids: readonly string[] }
  | { readonly kind: 'removeMatching'; readonly where: Filter };

export interface CompiledPatch {
  readonly deltas: readonly AttributeDelta[];
  readonly memberSteps: readonly MemberStep[];
  /** Values that cannot be ids of members. */
  readonly unusableMembers: Members['unusable'];
  /** Names that no schema has, in values without a path; an operator is told. */
  readonly ignored: readonly string[];
}
