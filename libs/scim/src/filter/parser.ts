import type { Dialects } from '../dialects.js';
import { findAttribute, valueOf } from '../schema/attribute.js';
import type { Attribute } from '../schema/attribute.js';
import { findPlace } from '../schema/resource-type.js';
import type { Place, ResourceType } from '../schema/resource-type.js';
import { badRequest } from '../scim-error.js';
import type { ScimType } from '../scim-error.js';
import { compare, readOperator, readStringBoolean } from './comparison.js';
import type { Literal } from './comparison.js';
import { evaluate } from './evaluate.js';
import type { Filter, Operand } from './filter.js';
import { hasAnySchema, hasSchema } from './has-schema.js';
import { misplaced, tokenize } from './tokens.js';
import type { Token } from './tokens.js';

const depthMax = 32;
const termsMax = 200;

/** What the names of a filter are looked up in: a resource, or an element of one of its lists. */
export type Names =
  { readonly type: ResourceType; readonly asked: readonly ResourceType[] } | { readonly elementOf: Attribute };

/** Recursive descent; the depth is counted before each descent, so that no filter can exhaust the stack. */
export class Parser {
  private readonly tokens: readonly Token[];
  private next = 0;
  private depth = 0;
  private terms = 0;

  constructor(
    source: string,
    readonly dialects: Dialects,
    readonly errorType: ScimType,
  ) {
    this.tokens = tokenize(source, errorType);
  }

  /** `or` binds less than `and`, `and` less than `not` (RFC 7644 3.4.2.2). */
  readFilter(names: Names): Filter {
    this.depth += 1;
    if (this.depth > depthMax) throw badRequest(this.errorType, `nested deeper than ${depthMax}`);
    const filter = this.readJoined('or', () => this.readJoined('and', () => this.readTerm(names)));
    this.depth -= 1;
    return filter;
  }

  take(kind: Token['kind'], expected: string): Token {
    const token = this.tokens[this.next]!;
    if (token.kind !== kind) throw misplaced(token, expected, this.errorType);
    this.next += 1;
    return token;
  }

  isAt(kind: Token['kind']): boolean {
    return this.tokens[this.next]!.kind === kind;
  }

  /** The filter in brackets behind a list: `emails[type eq "work"]`. */
  readBracket(list: Attribute): Filter {
    this.take('[', '[');
    const where = this.readFilter({ elementOf: list });
    this.take(']', ']');
    return where;
  }

  private readJoined(kind: 'and' | 'or', readTerm: () => Filter): Filter {
    const terms = [readTerm()];
    while (this.takeWord(kind)) terms.push(readTerm());
    return terms.length === 1 ? terms[0]! : { kind, terms };
  }

  private readTerm(names: Names): Filter {
    const isNot = this.takeWord('not');
    if (isNot || this.isAt('(')) {
      this.take('(', '(');
      const term = this.readFilter(names);
      this.take(')', ')');
      return isNot ? { kind: 'not', term } : term;
    }
    this.terms += 1;
    if (this.terms > termsMax) throw badRequest(this.errorType, `more than ${termsMax} comparisons`);
    return this.readComparison(names);
  }

  private readComparison(names: Names): Filter {
    const token = this.take('word', 'the name of an attribute');
    if ('elementOf' in names) {
      const attribute = findAttribute(names.elementOf.sub, token.text);
      if (!attribute) throw this.unknown(token);
      return this.readAbout({ container: [], attribute }, token);
    }
    const owner = [names.type, ...names.asked].find((type) => findPlace(type, token.text));
    if (!owner) throw this.unknown(token);
    const comparison = this.readOf(owner, token);
    // RFC 7644 3.4.2.1: what this type lacks is as if it had no value. A mistake in the comparison is told all the same.
    return owner === names.type ? comparison : { kind: 'constant', value: evaluate(comparison, {}) };
  }

  private readOf(type: ResourceType, token: Token): Filter {
    const place = findPlace(type, token.text)!;
    return place.attribute.key === 'schemas' ? this.readSchemas(type, token) : this.readAbout(place, token);
  }

