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
  | { readonly kind: 'add' | 'remove' | 'replace'; readonly ids: Set<string> }
  | Extract<MemberStep, { kind: 'removeMatching' }>;

/** Changes of a group's members, in the order in which they were asked for. */
export class MemberSteps {
  private readonly steps: CollectedStep[] = [];
  private readonly notUsable = new Set<string>();

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
    if (ids) this.push('remove', sortMembers(ids));
    else this.steps.push({ kind: 'removeMatching', where });
  }

  /** `add members[value eq "x"]` makes x a member; a value beside it names who takes the place of x. */
  private addSelected(op: 'add' | 'replace', where: NonNullable<PatchTarget['where']>, value: Json | undefined): void {
    const selected = seedOf(where)?.['value'];
    if (typeof selected !== 'string') throw badRequest('invalidPath', 'members: name one by value eq');
    const named = readMembers(value ?? null, this.context);
    if (op === 'replace') this.push('remove', sortMembers([selected]));
    this.push('add', named.ids.length > 0 ? named : sortMembers([selected]));
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
