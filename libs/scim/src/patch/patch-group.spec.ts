import { describe, expect, it, jest } from '@jest/globals';
import { everyDialect } from '../dialects.js';
import type { JsonObject } from '../json.js';
import { groupType } from '../schema/resource-type.js';
import { refusal } from '../scim.fixture.js';
import { applyDeltas } from './apply-deltas.js';
import { compilePatch } from './compile-patch.js';

const schemas = ['urn:ietf:params:scim:api:messages:2.0:PatchOp'];

describe('PATCH of a group', () => {
  const one = '11111111-1111-4111-8111-111111111111';
  const two = '22222222-2222-4222-8222-222222222222';
  const group: JsonObject = { id: one, displayName: 'Team' };
  const compile = (operations: readonly object[], dialects = everyDialect) =>
    compilePatch(groupType, { schemas, Operations: operations }, dialects);

  it('C57 O4 renames, with the id echoed, and touches no member', () => {
    const rename = { op: 'replace', value: { id: one, displayName: 'New', schemas: ['x'] } };
    const { deltas, memberSteps } = compile([rename]);
    expect(applyDeltas(groupType, group, deltas)).toEqual({
      resource: { id: one, displayName: 'New' },
      isChanged: true,
    });
    expect(memberSteps).toEqual([]);
    expect(refusal(() => compile([rename], { ...everyDialect, readOnlyEchoes: false })).scimType).toBe('mutability');
  });

  it('C66 a rename to the same name changes nothing', () => {
    const { deltas, memberSteps } = compile([{ op: 'replace', path: 'displayName', value: 'Team' }]);
    expect([applyDeltas(groupType, group, deltas).isChanged, memberSteps]).toEqual([false, []]);
  });

  it('C62 E3 removes the members that are named, not all', () => {
    const remove = { op: 'Remove', path: 'members', value: [{ value: one, $ref: null }] };
    expect(compile([remove]).memberSteps).toEqual([{ kind: 'remove', ids: [one] }]);
    expect(compile([{ ...remove, value: { value: one } }]).memberSteps).toEqual([{ kind: 'remove', ids: [one] }]);
    expect(compile([{ ...remove, value: [] }]).memberSteps).toEqual([]);
    expect(compile([remove], { ...everyDialect, valuesOnRemove: false }).memberSteps).toEqual([
      { kind: 'replace', ids: [] },
    ]);
    expect(compile([{ op: 'remove', path: 'members' }]).memberSteps).toEqual([{ kind: 'replace', ids: [] }]);
  });

  it('C63 O5 removes and adds by value path, in the order in which it was said', () => {
    const remove = { op: 'remove', path: `members[value eq "${one.toUpperCase()}"]` };
    const add = { op: 'add', path: 'members', value: [{ value: two }] };
    expect(compile([remove, add]).memberSteps).toEqual([
      { kind: 'remove', ids: [one] },
      { kind: 'add', ids: [two] },
    ]);
    const both = { op: 'remove', path: `members[value eq "${one}" or value eq "${two}"]` };
    expect(compile([both]).memberSteps).toEqual([{ kind: 'remove', ids: [one, two] }]);
    expect(compile([{ op: 'remove', path: 'members[type eq "Group"]' }]).memberSteps).toMatchObject([
      { kind: 'removeMatching' },
    ]);
  });

  it('C65 O5 replaces all members, by path and without one, and empties', () => {
    const members = [{ value: one }, two];
    expect(compile([{ op: 'replace', path: 'members', value: members }]).memberSteps).toEqual([
      { kind: 'replace', ids: [one, two] },
    ]);
    expect(compile([{ op: 'replace', value: { members } }]).memberSteps).toEqual([
      { kind: 'replace', ids: [one, two] },
    ]);
    expect(compile([{ op: 'replace', path: 'members', value: [] }]).memberSteps).toEqual([
      { kind: 'replace', ids: [] },
    ]);
    expect(compile([{ op: 'add', value: { members } }]).memberSteps).toEqual([{ kind: 'add', ids: [one, two] }]);
  });

  it('C67 joins what follows in a row into one statement', () => {
    const add = (id: string) => ({ op: 'Add', path: 'members', value: [{ value: id }] });
    expect(compile([add(one), add(two), add(one)]).memberSteps).toEqual([{ kind: 'add', ids: [one, two] }]);
    const byPath = { op: 'add', path: `members[value eq "${one}"]`, value: { value: one } };
    expect(compile([byPath]).memberSteps).toEqual([{ kind: 'add', ids: [one] }]);
  });

  const addMany = (operation: number, count: number) => ({
    op: 'add',
    path: 'members',
    value: Array.from({ length: count }, (_, at) => ({ value: idOf(operation * count + at) })),
  });

  it('C67 takes four times as many operations with four times the work, not sixteen times', () => {
    const collected = (operations: number) => {
      const adding = jest.spyOn(Set.prototype, 'add');
      const { memberSteps } = compile(Array.from({ length: operations }, (_, at) => addMany(at, 5)));
      const work = adding.mock.calls.length;
      adding.mockRestore();
      expect(memberSteps).toMatchObject([{ kind: 'add', ids: { length: operations * 5 } }]);
      return work;
    };
    expect(collected(200)).toBeLessThan(collected(50) * 6);
  });

  it('C67 bounds what operations in a row come to, and says what to do', () => {
    const refused = refusal(() => compile([addMany(0, 60_000), addMany(1, 60_000)]));
    expect(refused).toMatchObject({ status: 400, scimType: 'invalidValue' });
    expect(refused.detail).toContain('Send them in several requests.');
    const atTheBound = compile([addMany(0, 50_000), addMany(1, 50_000), addMany(0, 50_000)]);
    expect(atTheBound.memberSteps).toMatchObject([{ kind: 'add', ids: { length: 100_000 } }]);
  });

  it('C22 looks at all members of a group a few times at most', () => {
    const matching = (terms: number) => ({
      op: 'remove',
      path: `members[${Array.from({ length: terms }, () => 'type eq "User"').join(' or ')}]`,
    });
    expect(compile([matching(4), matching(6)]).memberSteps).toHaveLength(2);
    expect(refusal(() => compile([matching(4), matching(6), matching(1)])).scimType).toBe('invalidPath');
    const byValue = { op: 'remove', path: `members[${Array.from({ length: 150 }, (_, at) => `value eq "${idOf(at)}"`).join(' or ')}]` }; // prettier-ignore
    expect(compile([byValue, byValue]).memberSteps).toMatchObject([{ kind: 'remove', ids: { length: 150 } }]);
  });

  it('a replacement of one member names who comes, and asks whether there is one unless a dialect makes one', () => {
    const replace = (value: unknown) => ({ op: 'replace', path: `members[value eq "${one}"]`, value });
    expect(compile([replace({ value: two })]).memberSteps).toEqual([
      { kind: 'remove', ids: [one] },
      { kind: 'add', ids: [two] },
    ]);
    const strict = { ...everyDialect, createOnMiss: false };
    expect(compile([replace({ value: two })], strict).memberSteps).toEqual([
      { kind: 'removeOne', ids: [one] },
      { kind: 'add', ids: [two] },
    ]);
    for (const nobody of [null, [], { value: 'no-id-of-ours' }])
      expect(refusal(() => compile([replace(nobody)])).scimType).toBe('invalidValue');
    expect(compile([{ ...replace({ value: 'no-id-of-ours' }), op: 'add' }]).memberSteps).toEqual([]);
  });

  it('O8 loses no push for one id that cannot be a member', () => {
    const { memberSteps, unusableMembers } = compile([
      { op: 'add', path: 'members', value: [{ value: one }, { value: 'nobody' }] },
    ]);
    expect(memberSteps).toEqual([{ kind: 'add', ids: [one] }]);
    expect(unusableMembers).toEqual(['nobody']);
  });

  it.each([
    [{ op: 'replace', path: `members[value eq "${one}"].display`, value: 'x' }, 'mutability'],
    [{ op: 'replace', path: 'members.value', value: 'x' }, 'mutability'],
    [{ op: 'replace', path: 'members.$ref', value: 'x' }, 'mutability'],
    [{ op: 'remove', path: 'members.$ref' }, 'mutability'],
    [{ op: 'add', path: `members[value eq "${one}"].$ref`, value: 'x' }, 'mutability'],
    [{ op: 'add', path: 'members', value: [{ display: 'x' }] }, 'invalidValue'],
    [{ op: 'replace', path: 'members', value: {} }, 'invalidValue'],
    [{ op: 'replace', path: 'members', value: [{}] }, 'invalidValue'],
    [{ op: 'replace', path: 'members', value: '' }, 'invalidValue'],
    [{ op: 'replace', path: 'members', value: [{ value: '' }] }, 'invalidValue'],
    [{ op: 'replace', value: { members: [{ value: '', display: '' }] } }, 'invalidValue'],
    [{ op: 'replace', path: 'members', value: [{ value: 'ada@x.example' }] }, 'invalidValue'],
    [{ op: 'remove', path: 'members', value: [{ value: '' }] }, 'invalidValue'],
    [{ op: 'remove', path: 'displayName' }, 'mutability'],
  ])('refuses %j', (operation, scimType) => {
    expect(refusal(() => applyDeltas(groupType, group, compile([operation]).deltas)).scimType).toBe(scimType);
  });
});

function idOf(number: number): string {
  return `11111111-1111-4111-8111-${String(number).padStart(12, '0')}`;
}
