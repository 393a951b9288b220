import { isList, isObject } from '../json.js';
import type { Json, JsonObject } from '../json.js';
import type { Attribute } from '../schema/attribute.js';
import { isPlace, resolvePlace } from '../schema/resource-type.js';
import type { ResourceType } from '../schema/resource-type.js';
import { badRequest } from '../scim-error.js';

export interface ProjectionQuery {
  readonly attributes?: readonly string[];
  readonly excludedAttributes?: readonly string[];
}

const namesMax = 100;

/** What of a resource is in an answer (RFC 7644 3.9). Names that nobody knows select nothing. */
export class Projection {
  private readonly included: Selection | undefined;
  private readonly excluded: Selection;

  constructor(
    private readonly type: ResourceType,
    { attributes, excludedAttributes }: ProjectionQuery,
  ) {
    this.included = attributes && new Selection(type, attributes);
    this.excluded = new Selection(type, excludedAttributes ?? []);
  }

  /** Whether the rows of memberships have to be read: a group of 10,000 members is asked for without them (E9). */
  get needsMemberships(): boolean {
    return this.type.attributes.some((attribute) => attribute.storage.kind === 'membership' && this.has(attribute, []));
  }

  apply(resource: JsonObject): JsonObject {
    const shown = this.pick(resource, this.type.attributes, []);
    for (const { id, attributes } of this.type.extensions) {
      const extension = resource[id];
      const values = isObject(extension) ? this.pick(extension, attributes, [id]) : {};
      if (Object.keys(values).length > 0) shown[id] = values;
    }
    return shown;
  }

  private pick(
    holder: JsonObject,
    attributes: readonly Attribute[],
    container: readonly string[],
  ): Record<string, Json> {
    const shown: Record<string, Json> = {};
    for (const attribute of attributes) {
      const value = holder[attribute.name];
      if (value === undefined || !this.has(attribute, container)) continue;
      const part = attribute.sub.length > 0 ? this.pickInner(value, attribute, container) : value;
      if (part !== undefined) shown[attribute.name] = part;
    }
    return shown;
  }

  private pickInner(value: Json, attribute: Attribute, container: readonly string[]): Json | undefined {
    const inside = [...container, attribute.name];
    const isShown = (sub: Attribute) =>
      sub.returned !== 'never' &&
      (!this.included || this.included.hasInside(inside, sub)) &&
      !this.excluded.hasExactly(inside, sub);
    if (attribute.sub.every(isShown)) return value;
    const subs = attribute.sub.filter(isShown).map(({ name }) => name);
    const pickOne = (one: Json) =>
      isObject(one)
        ? Object.fromEntries(subs.flatMap((name) => (one[name] === undefined ? [] : [[name, one[name]]])))
        : one;
    const picked: Json = isList(value) ? value.map(pickOne).filter(isAnything) : pickOne(value);
    return isAnything(picked) ? picked : undefined;
  }

  private has(attribute: Attribute, container: readonly string[]): boolean {
    if (attribute.returned === 'always') return true;
    if (attribute.returned === 'never') return false;
    const isAsked = this.included ? this.included.reaches(container, attribute) : attribute.returned === 'default';
    return isAsked && !this.excluded.hasExactly(container, attribute);
  }
}

/** What has nothing of what was asked for says nothing: an empty element would look like a value. */
function isAnything(picked: Json): boolean {
  if (isList(picked)) return picked.length > 0;
  return !isObject(picked) || Object.keys(picked).length > 0;
}

/** Places that a list of names is about. A place selects what is within it. */
class Selection {
  private readonly places = new Set<string>();

  constructor(type: ResourceType, names: readonly string[]) {
    if (names.length > namesMax) throw badRequest('invalidValue', `more than ${namesMax} attributes`);
    for (const name of names) {
      const found = resolvePlace(type, name);
      if (!found) continue;
      if (!isPlace(found)) this.places.add(found === type.schema ? '' : found.id);
      else this.places.add(keyOf(found.container, found.attribute.name, found.sub?.name));
    }
  }

  /** The attribute is named, or something within it, or what it is in. */
  reaches(container: readonly string[], { name, sub }: Attribute): boolean {
    const isNamed = this.places.has(keyOf(container, name)) || this.places.has(keyOf(container));
    return isNamed || sub.some((inner) => this.places.has(keyOf(container, name, inner.name)));
  }

  hasInside(inside: readonly string[], { name }: Attribute): boolean {
    const isNamed = this.places.has(keyOf(inside)) || this.places.has(keyOf(inside.slice(0, -1)));
    return isNamed || this.places.has(keyOf(inside, name));
  }

  hasExactly(container: readonly string[], { name }: Attribute): boolean {
    return this.places.has(keyOf(container, name)) || (container.length > 0 && this.places.has(keyOf(container)));
  }
}

function keyOf(container: readonly string[], ...names: readonly (string | undefined)[]): string {
  return [...container, ...names.filter((name) => name !== undefined)].join('\n');
}
