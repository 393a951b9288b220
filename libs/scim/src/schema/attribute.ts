export type AttributeType = 'string' | 'boolean' | 'integer' | 'dateTime' | 'reference' | 'binary' | 'complex';

/** Where an attribute of a resource is kept. `r` is the row of the resource, `m` a membership, `g` the group of one. */
export type Storage =
  | { readonly kind: 'column'; readonly column: string; readonly as: ColumnType; readonly folded?: string }
  // under its name in the JSON of the row; `keys`: a column with the folded values of the list, which has an index
  | { readonly kind: 'resource'; readonly keys?: string }
  | { readonly kind: 'membership' } // rows of directory.directory_member
  | { readonly kind: 'constant'; readonly value: string }
  | { readonly kind: 'computed' } // made for a response
  | { readonly kind: 'dropped' }; // taken and never kept
export type ColumnType = 'text' | 'uuid' | 'boolean' | 'timestamptz' | 'version';

/** RFC 7643 7. */
export interface Attribute {
  readonly name: string;
  /** The name as it is looked up: names are not case-exact. */
  readonly key: string;
  readonly description: string;
  readonly type: AttributeType;
  readonly multiValued: boolean;
  readonly required: boolean;
  readonly caseExact: boolean;
  readonly mutability: 'readOnly' | 'readWrite' | 'immutable' | 'writeOnly';
  readonly returned: 'always' | 'never' | 'default' | 'request';
  readonly uniqueness: 'none' | 'server' | 'global';
  readonly canonicalValues?: readonly string[];
  readonly referenceTypes?: readonly string[];
  readonly sub: readonly Attribute[];
  readonly storage: Storage;
  /** Characters. An index takes no longer text. */
  readonly lengthMax?: number;
  /** What a comparison takes it for where it has no value. */
  readonly otherwise?: boolean;
  /** A blank text is none: equal for everybody, it would make one person of them all. */
  readonly blankIsNone?: boolean;
  /** Has a value at all times, so that nothing can take it away. */
  readonly alwaysAssigned: boolean;
}

export interface Schema {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly attributes: readonly Attribute[];
}

type Particulars = Partial<Omit<Attribute, 'name' | 'key' | 'description'>>;

export function attribute(name: string, description: string, particulars: Particulars = {}): Attribute {
  return {
    name,
    key: name.toLowerCase(),
    description,
    type: 'string',
    multiValued: false,
    required: false,
    caseExact: false,
    mutability: 'readWrite',
    returned: 'default',
    uniqueness: 'none',
    sub: [],
    storage: { kind: 'resource' },
    alwaysAssigned: particulars.required ?? false,
    ...particulars,
  };
}

export function findAttribute(attributes: readonly Attribute[], name: string): Attribute | undefined {
  const key = name.toLowerCase();
  return attributes.find((candidate) => candidate.key === key);
}

/** What a comparison with a complex attribute itself is about: `emails eq "ada@example.com"`. */
export function valueOf(attribute: Attribute): Attribute | undefined {
  return findAttribute(attribute.sub, 'value');
}
