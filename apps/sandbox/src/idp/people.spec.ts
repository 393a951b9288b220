import { describe, expect, it } from '@jest/globals';
import { People, subjectOf } from './people.js';

const people = new People('local_Sandbox');

describe('the people of the pool', () => {
  it('have the same subject after every start, another in another pool', () => {
    expect(people.find('ada')?.attributes['sub']).toBe(subjectOf('local_Sandbox', 'ada'));
    expect(subjectOf('local_Sandbox', 'ada')).toBe('0680849b-f444-83a0-84b1-0d64c4211686');
    expect(subjectOf('local_Other', 'ada')).not.toBe(subjectOf('local_Sandbox', 'ada'));
    expect(people.find('ADA')?.attributes['sub']).toBe(people.find('ada')?.attributes['sub']);
  });

  it.each(['load-0001', 'load-0500', 'load-9999'])('%s is made when asked for', (name) => {
    expect(people.find(name)).toMatchObject({ username: name, attributes: { email: `${name}@example.com` } });
  });

  it.each(['load-0000', 'load-10000', 'load-1', 'load-0001x', 'nobody', ''])('%s is nobody', (name) => {
    expect(people.find(name)).toBeUndefined();
  });
});
