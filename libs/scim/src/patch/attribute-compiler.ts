import type { PatchTarget } from '../filter/parse-path.js';
import { isList } from '../json.js';
import type { Json, JsonObject } from '../json.js';
import type { ReadContext } from '../resource/read-context.js';
import { readElements, readParts, readValue } from '../resource/read-value.js';
import { settleElements } from '../resource/settle-elements.js';
import type { Attribute } from '../schema/attribute.js';
import { badRequest } from '../scim-error.js';
import type { AttributeDelta } from './delta.js';
import type { Operation } from './read-operations.js';
import { seedOf } from './seed.js';

type Op = Operation['op'];

/** What operations ask of every attribute but memberships. */
export class AttributeCompiler {
  readonly deltas: AttributeDelta[] = [];

  constructor(private readonly context: ReadContext) {}

  compile(op: Op, target: PatchTarget, value: Json | undefined): void {
    const { attribute, sub, where } = target;
    const isObjectOfParts = attribute.type === 'complex' && !attribute.multiValued;
    if (attribute.storage.kind === 'dropped') this.readAndForget(attribute, value);
    else if (attribute.multiValued && (where || sub)) this.compileSelected(op, target, value);
    else if (sub) this.compileInner(op, target, sub, value);
    else if (op === 'remove') this.remove(target, value);
    else if (isObjectOfParts) this.merge(op, target, value ?? null);
    else this.assign(op, target, value ?? null);
  }

  private assign(op: 'add' | 'replace', { container, attribute }: PatchTarget, raw: Json): void {
    const value = readValue(attribute, raw, this.context);
    if (value === undefined) {
      if (op === 'replace') this.clear({ container, attribute }, raw);
    } else if (op === 'add' && attribute.multiValued) {
      this.append({ container, attribute }, settleElements(attribute, readElements(attribute, raw, this.context)));
    } else this.deltas.push({ kind: 'assign', container, attribute, value });
  }

  /** Elements of which nobody here knows anything are a mistake, and no list without elements. */
  private clear({ container, attribute }: PatchTarget, raw: Json): void {
    const isForeign = (one: Json) => readParts(attribute, one, this.context).kind === 'foreign';
    if (attribute.multiValued && (isList(raw) ? raw : [raw]).some(isForeign))
      throw badRequest('invalidValue', `${attribute.name}: nothing in it is an attribute that can be written`);
    this.deltas.push({ kind: 'clear', container, attribute });
  }

  /** What is added to one list in a row is one change. */
  private append(at: PatchTarget, elements: readonly JsonObject[]): void {
    const last = this.deltas.at(-1);
    const { container, attribute } = at;
    if (last?.kind !== 'append' || last.attribute !== attribute) {
      this.deltas.push({ kind: 'append', container, attribute, elements });
    } else this.deltas[this.deltas.length - 1] = { ...last, elements: [...last.elements, ...elements] };
  }

  /** RFC 7644 3.5.2.1, 3.5.2.3: the parts that the value names; the others stay. */
  private merge(op: 'add' | 'replace', { container, attribute }: PatchTarget, raw: Json): void {
    const { kind, values, emptied } = readParts(attribute, raw, this.context);
    if (op === 'replace' && kind === 'none') this.deltas.push({ kind: 'clear', container, attribute });
    for (const sub of attribute.sub) {
      const value = values[sub.name];
      const at = { container: [...container, attribute.name], attribute: sub };
      if (value !== undefined) this.deltas.push({ kind: 'assign', ...at, value });
      else if (op === 'replace' && emptied.includes(sub.name)) this.deltas.push({ kind: 'clear', ...at });
    }
  }

  private compileInner(op: Op, { container, attribute }: PatchTarget, sub: Attribute, raw: Json | undefined): void {
    const inner = { container: [...container, attribute.name], attribute: sub };
    if (op === 'remove') this.deltas.push({ kind: 'clear', ...inner });
    else if (attribute.name === 'manager') this.merge(op, { container, attribute }, { [sub.name]: raw ?? null });
    else this.assign(op, inner, raw ?? null);
  }

  private remove({ container, attribute }: PatchTarget, raw: Json | undefined): void {
    const isNamed = attribute.multiValued && raw !== undefined && raw !== null && this.context.dialects.valuesOnRemove;
    if (isNamed) {
      const elements = readElements(attribute, raw, this.context);
      this.deltas.push({ kind: 'removeValues', container, attribute, elements });
    } else this.deltas.push({ kind: 'clear', container, attribute });
  }

  private compileSelected(op: Op, { container, attribute, where, sub }: PatchTarget, raw: Json | undefined): void {
    if (op === 'remove' && where && !sub) {
      this.deltas.push({ kind: 'removeElements', container, attribute, where });
      return;
    }
    const change = op === 'remove' ? { set: {}, clear: [sub!.name] } : this.readChange(op, attribute, sub, raw ?? null);
    const isMade = op !== 'remove' && this.context.dialects.createOnMiss && Object.keys(change.set).length > 0;
    const seed = isMade ? (where ? seedOf(where) : {}) : undefined;
    this.deltas.push({ kind: 'change', container, attribute, where, ...change, seed });
  }

  private readChange(
    op: Op,
    list: Attribute,
    sub: Attribute | undefined,
    raw: Json,
  ): { set: JsonObject; clear: readonly string[] } {
    const { values: set, emptied } = readParts(list, sub ? { [sub.name]: raw } : raw, this.context);
    const clear = op === 'replace' ? emptied : [];
    if (Object.keys(set).length + clear.length > 0) return { set, clear };
    throw badRequest('invalidValue', `${list.name}: nothing to set; remove takes values away`);
  }

  private readAndForget(attribute: Attribute, raw: Json | undefined): void {
    if (raw !== undefined) readValue(attribute, raw, this.context);
  }
}
