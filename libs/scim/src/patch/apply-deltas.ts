import { evaluate } from '../filter/evaluate.js';
import { isList, isObject, sameJson } from '../json.js';
import type { Json, JsonObject } from '../json.js';
import { refuseTooMany, settleElements } from '../resource/settle-elements.js';
import type { Attribute } from '../schema/attribute.js';
import type { ResourceType } from '../schema/resource-type.js';
import { badRequest } from '../scim-error.js';
import type { AppendDelta, AttributeDelta, ChangeDelta, RemoveValuesDelta } from './delta.js';
import { NamedElements } from './named-elements.js';

export type Draft = Record<string, Json>;

export interface Applied {
  readonly resource: JsonObject;
  /** A change that changes nothing writes nothing and raises no version. */
  readonly isChanged: boolean;
}

/** The resource after all deltas; the one that was given stays as it was. @throws ScimError noTarget, mutability */
export function applyDeltas(type: ResourceType, resource: JsonObject, deltas: readonly AttributeDelta[]): Applied {
  const draft = structuredClone(resource) as Draft;
  for (const delta of deltas) applyTo(draft, delta);
  // At the end only: between two operations an element may be there that has no value yet.
  for (const { container, attribute } of listsOf(deltas)) settle(holderOf(draft, container), attribute);
  prune(draft);
  for (const { name, alwaysAssigned } of type.attributes) {
    if (alwaysAssigned && draft[name] === undefined)
      throw badRequest('mutability', `${name} cannot be without a value`);
  }
  return { resource: draft, isChanged: !sameJson(draft, resource) };
}

function applyTo(draft: Draft, delta: AttributeDelta): void {
  const holder = holderOf(draft, delta.container);
  const { name } = delta.attribute;
  if (delta.kind === 'assign') holder[name] = delta.value;
  else if (delta.kind === 'clear')
    delete holder[name]; // eslint-disable-line @typescript-eslint/no-dynamic-delete -- A name of a schema.
  else holder[name] = changeList(elementsOf(holder[name]), delta);
}

/** Each list once, however many operations were about it. */
function listsOf(deltas: readonly AttributeDelta[]): Iterable<AttributeDelta> {
  return new Map(
    deltas.filter(({ attribute }) => attribute.multiValued).map((delta) => [delta.attribute, delta]),
  ).values();
}

function settle(holder: Draft, list: Attribute): void {
  holder[list.name] = settleElements(list, elementsOf(holder[list.name]));
}

type ListDelta = Exclude<AttributeDelta, { kind: 'assign' | 'clear' }>;

function changeList(elements: readonly JsonObject[], delta: ListDelta): readonly JsonObject[] {
  switch (delta.kind) {
    case 'append':
      return append(elements, delta);
    case 'change':
      return change(elements, delta);
    case 'removeElements':
      return elements.filter((element) => !evaluate(delta.where, element));
    case 'removeValues':
      return removeValues(elements, delta);
  }
}

function append(elements: readonly JsonObject[], { attribute, elements: added }: AppendDelta): readonly JsonObject[] {
  const kept = [...elements];
  const known = new NamedElements(attribute, kept);
  for (const element of added) {
    if (element['primary'] === true) kept.forEach((other, place) => (kept[place] = withoutPrimary(other)));
    const place = known.placeOf(element) ?? kept.length;
    kept[place] = { ...kept[place], ...element };
    known.add(kept[place], place);
    refuseTooMany(attribute, kept);
  }
  return kept;
}

/** E3. */
function removeValues(elements: readonly JsonObject[], delta: RemoveValuesDelta): readonly JsonObject[] {
  const known = new NamedElements(delta.attribute);
  for (const named of delta.elements) known.addNamed(named);
  return elements.filter((element) => !known.isNamed(element));
}

/** A new primary value takes the place of the old one (RFC 7644 3.5.2). */
function change(elements: readonly JsonObject[], delta: ChangeDelta): readonly JsonObject[] {
  const { where, set, clear, seed, attribute } = delta;
  const isSelected = (element: JsonObject) => !where || evaluate(where, element);
  if (!elements.some(isSelected)) {
    if (seed) return append(elements, { ...delta, kind: 'append', elements: [{ ...seed, ...set }] });
    if (Object.keys(set).length === 0) return elements; // To take away what is not there is done already.
    throw badRequest('noTarget', `${attribute.name}: the path selects nothing`);
  }
  const takesPrimary = set['primary'] === true;
  return elements.map((element) => {
    if (!isSelected(element)) return takesPrimary ? withoutPrimary(element) : element;
    return without({ ...element, ...set }, clear);
  });
}

function withoutPrimary(element: JsonObject): JsonObject {
  return element['primary'] === true ? { ...element, primary: false } : element;
}

function without(element: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(element).filter(([name]) => !names.includes(name)));
}

function elementsOf(value: Json | undefined): JsonObject[] {
  return isList(value) ? value.filter(isObject) : [];
}

/** Made where it is missing. */
export function holderOf(draft: Draft, container: readonly string[]): Draft {
  let holder = draft;
  for (const name of container) {
    const inner = holder[name];
    const next: Draft = isObject(inner) ? (inner as Draft) : {};
    holder[name] = next;
    holder = next;
  }
  return holder;
}

/** Empty lists and objects are unassigned (RFC 7643 2.5). An extension holds a manager: two levels. */
function prune(holder: Draft, depth = 0): void {
  for (const [name, value] of Object.entries(holder)) {
    if (isObject(value) && depth < 2) prune(value as Draft, depth + 1);
    const isEmpty = isList(value) ? value.length === 0 : isObject(value) && Object.keys(value).length === 0;
    if (isEmpty) delete holder[name]; // eslint-disable-line @typescript-eslint/no-dynamic-delete -- A name of a schema.
  }
}
