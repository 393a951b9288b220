import type { Attribute } from '../schema/attribute.js';

export type Operator = 'eq' | 'ne' | 'co' | 'sw' | 'ew' | 'gt' | 'ge' | 'lt' | 'le';

/** A value that is one: `container` is the way of JSON keys from the resource, or from an element, to what holds it. */
export interface Operand {
  readonly container: readonly string[];
  readonly attribute: Attribute;
}

export interface Present extends Operand {
  readonly kind: 'present';
}

/** The value fits the attribute's type; a time is in milliseconds, as `toISOString` writes it. */
export interface Compare extends Operand {
  readonly kind: 'compare';
  readonly operator: Operator;
  readonly value: string | boolean;
}

/** Some element of a list satisfies all of `where`, the same one (RFC 7644 3.4.2.2); without it: there is one. */
export interface SomeElement extends Operand {
  readonly kind: 'element';
  readonly where: Filter | undefined;
}

/** What is the same for every resource of the type. */
export interface Constant {
  readonly kind: 'constant';
  readonly value: boolean;
}

/** RFC 7644 3.4.2.2, with every name resolved. */
export type Filter =
  | { readonly kind: 'and' | 'or'; readonly terms: readonly Filter[] }
  | { readonly kind: 'not'; readonly term: Filter }
  | Constant
  | Present
  | Compare
  | SomeElement;

/** How many comparisons it takes at most to evaluate it. */
export function termsOf(filter: Filter): number {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return filter.terms.reduce((sum, term) => sum + termsOf(term), 0);
    case 'not':
      return termsOf(filter.term);
    case 'element':
      return 1 + (filter.where ? termsOf(filter.where) : 0);
    case 'constant':
    case 'present':
    case 'compare':
      return 1;
  }
}
