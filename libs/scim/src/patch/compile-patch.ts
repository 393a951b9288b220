import { everyDialect } from '../dialects.js';
import { termsOf } from '../filter/filter.js';
import { parsePath } from '../filter/parse-path.js';
import type { PatchTarget } from '../filter/parse-path.js';
import { isList, isObject } from '../json.js';
import type { Json } from '../json.js';
import { ReadContext } from '../resource/read-context.js';
import { readSchemas } from '../resource/read-schemas.js';
import { findAttribute } from '../schema/attribute.js';
import type { Schema } from '../schema/attribute.js';
import { findSchema } from '../schema/resource-type.js';
import type { ResourceType } from '../schema/resource-type.js';
import { badRequest } from '../scim-error.js';
import { AttributeCompiler } from './attribute-compiler.js';
import type { CompiledPatch } from './delta.js';
import { MemberSteps } from './member-steps.js';
import { readOperations } from './read-operations.js';
import type { Operation } from './read-operations.js';

/** Each of them may be a look at all elements of a list. */
const termsMax = 1_000;

const keyShape = /^[A-Za-z$][A-Za-z0-9.$_:-]*(?:\[.*)?$/s;

/**
 * All operations of a PATCH as changes, or the first mistake: nothing is applied before everything is understood (C59).
 * @throws ScimError as RFC 7644 3.5.2 and 3.12 say
 */
export function compilePatch(type: ResourceType, body: unknown, dialects = everyDialect): CompiledPatch {
  const operations = readOperations(body, dialects);
  const compiler = new PatchCompiler(type, new ReadContext(dialects));
  for (const operation of operations) compiler.compile(operation);
  return compiler.done();
}

class PatchCompiler {
  private terms = 0;
  private readonly members: MemberSteps;
  private readonly attributes: AttributeCompiler;

  constructor(
    private readonly type: ResourceType,
    private readonly context: ReadContext,
  ) {
    this.members = new MemberSteps(context);
    this.attributes = new AttributeCompiler(context);
  }

  compile({ op, path, value }: Operation): void {
    if (path === undefined) {
      this.compileKeys(op, value, undefined);
      return;
    }
    const target = parsePath(this.type, path, this.context.dialects);
    if (!target) throw badRequest('invalidPath', 'path: no attribute of that name');
    if (!('attribute' in target)) {
      this.compileSchema(op, value, target);
      return;
    }
    const { attribute, sub, where } = target;
    if (attribute.key === 'schemas') {
      this.checkSchemas(op, value);
      return;
    }
    if (attribute.mutability === 'readOnly') throw badRequest('mutability', `${attribute.name} is read-only`);
    if (sub?.mutability === 'readOnly') throw badRequest('mutability', `${attribute.name}.${sub.name} is read-only`);
    if (where && op === 'add' && value === null) throw badRequest('invalidValue', 'add needs a value');
    this.add(op, target, value);
  }

  done(): CompiledPatch {
    return {
      deltas: this.attributes.deltas,
      memberSteps: this.members.done(),
      unusableMembers: this.members.unusable,
      ignored: this.context.ignored,
    };
  }

  private add(op: Operation['op'], target: PatchTarget, value: Json | undefined): void {
    const isOfMembers = target.attribute.storage.kind === 'membership';
    if (target.where && !isOfMembers) this.terms += termsOf(target.where);
    if (this.terms > termsMax)
      throw badRequest('invalidPath', `more than ${termsMax} comparisons in all paths together`);
    if (isOfMembers) this.members.compile(op, target, value);
    else this.attributes.compile(op, target, value);
  }

  /** Which a resource has follows from what is assigned: they may be named as a POST names them, and nothing changes. */
  private checkSchemas(op: Operation['op'], value: Json | undefined): void {
    if (op === 'remove' || value === undefined || value === null)
      throw badRequest('mutability', 'schemas cannot be removed: remove what is of an extension');
    const named = isList(value) ? value : [value];
    readSchemas(this.type, op === 'add' ? [this.type.schema.id, ...named] : named, this.context);
  }

  /** The URN of a schema as path: the value is about its attributes, and null about all of them. */
  private compileSchema(op: Operation['op'], value: Json | undefined, schema: Schema): void {
    if (op === 'add' || (op === 'replace' && value !== null)) {
      this.compileKeys(op, value, schema);
      return;
    }
    if (schema === this.type.schema) throw badRequest('mutability', 'the core attributes cannot be removed at once');
    for (const attribute of schema.attributes) this.add('remove', { container: [schema.id], attribute }, undefined);
  }

  private compileKeys(op: Operation['op'], value: Json | undefined, schema: Schema | undefined): void {
    if (!isObject(value)) throw badRequest('invalidValue', `${op} without a path needs an object`);
    for (const [key, inner] of Object.entries(value)) {
      if (inner !== undefined) this.compileKey(op, key, inner, schema);
    }
  }

  private compileKey(op: Operation['op'], key: string, value: Json, schema: Schema | undefined): void {
    const { dialects } = this.context;
    const isPlain = findAttribute((schema ?? this.type).attributes, key) ?? findSchema(this.type, key);
    const target = isPlain || dialects.pathKeys ? this.targetOf(key, schema) : undefined;
    if (!target) {
      this.context.ignore(key);
      return;
    }
    if (!('attribute' in target)) {
      this.compileSchemaKey(op, value, target, schema);
      return;
    }
    const { attribute, sub } = target;
    if (attribute.key === 'schemas') return;
    if (attribute.mutability === 'readOnly' || sub?.mutability === 'readOnly') {
      // Okta sends the id along with a new name (O4).
      if (dialects.readOnlyEchoes) return;
      throw badRequest('mutability', `${attribute.name} is read-only`);
    }
    this.add(op, target, value);
  }

  private compileSchemaKey(op: Operation['op'], value: Json, target: Schema, within: Schema | undefined): void {
    if (within) this.context.ignore(target.id);
    else if (value !== null || op === 'replace') this.compileSchema(op, value, target);
  }

  /** A key that is no path is a name that no schema has: an extension of the client's, not a mistake of it. */
  private targetOf(key: string, schema: Schema | undefined): PatchTarget | Schema | undefined {
    const isQualified = key.includes(':') || !schema;
    const path = isQualified ? key : `${schema.id}:${key}`;
    return keyShape.test(path) ? parsePath(this.type, path, this.context.dialects) : undefined;
  }
}
