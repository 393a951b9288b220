import { attribute } from './attribute.js';
import type { Attribute, Schema } from './attribute.js';

const text = attribute;
const readOnly = { mutability: 'readOnly', storage: { kind: 'computed' } } as const;

function group(name: string, description: string, sub: readonly Attribute[], multiValued = false): Attribute {
  return attribute(name, description, { type: 'complex', ...readOnly, multiValued, sub });
}

const flag = (name: string, description: string): Attribute =>
  text(name, description, { type: 'boolean', ...readOnly });
const count = (name: string, description: string): Attribute =>
  text(name, description, { type: 'integer', ...readOnly });
const word = (name: string, description: string): Attribute => text(name, description, readOnly);
const supported = flag('supported', 'Whether it is supported.');

/** RFC 7643 5 and RFC 9865 4. */
export const serviceProviderConfigSchema: Schema = {
  id: 'urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig',
  name: 'ServiceProviderConfig',
  description: 'What this service supports.',
  attributes: [
    word('documentationUri', 'Where this is described for people.'),
    group('patch', 'PATCH.', [supported]),
    group('bulk', 'Several operations in one request.', [
      supported,
      count('maxOperations', 'Operations of one request at most.'),
      count('maxPayloadSize', 'Bytes of one request at most.'),
    ]),
    group('filter', 'Filters.', [supported, count('maxResults', 'Resources of one answer at most.')]),
    group('changePassword', 'Changing passwords.', [supported]),
    group('sort', 'Sorting.', [supported]),
    group('etag', 'Entity tags.', [supported]),
    group('pagination', 'Paging.', [
      flag('cursor', 'By cursor.'),
      flag('index', 'By index.'),
      word('defaultPaginationMethod', 'The method of a request that names none.'),
      count('defaultPageSize', 'Resources of a page that names no count.'),
      count('maxPageSize', 'Resources of a page at most.'),
      count('cursorTimeout', 'Seconds for which a cursor holds.'),
    ]),
    group(
      'authenticationSchemes',
      'How a client proves who it is.',
      [
        word('type', 'The kind.'),
        word('name', 'Its name.'),
        word('description', 'What it is.'),
        word('specUri', 'Where it is specified.'),
        flag('primary', 'Whether it is the preferred one.'),
      ],
      true,
    ),
  ],
};

/** RFC 7643 6. */
export const resourceTypeSchema: Schema = {
  id: 'urn:ietf:params:scim:schemas:core:2.0:ResourceType',
  name: 'ResourceType',
  description: 'A type of resource and where it is.',
  attributes: [
    word('id', 'Its identifier.'),
    word('name', 'Its name.'),
    word('description', 'What it is.'),
    word('endpoint', 'Its address below that of the service.'),
    word('schema', 'The URN of its schema.'),
    group(
      'schemaExtensions',
      'Schemas beside the main one.',
      [word('schema', 'The URN.'), flag('required', 'Whether every resource has it.')],
      true,
    ),
  ],
};

const described: readonly Attribute[] = [
  word('name', 'Its name.'),
  word('type', 'The type of its values.'),
  flag('multiValued', 'Whether it is a list.'),
  word('description', 'What it is.'),
  flag('required', 'Whether every resource has it.'),
  flag('caseExact', 'Whether case counts in comparisons.'),
  word('mutability', 'Who may change it.'),
  word('returned', 'When it is in an answer.'),
  word('uniqueness', 'Within what its values are unique.'),
];

/** RFC 7643 7. */
export const schemaSchema: Schema = {
  id: 'urn:ietf:params:scim:schemas:core:2.0:Schema',
  name: 'Schema',
  description: 'The attributes of a resource.',
  attributes: [
    word('id', 'The URN.'),
    word('name', 'Its name.'),
    word('description', 'What it is.'),
    group(
      'attributes',
      'The attributes.',
      [...described, group('subAttributes', 'Those of a complex one.', described, true)],
      true,
    ),
  ],
};
