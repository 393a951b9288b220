import { describe, expect, it } from '@jest/globals';
import type { ClaimSelector } from '@gatehouse/contracts';
import { selectClaim } from './claim.js';

const manyDots = `https://${'a.'.repeat(30)}example/groups`;
const claims = {
  'cognito:groups': ['dev'],
  'https://corp.example/groups': ['url'],
  'custom:cost.centre': '4711',
  realm_access: { roles: ['viewer'] },
  resource_access: { 'my.client': { roles: ['admin'] }, my: { client: { roles: ['someone-else'] } } },
  'a.b': 'exact',
  a: { b: 'nested' },
  [manyDots]: 'found',
  apps: [
    { name: 'jira', roles: ['x', 'y'] },
    { name: 'wiki', roles: ['z'] },
  ],
  partly: [{ name: 'one' }, { title: 'two' }],
  emails: ['ada@example.com', 'ada@home.example'],
  matrix: [['a'], ['b']],
  nothing: null,
};

describe('O66 a selector finds', () => {
  it.each<[string, ClaimSelector, unknown]>([
    ['a name with a colon', 'cognito:groups', ['dev']],
    ['a URL', 'https://corp.example/groups', ['url']],
    ['a name with colon and dot', 'custom:cost.centre', '4711'],
    ['a name with more dots than a path may have steps', manyDots, 'found'],
    ['a nested path', 'realm_access.roles', ['viewer']],
    ['a path in which a key has dots, the longest key first', 'resource_access.my.client.roles', ['admin']],
    ['the exact name before the path', 'a.b', 'exact'],
    ['a path said as a list, which never joins', ['a', 'b'], 'nested'],
    ['a key with dots said as a list', ['resource_access', 'my.client', 'roles'], ['admin']],
    ['an exact name said as a list', ['https://corp.example/groups'], ['url']],
    ['one member of each object in a list', 'apps.name', ['jira', 'wiki']],
    ['lists inside of objects as one list', 'apps.roles', ['x', 'y', 'z']],
    ['a position in a list', 'emails.0', 'ada@example.com'],
    ['a position said as a list', ['emails', '1'], 'ada@home.example'],
    ['a member at a position', 'apps.1.name', 'wiki'],
    ['null as it is', 'nothing', null],
  ])('%s', (_, selector, expected) => {
    expect(selectClaim(claims, selector)).toEqual(expected);
  });

  it('what one entry lacks as undefined, so that a list read in part never looks whole', () => {
    expect(selectClaim(claims, 'partly.name')).toEqual(['one', undefined]);
    expect(selectClaim(claims, 'matrix.name')).toEqual([undefined, undefined]);
  });

  it.each<[string, ClaimSelector]>([
    ['a missing name', 'groups'],
    ['a missing step', 'realm_access.groups.names'],
    ['a step into a text', 'custom:cost.centre.length'],
    ['a step into null', 'nothing.roles'],
    ['a position beyond the end', 'emails.2'],
    ['a name cut short', 'https://corp'],
    ['an empty step', 'realm_access..roles'],
    ['a list whose key would have to be joined', ['resource_access', 'my', 'client.roles']],
  ])('nothing for %s', (_, selector) => {
    expect(selectClaim(claims, selector)).toBeUndefined();
  });

  it.each<[ClaimSelector]>([
    ['constructor'],
    ['constructor.name'],
    ['__proto__'],
    ['realm_access.constructor'],
    ['realm_access.__proto__.polluted'],
    [['realm_access', 'toString']],
    ['emails.length'],
    [['emails', 'map']],
  ])('O22 O66 nothing of the language for %j', (selector) => {
    const found = selectClaim(claims, selector);
    expect(Array.isArray(found) ? found.filter((entry) => entry !== undefined) : found).toEqual(
      Array.isArray(found) ? [] : undefined,
    );
  });

  it('O66 nothing at the end of a path without a bound, in bounded time', () => {
    const deep = JSON.parse(`${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`) as Record<string, unknown>;
    const wide = { a: Array.from({ length: 50_000 }, () => ({})) };
    const from = process.cpuUsage(); // Not the clock: other work of the machine says nothing.
    expect(selectClaim(deep, 'a.'.repeat(126) + 'a')).toBeUndefined();
    expect(selectClaim(wide, 'a.'.repeat(15) + 'a')).toHaveLength(50_000);
    expect(process.cpuUsage(from).user / 1_000).toBeLessThan(2_000);
  });
});
