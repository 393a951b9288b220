import { attribute } from './attribute.js';
import type { Attribute, Schema } from './attribute.js';

type Particulars = Partial<Pick<Attribute, 'required' | 'multiValued'>>;

const readOnly = { mutability: 'readOnly', storage: { kind: 'computed' } } as const;
const required = { required: true } as const;
const list = { multiValued: true } as const;

const group = (name: string, description: string, sub: readonly Attribute[], more: Particulars = {}): Attribute =>
  attribute(name, description, { type: 'complex', ...readOnly, sub, ...more });
const flag = (name: string, description: string, more: Particulars = {}): Attribute =>
  attribute(name, description, { type: 'boolean', ...readOnly, ...more });
const count = (name: string, description: string, more: Particulars = {}): Attribute =>
  attribute(name, description, { type: 'integer', ...readOnly, ...more });
const word = (name: string, description: string, more: Particulars = {}): Attribute =>
  attribute(name, description, { ...readOnly, ...more });
const address = (of: 'external' | 'uri', name: string, description: string, more: Particulars = {}): Attribute =>
  attribute(name, description, { type: 'reference', caseExact: true, referenceTypes: [of], ...readOnly, ...more });
const supported = flag('supported', 'Whether it is supported.', required);

/** RFC 7643 5 and 8.7.2, RFC 9865 4. */
export const serviceProviderConfigSchema: Schema = {
  id: 'urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig',
  name: 'ServiceProviderConfig',
  description: 'What this service supports.',
  attributes: [
    address('external', 'documentationUri', 'Where this is described for people.'),
    group('patch', 'PATCH.', [supported], required),
    group(
      'bulk',
      'Several operations in one request.',
      [
        supported,
        count('maxOperations', 'Operations of one request at most.', required),
        count('maxPayloadSize', 'Bytes of one request at most.', required),
      ],
      required,
    ),
    group(
      'filter',
      'Filters.',
      [supported, count('maxResults', 'Resources of one answer at most.', required)],
      required,
    ),
    group('changePassword', 'Changing passwords.', [supported], required),
    group('sort', 'Sorting.', [supported], required),
    group('etag', 'Entity tags.', [supported], required),
    group('pagination', 'Paging.', [
      flag('cursor', 'By cursor.', required),
      flag('index', 'By index.', required),
      word('defaultPaginationMethod', 'The method of a request that names none.'),
      count('defaultPageSize', 'Resources of a page that names no count.'),
      count('maxPageSize', 'Resources of a page at most.'),
      count('cursorTimeout', 'Seconds for which a cursor holds.'),
    ]),
    group(
      'authenticationSchemes',
      'How a client proves who it is.',
      [
        word('type', 'The kind.', required),
        word('name', 'Its name.', required),
        word('description', 'What it is.', required),
        address('external', 'specUri', 'Where it is specified.'),
        address('external', 'documentationUri', 'Where it is described for people.'),
        flag('primary', 'Whether it is the preferred one.'),
      ],
      { ...required, ...list },
    ),
  ],
};

/** RFC 7643 6 and 8.7.2. */
export const resourceTypeSchema: Schema = {
  id: 'urn:ietf:params:scim:schemas:core:2.0:ResourceType',
  name: 'ResourceType',
  description: 'A type of resource and where it is.',
  attributes: [
    word('id', 'Its identifier.'),
    word('name', 'Its name.', required),
    word('description', 'What it is.'),
    address('uri', 'endpoint', 'Its address below that of the service.', required),
    address('uri', 'schema', 'The URN of its schema.', required),
    group(
      'schemaExtensions',
      'Schemas beside the main one.',
      [address('uri', 'schema', 'The URN.', required), flag('required', 'Whether every resource has it.', required)],
      { ...required, ...list },
    ),
  ],
};

const described: readonly Attribute[] = [
  word('name', 'Its name.', required),
  word('type', 'The type of its values.', required),
  flag('multiValued', 'Whether it is a list.', required),
  word('description', 'What it is.'),
  flag('required', 'Whether every resource has it.'),
  word('canonicalValues', 'Values that are usual.', list),
  flag('caseExact', 'Whether case counts in comparisons.'),
  word('mutability', 'Who may change it.'),
  word('returned', 'When it is in an answer.'),
  word('uniqueness', 'Within what its values are unique.'),
  word('referenceTypes', 'What it may refer to.', list),
];

/** RFC 7643 7 and 8.7.2. */
export const schemaSchema: Schema = {
  id: 'urn:ietf:params:scim:schemas:core:2.0:Schema',
  name: 'Schema',
  description: 'The attributes of a resource.',
  attributes: [
    word('id', 'The URN.', required),
    word('name', 'Its name.', required),
    word('description', 'What it is.'),
    group(
      'attributes',
      'The attributes.',
      [...described, group('subAttributes', 'Those of a complex one.', described, list)],
      { ...required, ...list },
    ),
  ],
};
