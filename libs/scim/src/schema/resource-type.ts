import type { Attribute, Schema } from './attribute.js';
import { findAttribute } from './attribute.js';
import { commonAttributes } from './common.js';
import { groupSchema } from './group.js';
import { enterpriseUserSchema, userSchema } from './user.js';

export interface ResourceType {
  readonly name: 'User' | 'Group';
  readonly endpoint: '/Users' | '/Groups';
  readonly description: string;
  readonly schema: Schema;
  readonly extensions: readonly Schema[];
  /** Of the resource itself, common ones included; not those of extensions. */
  readonly attributes: readonly Attribute[];
  readonly table: string;
  /** What a row is read by. */
  readonly columns: readonly string[];
  /** Memberships as a JSON list of `Membership`, or null, where they are few enough to come with the row; SQL. */
  readonly memberships?: string;
  /** Rows that answer 404 are in no list either. */
  readonly visible: string;
}

export const userType: ResourceType = {
  name: 'User',
  endpoint: '/Users',
  description: 'People',
  schema: userSchema,
  extensions: [enterpriseUserSchema],
  attributes: [...commonAttributes('User'), ...userSchema.attributes],
  table: 'directory.directory_user',
  columns: ['id', 'user_name', 'external_id', 'active', 'resource', 'version', 'created_at', 'changed_at'],
  // Of the empty table at first, an index of rows that are there would be read as a whole: so none serves this condition.
  memberships: `(
    select json_agg(json_build_object('id', g.id, 'kind', 'group', 'display', g.display_name) order by g.id)
    from directory.directory_member m cross join lateral (
      select id, display_name from directory.directory_group
      where id = m.group_id and coalesce(deleted_at, 'infinity') = 'infinity' offset 0) g
    where m.member_id = r.id)`,
  visible: 'r.deleted_at is null',
};

export const groupType: ResourceType = {
  name: 'Group',
  endpoint: '/Groups',
  description: 'Groups of people',
  schema: groupSchema,
  extensions: [],
  attributes: [...commonAttributes('Group'), ...groupSchema.attributes],
  table: 'directory.directory_group',
  columns: ['id', 'display_name', 'external_id', 'resource', 'version', 'created_at', 'changed_at'],
  visible: 'r.deleted_at is null',
};

export const resourceTypes: readonly ResourceType[] = [userType, groupType];

/** SCIM 1 had one URN for people and groups alike. */
const schemasOfScim1 = new Map([
  ['urn:scim:schemas:core:1.0', 'core'],
  ['urn:scim:schemas:extension:enterprise:1.0', enterpriseUserSchema.id.toLowerCase()],
]);

export function findSchema(type: ResourceType, urn: string): Schema | undefined {
  const key = schemasOfScim1.get(urn.toLowerCase()) ?? urn.toLowerCase();
  if (key === 'core') return type.schema;
  return [type.schema, ...type.extensions].find(({ id }) => id.toLowerCase() === key);
}

export function isOfScim1(urn: string): boolean {
  return schemasOfScim1.has(urn.toLowerCase());
}

/** A place in a resource. `container` is the way of JSON keys to what holds the attribute. */
export interface Place {
  readonly container: readonly string[];
  readonly attribute: Attribute;
  readonly sub?: Attribute;
}

/** `userName`, `name.givenName`, `urn:...:User:manager.value`, or the URN of an extension alone; Ping's SDK ends that by a colon. */
export function resolvePlace(type: ResourceType, path: string): Place | Schema | undefined {
  const colon = path.lastIndexOf(':');
  if (colon < 0) return resolveNames(type.attributes, [], path);
  const whole = findSchema(type, path.endsWith(':') ? path.slice(0, -1) : path);
  if (whole) return whole;
  const schema = findSchema(type, path.slice(0, colon));
  if (!schema) return undefined;
  const names = path.slice(colon + 1);
  return schema === type.schema
    ? resolveNames(type.attributes, [], names)
    : resolveNames(schema.attributes, [schema.id], names);
}

function resolveNames(
  attributes: readonly Attribute[],
  container: readonly string[],
  names: string,
): Place | undefined {
  const [name = '', subName, ...rest] = names.split('.');
  const attribute = findAttribute(attributes, name);
  if (!attribute || rest.length > 0) return undefined;
  if (subName === undefined) return { container, attribute };
  const sub = findAttribute(attribute.sub, subName);
  return sub && { container, attribute, sub };
}

/** The same, where nothing but an attribute will do. */
export function findPlace(type: ResourceType, path: string): Place | undefined {
  const found = resolvePlace(type, path);
  return found && isPlace(found) ? found : undefined;
}

export function isPlace(found: Place | Schema): found is Place {
  return 'attribute' in found;
}
