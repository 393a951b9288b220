import { describe, expect, it } from '@jest/globals';
import { usernameFrom } from './username-template.js';

const claims = { sub: 'id-1', preferred_username: 'ada', nested: { a: 1 }, empty: '' };

describe('the username-claim template', () => {
  it.each([
    ['${sub}', { kind: 'name', name: 'id-1' }],
    ['${preferred_username}', { kind: 'name', name: 'ada' }],
    ['corp-${preferred_username}@${sub}', { kind: 'name', name: 'corp-ada@id-1' }],
    ['${ preferred_username }', { kind: 'name', name: 'ada' }],
    ['${email}', { kind: 'missing', claim: 'email' }],
    ['${nested}', { kind: 'missing', claim: 'nested' }],
    ['${empty}', { kind: 'missing', claim: 'empty' }],
    ['${constructor}', { kind: 'missing', claim: 'constructor' }],
  ])('%s', (template, expected) => {
    expect(usernameFrom(template, claims)).toEqual(expected);
  });

  it('T03 takes a bare name as the text it is', () => {
    expect(usernameFrom('preferred_username', claims)).toEqual({ kind: 'name', name: 'preferred_username' });
  });
});
