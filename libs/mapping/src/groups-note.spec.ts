import { describe, expect, it } from '@jest/globals';
import { Mapping } from '@gatehouse/contracts';
import { groupsNote } from './groups-note.js';

const mapping = Mapping.parse({});

describe('what is noted with a sign-in about its groups', () => {
  it.each([
    ['a list', { groups: ['dev'] }, undefined],
    ['an empty list', { groups: [] }, undefined],
    ['no claim', {}, undefined],
    ['an overage', { _claim_names: { groups: 'src1' } }, 'login.groups_truncated'],
    ['something else', { groups: 7 }, 'login.groups_malformed'],
  ])('O63 O64 %s', (_, claims, note) => expect(groupsNote(claims, mapping)).toBe(note));
});
