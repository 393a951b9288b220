import { describe, expect, it } from '@jest/globals';
import { refusal } from '../scim.fixture.js';
import { goesOn, planBulk, resolveReferences } from './plan-bulk.js';
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
    if (step.kind === 'answer') return `${step.bulkId ?? '-'} ${step.error.status}`;
    return step.operation.bulkId ?? step.operation.method;
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

  it('C79 answers circles and what nobody makes with 409, and does the rest', () => {
    const circle = [
      makeGroup('a', 'b'),
      makeGroup('b', 'a'),
      makeUser('ada'),
      makeGroup('c', 'nobody'),
      makeGroup('d', 'd'),
    ];
    expect(plan(circle).sort()).toEqual(['a 409', 'ada', 'b 409', 'c 409', 'd 409']);
    expect(plan([makeGroup('a', 'b'), makeGroup('b', 'c'), makeGroup('c', 'b')]).sort()).toEqual([
      'a',
      'b 409',
      'c 409',
    ]);
  });

  it('orders a chain of 1,000 and a crowd of references in bounded time', () => {
    const chain = Array.from({ length: 1000 }, (_, index) => makeGroup(`g${index}`, `g${index + 1}`));
    const crowd = Array.from({ length: 300 }, (_, index) =>
      makeGroup(`h${index}`, ...Array.from({ length: 300 }, (__, to) => `h${to}`)),
    );
    const from = process.cpuUsage(); // Not the clock: other work of the machine says nothing.
    expect(plan([...chain.slice(0, -1), makeGroup('g999')])[0]).toBe('g999');
    expect(plan(crowd)).toHaveLength(300);
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
    expect(refusal(() => read([], { failOnErrors: 0 })).scimType).toBe('invalidSyntax');
  });

  it('C79 answers 413 for more operations than it takes, and 400 for what is no bulk request', () => {
    expect(refusal(() => read(Array.from({ length: 1001 }, () => makeUser('x')))).status).toBe(413);
    expect(refusal(() => readBulk({ Operations: [] }, 10)).scimType).toBe('invalidSyntax');
    expect(refusal(() => readBulk({ schemas, Operations: {} }, 10)).scimType).toBe('invalidSyntax');
  });
});
