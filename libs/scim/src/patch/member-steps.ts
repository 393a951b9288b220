import { termsOf } from '../filter/filter.js';
import type { PatchTarget } from '../filter/parse-path.js';
import type { Json } from '../json.js';
import { assertMembersMax, readMembers, saysWhoIsIn, sortMembers } from '../resource/members.js';
import type { Members } from '../resource/members.js';
import type { ReadContext } from '../resource/read-context.js';
import { badRequest } from '../scim-error.js';
import type { MemberStep } from './delta.js';
import type { Operation } from './read-operations.js';
import { seedOf, valuesOf } from './seed.js';

type CollectedStep =
  | { readonly kind: 'add' | 'remove' | 'removeOne' | 'replace'; readonly ids: Set<string> }
  | Extract<MemberStep, { kind: 'removeMatching' }>;

/** Of one PATCH: each of them is a look at all members. */
const matchingTermsMax = 10;

/** Changes of a group's members, in the order in which they were asked for. */
export class MemberSteps {
  private readonly steps: CollectedStep[] = [];
  private readonly notUsable = new Set<string>();
  private matchingTerms = 0;

  constructor(private readonly context: ReadContext) {}

  get unusable(): readonly string[] {
    return [...this.notUsable];
  }

  compile(op: Operation['op'], { where, sub }: PatchTarget, value: Json | undefined): void {
    if (sub) throw badRequest('mutability', `members.${sub.name} cannot be changed: add and remove members`);
    if (where && op === 'remove') this.removeSelected(where);
    else if (op === 'remove') this.remove(value);
    else if (where) this.addSelected(op, where, value);
    else this.push(op, readMembers(value ?? null, this.context));
  }

  done(): readonly MemberStep[] {
    return this.steps.map((step) => ('ids' in step ? { kind: step.kind, ids: [...step.ids] } : step));
  }

  /** E3: the standard has no value here, and to read past one would empty the group. */
  private remove(value: Json | undefined): void {
    const names = value !== undefined && value !== null && this.context.dialects.valuesOnRemove;
    if (names) this.push('remove', readMembers(value, this.context));
    else this.push('replace', { ids: [], unusable: [] });
  }

  private removeSelected(where: NonNullable<PatchTarget['where']>): void {
    const ids = valuesOf(where);
    if (ids) {
      this.push('remove', sortMembers(ids));
      return;
    }
    this.matchingTerms += termsOf(where);
    if (this.matchingTerms > matchingTermsMax)
      throw badRequest('invalidPath', `members: more than ${matchingTermsMax} comparisons of what is no value`);
    this.steps.push({ kind: 'removeMatching', where });
  }

  /** `add members[value eq "x"]` makes x a member; the value of a `replace` names who takes the place of x. */
  private addSelected(op: 'add' | 'replace', where: NonNullable<PatchTarget['where']>, value: Json | undefined): void {
    const selected = seedOf(where)?.['value'];
    if (typeof selected !== 'string') throw badRequest('invalidPath', 'members: name one by value eq');
    const [chosen, named] = [sortMembers([selected]), readMembers(value ?? null, this.context)];
    if (op === 'add') {
      this.push('add', named.ids.length + named.unusable.length > 0 ? named : chosen);
      return;
    }
    if (named.ids.length === 0)
      throw badRequest('invalidValue', 'members: name who takes the place; remove takes away');
    if (this.context.dialects.createOnMiss) this.push('remove', chosen);
    else this.steps.push({ kind: 'removeOne', ids: new Set(chosen.ids) });
    this.push('add', named);
  }

  /**
   * Operations of one kind in a row are one statement. The set grows: to copy it for each operation would block the
   * process for half a minute with a body that is within the limits.
   */
  private push(kind: 'add' | 'remove' | 'replace', members: Members): void {
    const { ids, unusable } = members;
    for (const value of unusable) this.notUsable.add(value);
    if (kind === 'replace' && !saysWhoIsIn(members))
      throw badRequest('invalidValue', 'members: none of these is an id of a user or a group here');
    if (kind !== 'replace' && ids.length === 0) return;
    const last = this.steps.at(-1);
    if (last?.kind !== kind || kind === 'replace') {
      this.steps.push({ kind, ids: new Set(ids) });
      return;
    }
    for (const id of ids) last.ids.add(id);
    assertMembersMax(last.ids.size);
  }
}
