import { describe, expect, it } from '@jest/globals';
import { refusal } from '../scim.fixture.js';
import { resolveReferences, withoutReferences } from './bulk-references.js';
import { goesOn, planBulk } from './plan-bulk.js';
import { readBulk } from './read-bulk.js';

const schemas = ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'];
const read = (operations: readonly unknown[], more = {}) =>
  readBulk({ schemas, Operations: operations, ...more }, 1000);
const makeUser = (bulkId: string, data: object = {}) => ({
  method: 'POST',
  path: '/Users',
  bulkId,
  data: { userName: bulkId, ...data },
});
const makeGroup = (bulkId: string, ...members: string[]) => ({
  method: 'POST',
  path: '/Groups',
  bulkId,
  data: { displayName: bulkId, members: members.map((member) => ({ value: `bulkId:${member}` })) },
});

function plan(operations: readonly unknown[]): string[] {
  return planBulk(read(operations)).map((step) => {
    if (step.kind === 'answer') return `${step.operation.bulkId ?? '-'} ${step.error.status}`;
    const name = step.operation.bulkId ?? step.operation.method;
    if (step.kind === 'complete') return `${name} whole`;
    return step.without.size > 0 ? `${name} without ${[...step.without].join()}` : name;
  });
}

describe('bulk', () => {
  it('C76 makes what is referred to first, whatever the order', () => {
    expect(plan([makeGroup('team', 'ada', 'inner'), makeGroup('inner', 'grace'), makeUser('ada'), makeUser('grace')])).toEqual([
      'ada', 'grace', 'inner', 'team',
    ]);
    expect(plan([makeUser('ada'), makeUser('grace'), makeGroup('team')])).toEqual(['ada', 'grace', 'team']);
  }); // prettier-ignore

  it('C76 puts the ids in, in data and in paths, and 409 for what was not made', () => {
    const [step] = planBulk(read([makeGroup('team', 'ada'), makeUser('ada')])).slice(1);
    if (step?.kind !== 'do') throw new Error('it is not done');
    expect(resolveReferences(step.operation, new Map([['ada', 'id-1']])).data).toMatchObject({
      members: [{ value: 'id-1' }],
    });
    expect(refusal(() => resolveReferences(step.operation, new Map())).status).toBe(409);
    const [remove] = read([{ method: 'delete', path: '/users/bulkId:ada' }]).operations;
    if (remove?.kind !== 'operation') throw new Error('it is refused');
    expect(resolveReferences(remove, new Map([['ada', 'id-1']])).id).toBe('id-1');
  });

  it('C76 C79 makes a circle in two steps, and answers what nobody makes with 409', () => {
    const circle = [makeGroup('a', 'ada', 'b'), makeGroup('b', 'a'), makeUser('ada'), makeGroup('c', 'nobody')];
    expect(plan(circle)).toEqual(['ada', 'c 409', 'a without b', 'b', 'a whole']);
    // Who refers to a circle waits for it, and is none of it.
    const besides = [makeGroup('a', 'b'), makeGroup('b', 'c'), makeGroup('c', 'b'), makeUser('grace')];
    expect(plan(besides)).toEqual(['grace', 'b without c', 'c', 'b whole', 'a']);
    // A change of what is made waits until it is whole, and so does a circle that waits for another one.
    const change = { method: 'PATCH', path: '/Groups/bulkId:a', data: {} };
    const two = [makeGroup('a', 'b', 'd'), makeGroup('b', 'a'), change, makeGroup('c', 'd'), makeGroup('d', 'c')];
    expect(plan(two)).toEqual(['c without d', 'd', 'c whole', 'a without b', 'b', 'a whole', 'PATCH']);
    expect(plan([makeGroup('d', 'd')])).toEqual(['d without d', 'd whole']);
  });

  it('C76 leaves out of a circle what refers to it, and nothing else', () => {
    const manager = {
      'urn:x': { manager: { value: 'bulkId:b', displayName: 'B' }, assistant: 'bulkId:b', department: 'Engines' },
    };
    const [made] = read([
      makeUser('a', { ...manager, roles: ['bulkId:b', 'bulkId:c', ['x', 'bulkId:b']], nickName: 'bulkId:b' }),
    ]).operations;
    if (made?.kind !== 'operation') throw new Error('it is refused');
    expect(withoutReferences(made, new Set(['b'])).data).toEqual({
      userName: 'a',
      'urn:x': { department: 'Engines' },
      roles: ['bulkId:c', ['x']],
    });
    expect(withoutReferences(made, new Set())).toBe(made);
  });

  it('C76 lets nobody wait but who refers to what comes later', () => {
    const remove = { method: 'DELETE', path: '/Users/1' };
    const change = { method: 'PATCH', path: '/Groups/1', data: { members: [{ value: 'bulkId:late' }] } };
    expect(plan([makeGroup('team', 'late'), remove, makeUser('ada'), makeUser('late'), makeUser('grace')])).toEqual([
      'DELETE', 'ada', 'late', 'team', 'grace',
    ]);
    expect(plan([change, makeGroup('outer', 'inner'), remove, makeGroup('inner', 'late'), makeUser('late')])).toEqual([
      'DELETE', 'late', 'PATCH', 'inner', 'outer',
    ]);
  }); // prettier-ignore

  it('C79 knows what a refused operation is about, where its path says so', () => {
    const [refused] = read([{ method: 'PATCH', path: '/Users/1' }]).operations;
    expect(refused).toMatchObject({ kind: 'refused', type: { name: 'User' }, id: '1' });
    expect(read([{ method: 'PATCH', path: '/Nope/1' }]).operations).toMatchObject([{ type: undefined, id: undefined }]);
  });

  it.each(['/Users/1/', 'Users/1/', '//users//1', 'Users/1'])('C79 takes the path %s as an address is read', (path) => {
    expect(read([{ method: 'DELETE', path }]).operations).toMatchObject([{ type: { name: 'User' }, id: '1' }]);
  });

  it('orders a chain of 1,000 and a crowd of references in bounded time', () => {
    const chain = Array.from({ length: 1000 }, (_, index) => makeGroup(`g${index}`, `g${index + 1}`));
    const crowd = Array.from({ length: 300 }, (_, index) =>
      makeGroup(`h${index}`, ...Array.from({ length: 300 }, (__, to) => `h${to}`)),
    );
    const from = process.cpuUsage(); // Not the clock: other work of the machine says nothing.
    expect(plan([...chain.slice(0, -1), makeGroup('g999')])[0]).toBe('g999');
    expect(plan(crowd)).toHaveLength(2 * 300);
    expect(process.cpuUsage(from).user / 1_000).toBeLessThan(3000);
  });

  it.each([
    [{ method: 'GET', path: '/Users/1' }, 400],
    [{ method: 'POST', path: '/Users', data: {} }, 400],
    [{ method: 'POST', path: '/Users/1', bulkId: 'x', data: {} }, 400],
    [{ method: 'PUT', path: '/Users', data: {} }, 400],
    [{ method: 'PATCH', path: '/Users/1' }, 400],
    [{ method: 'DELETE', path: '/Nope/1' }, 404],
    [{ method: 'DELETE', path: '/Users/1/x' }, 404],
    [{ method: 'DELETE', path: '/__proto__/1' }, 404],
    ['x', 400],
    [null, 400],
  ])('C79 refuses %j by itself', (operation, status) => {
    const steps = planBulk(read([operation, makeUser('ada')]));
    expect(steps).toMatchObject([{ kind: 'answer', error: { status } }, { kind: 'do' }]);
  });

  it('refuses the second operation of one bulkId', () => {
    expect(plan([makeUser('ada'), makeUser('ada')])).toEqual(['ada', 'ada 400']);
  });

  it('C77 stops after as many failures as were allowed', () => {
    expect(goesOn(read([], { failOnErrors: 1 }), 0)).toBe(true);
    expect(goesOn(read([], { failOnErrors: 1 }), 1)).toBe(false);
    expect(goesOn(read([]), 1000)).toBe(true);
    expect([0, 1].map((failures) => goesOn(read([], { failOnErrors: 0 }), failures))).toEqual([true, false]);
    for (const failOnErrors of [-1, 0.5])
      expect(refusal(() => read([], { failOnErrors })).scimType).toBe('invalidSyntax');
  });

  it('C79 answers 413 for more operations than it takes, and 400 for what is no bulk request', () => {
    expect(refusal(() => read(Array.from({ length: 1001 }, () => makeUser('x')))).status).toBe(413);
    expect(refusal(() => readBulk({ Operations: [] }, 10)).scimType).toBe('invalidSyntax');
    expect(refusal(() => readBulk({ schemas, Operations: {} }, 10)).scimType).toBe('invalidSyntax');
  });
});