  private readAbout(place: Place, token: Token): Filter {
    if (!this.isAt('[')) return this.readTest(place);
    if (!place.attribute.multiValued || place.sub) throw misplaced(token, 'a list before [', this.errorType);
    const { container, attribute } = place;
    const where = this.readBracket(attribute);
    const sub = this.takeSub(attribute);
    // Behind the bracket, as Entra asks: the comparison is about the element that was selected.
    const term = sub && this.readOperation({ container: [], attribute: sub });
    return { kind: 'element', container, attribute, where: term ? { kind: 'and', terms: [where, term] } : where };
  }

  private readSchemas(type: ResourceType, token: Token): Filter {
    if (this.takeWord('pr')) return hasAnySchema(type);
    const urn = this.takeWord('eq') ? this.readLiteral() : undefined;
    if (typeof urn !== 'string') throw misplaced(token, 'schemas pr, or eq and a URN', this.errorType);
    return hasSchema(type, urn);
  }

  /** `.value` right behind a bracket. */
  takeSub(list: Attribute): Attribute | undefined {
    const token = this.tokens[this.next]!;
    if (token.kind !== 'word' || !token.text.startsWith('.')) return undefined;
    this.next += 1;
    const sub = findAttribute(list.sub, token.text.slice(1));
    if (!sub) throw badRequest(this.errorType, `at character ${token.at + 1}: no attribute of ${list.name}`);
    return sub;
  }

  private readTest({ container, attribute, sub }: Place): Filter {
    const isWhole = !sub && (attribute.multiValued || attribute.type === 'complex');
    const asked = isWhole ? this.takePresence() : undefined;
    if (asked) {
      const kind = attribute.multiValued ? 'element' : 'present';
      const assigned: Filter = { kind, container, attribute, where: undefined };
      return asked === 'assigned' ? assigned : { kind: 'not', term: assigned };
    }
    if (attribute.multiValued) {
      const where = this.readOperation({ container: [], attribute: sub ?? this.valueIn(attribute) });
      return { kind: 'element', container, attribute, where };
    }
    if (sub) return this.readOperation({ container: [...container, attribute.name], attribute: sub });
    if (attribute.type !== 'complex') return this.readOperation({ container, attribute });
    return this.readOperation({ container: [...container, attribute.name], attribute: this.valueIn(attribute) });
  }

  /** Of a list or an object `pr`, `ne null` and `eq null` ask whether there is anything at all (RFC 7643 2.5). */
  private takePresence(): 'assigned' | 'unassigned' | undefined {
    if (this.takeWord('pr')) return 'assigned';
    const [operator, literal] = this.tokens.slice(this.next, this.next + 2);
    const isNull = literal?.kind === 'word' && literal.text.toLowerCase() === 'null';
    const compared = operator?.kind === 'word' && isNull ? readOperator(operator.text) : undefined;
    if (compared !== 'eq' && compared !== 'ne') return undefined;
    this.next += 2;
    return compared === 'ne' ? 'assigned' : 'unassigned';
  }

  private readOperation(operand: Operand): Filter {
    const { attribute } = operand;
    const { kind } = attribute.storage;
    if (kind === 'computed' || kind === 'dropped')
      throw badRequest(this.errorType, `${attribute.name} cannot be filtered by`);
    if (this.takeWord('pr')) return { kind: 'present', ...operand };
    const token = this.take('word', 'an operator');
    const operator = readOperator(token.text);
    if (!operator) throw misplaced(token, 'an operator', this.errorType);
    return compare(operand, operator, this.readLiteral(), this);
  }

  private readLiteral(): Literal {
    const token = this.tokens[this.next]!;
    this.next += 1;
    if (token.kind === 'text') return token.text;
    if (token.kind === 'number') return Number(token.text);
    if (token.kind === 'word' && token.text.toLowerCase() === 'null') return null;
    const value = token.kind === 'word' ? readStringBoolean(token.text) : undefined;
    if (value === undefined) throw misplaced(token, 'a value', this.errorType);
    return value;
  }

  private unknown(token: Token): Error {
    return badRequest(this.errorType, `at character ${token.at + 1}: no attribute of that name`);
  }

  private valueIn(attribute: Attribute): Attribute {
    const value = valueOf(attribute);
    if (!value) throw badRequest(this.errorType, `${attribute.name} has several values: name one of them`);
    return value;
  }

  private takeWord(expected: string): boolean {
    const token = this.tokens[this.next]!;
    const isThere = token.kind === 'word' && token.text.toLowerCase() === expected;
    if (isThere) this.next += 1;
    return isThere;
  }
}
