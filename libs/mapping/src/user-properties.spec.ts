import { describe, expect, it } from '@jest/globals';
import { desiredAccess } from './desired-access.js';
import { ada, configOf } from './mapping.fixture.js';
import type { MappingInput } from './mapping.fixture.js';
import type { Identity } from './provider-of.js';

type Properties = NonNullable<MappingInput['properties']>;

function access(identities: readonly Identity[], p: Properties, q: Properties = []) {
  const config = configOf({ p: { properties: p }, q: { properties: q } });
  return desiredAccess({ identities, nameFolded: 'ada', config });
}

const properties = (...question: Parameters<typeof access>) => access(...question)?.properties;

const department: Properties = [{ key: 'department', claim: 'Department' }];

describe('user properties', () => {
  it('S25 S26 equal the claims that they are mapped from, any number of them', () => {
    const identity = ada('p', [], { Department: 'Research', a: { b: ['x'] } });
    const more: Properties = [
      ...department,
      { key: 'x', claim: 'a.b' },
      { key: 'who', template: '{Department}/{given_name}' },
    ];
    expect(properties([identity], more)).toEqual({ department: 'Research', who: 'Research/Ada', x: 'x' });
  });

  it.each([
    ['a text', ' Research ', ' Research '],
    ['a number', 7.5, '7.5'],
    ['a truth value', false, 'false'],
    ['a list', ['a', '', 7, true], 'a, 7, true'],
    ['a list in which something is missing', ['a', null, undefined, 'b'], 'a, b'],
    ['an object, its members in order', { b: 1, a: [{ d: 1, c: 2 }] }, '{"a":[{"c":2,"d":1}],"b":1}'],
    ['a nested list', [['a'], 'b'], '[["a"],"b"]'],
  ])('writes %s', (_, value, expected) => {
    expect(properties([ada('p', [], { Department: value })], department)).toEqual({ department: expected });
  });

  it('X15 writes what transforms make of it', () => {
    const transforms = [{ match: '^.*: ', replace: '' }];
    const mapped: Properties = [{ key: 'department', claim: 'Department', transforms }];
    expect(properties([ada('p', [], { Department: 'Dept: R&D' })], mapped)).toEqual({ department: 'R&D' });
  });

  it.each([
    ['missing', undefined],
    ['null', null],
    ['empty', ''],
    ['an empty list', []],
  ])('S25 X30 a claim that is %s keeps or removes the property, as it is told', (_, value) => {
    const identity = ada('p', [], value === undefined ? {} : { Department: value });
    expect(properties([identity], department)).toEqual({});
    expect(properties([identity], [{ key: 'department', claim: 'Department', whenMissing: 'remove' }])).toEqual({
      department: null,
    });
  });

  it('S25 names those without a value to write, so that nobody takes them for switched off', () => {
    const identity = ada('p', [], { Floor: '3', Long: 'x'.repeat(4_001) });
    const mapped: Properties = [
      ...department,
      { key: 'floor', claim: 'Floor' },
      { key: 'long', claim: 'Long' },
      { key: 'gone', claim: 'Gone', whenMissing: 'remove' },
    ];
    expect(access([identity], mapped)).toMatchObject({
      properties: { floor: '3', gone: null },
      propertiesKept: ['department', 'long'],
    });
    expect(access([ada('p', []), ada('q', [], { Department: 'Q' })], department, department)).toMatchObject({
      propertiesKept: ['department'],
    });
  });

  it('P11 removes nothing on an answer that was read in part, and nothing that is too long', () => {
    const removing: Properties = [{ key: 'department', claim: 'Department', whenMissing: 'remove' }];
    const partial = ada('p', [], { _claim_names: { groups: 'userinfo' } });
    expect(properties([partial], removing)).toEqual({});
    expect(properties([ada('p', [], { Department: 'x'.repeat(4_001) })], removing)).toEqual({});
    expect(properties([ada('p', [], { Department: { a: 'x'.repeat(4_001) } })], removing)).toEqual({});
  });

  it('the identity linked first decides a key alone, also when it has no value', () => {
    const [one, other] = [ada('p', [], { Department: 'P' }), ada('q', [], { Department: 'Q' })];
    expect(properties([one, other], department, department)).toEqual({ department: 'P' });
    expect(properties([other, one], department, department)).toEqual({ department: 'Q' });
    expect(properties([ada('p', []), other], department, department)).toEqual({});
    expect(properties([ada('p', []), other], [], department)).toEqual({ department: 'Q' });
  });

  it('nothing comes of an identity that may not enter', () => {
    const unverified = ada('q', [], { Department: 'Q', email_verified: false });
    expect(access([ada('p', []), unverified], [], department)).toMatchObject({
      properties: {},
      propertiesKept: ['department'],
    });
  });
});
