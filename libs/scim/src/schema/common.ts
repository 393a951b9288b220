import { attribute } from './attribute.js';
import type { Attribute } from './attribute.js';

export const externalId = attribute('externalId', "The provider's own identifier.", {
  caseExact: true,
  lengthMax: 500,
  blankIsNone: true,
  storage: { kind: 'column', column: 'r.external_id', as: 'text' },
});

/** RFC 7643 3.1: every resource has them, and the schemas of 8.7.1 list none of them. */
export function commonAttributes(resourceType: string): readonly Attribute[] {
  return [
    attribute('schemas', 'URNs of the schemas that the resource has attributes of.', {
      type: 'reference',
      multiValued: true,
      caseExact: true,
      returned: 'always',
      storage: { kind: 'computed' },
    }),
    attribute('id', 'Identifier given by this service.', {
      caseExact: true,
      mutability: 'readOnly',
      returned: 'always',
      uniqueness: 'server',
      storage: { kind: 'column', column: 'r.id', as: 'uuid' },
    }),
    externalId,
    meta(resourceType),
  ];
}

function meta(resourceType: string): Attribute {
  const readOnly = { mutability: 'readOnly', caseExact: true } as const;
  return attribute('meta', 'What this service knows about the resource.', {
    type: 'complex',
    ...readOnly,
    storage: { kind: 'constant', value: 'meta' },
    sub: [
      attribute('resourceType', 'The type of the resource.', {
        ...readOnly,
        storage: { kind: 'constant', value: resourceType },
      }),
      attribute('created', 'When it was made here.', {
        ...readOnly,
        type: 'dateTime',
        storage: { kind: 'column', column: 'r.created_at', as: 'timestamptz' },
      }),
      attribute('lastModified', 'When it was changed last.', {
        ...readOnly,
        type: 'dateTime',
        storage: { kind: 'column', column: 'r.changed_at', as: 'timestamptz' },
      }),
      attribute('location', 'Its address.', { ...readOnly, type: 'reference', storage: { kind: 'computed' } }),
      attribute('version', 'Its entity tag.', {
        ...readOnly,
        storage: { kind: 'column', column: 'r.version', as: 'version' },
      }),
    ],
  });
}

interface PluralParticulars {
  readonly types?: readonly string[];
  readonly value?: Partial<Pick<Attribute, 'type' | 'caseExact' | 'referenceTypes'>>;
}

/** RFC 7643 2.4: a list of values that each have a type, and of which one is the primary one. */
export function plural(name: string, description: string, { types, value }: PluralParticulars = {}): Attribute {
  return attribute(name, description, {
    type: 'complex',
    multiValued: true,
    sub: [
      attribute('value', 'The value.', value),
      attribute('display', 'The value for people to read.'),
      attribute('type', 'What the value is used for.', { canonicalValues: types }),
      primary,
    ],
  });
}

/** RFC 7643 2.4: where it is not said it is false. */
export const primary = attribute('primary', 'Whether this is the preferred value; true at most once.', {
  type: 'boolean',
  otherwise: false,
});

export const reference = (of: readonly string[], mutability: Attribute['mutability'] = 'readOnly'): Attribute =>
  attribute('$ref', 'The address of the resource.', {
    type: 'reference',
    caseExact: true,
    mutability,
    referenceTypes: of,
    storage: { kind: 'computed' },
  });
