import { describe, expect, it } from '@jest/globals';
import { everyDialect } from '../dialects.js';
import { groupType, userType } from '../schema/resource-type.js';
import { refusal } from '../scim.fixture.js';
import { readListQuery, readProjectionQuery, readSearch } from './list-query.js';

const limits = { pageSizeDefault: 100, pageSizeMax: 200 };
const paging = (query: Record<string, unknown>) => readListQuery(userType, query, limits).paging;
const schemas = ['urn:ietf:params:scim:api:messages:2.0:SearchRequest'];

describe('readListQuery', () => {
  it.each([
    [{}, 1, 100],
    [{ startIndex: '0', count: '-1' }, 1, 0],
    [{ startIndex: '-5', count: '0' }, 1, 0],
    [{ startIndex: '101', count: '100' }, 101, 100],
    [{ STARTINDEX: '3', Count: '5000' }, 3, 200],
    [{ startIndex: '', count: '' }, 1, 100],
    [{ startIndex: '999999999999999' }, 1_000_000_000, 100],
  ])('C41 reads %j as from %d, %d of them', (query, startIndex, count) => {
    expect(paging(query)).toEqual({ kind: 'index', startIndex, count });
  });

  it.each(['abc', '1.5', '1e3', '0x10', ' 1', '9999999999999999999999', ['1', '2'], {}])(
    'C41 refuses %j as a number',
    (value) => {
      expect(refusal(() => paging({ startIndex: value }))).toMatchObject({ status: 400, scimType: 'invalidValue' });
      expect(refusal(() => paging({ count: value })).scimType).toBe('invalidValue');
      expect(refusal(() => paging({ count: value, cursor: '' })).scimType).toBe('invalidCount');
    },
  );

  it('C45 pages by cursor when there is one, an empty one included', () => {
    expect(paging({ cursor: '', count: '7' })).toEqual({ kind: 'cursor', cursor: undefined, count: 7 });
    expect(paging({ cursor: 'abc' })).toEqual({ kind: 'cursor', cursor: 'abc', count: 100 });
    expect(refusal(() => paging({ cursor: 'abc', startIndex: '1' })).status).toBe(400);
    for (const count of ['0', '-5', 0])
      expect(refusal(() => paging({ cursor: '', count }))).toMatchObject({ status: 400, scimType: 'invalidCount' });
  });

  it('C37 refuses an empty filter and two of them', () => {
    expect(refusal(() => readListQuery(userType, { filter: '' }, limits)).scimType).toBe('invalidFilter');
    expect(refusal(() => readListQuery(userType, { filter: ['userName pr', 'id pr'] }, limits)).scimType).toBe(
      'invalidFilter',
    );
  });

  it('C43 reads an order, and refuses one by what nobody knows', () => {
    expect(readListQuery(userType, { sortBy: 'userName', sortOrder: 'Descending' }, limits).sort).toEqual({
      by: 'userName',
      descending: true,
    });
    for (const sortBy of ['nope', 'groups', 'password', 'name', 'meta.location', 'members', "id'; --"]) {
      expect(refusal(() => readListQuery(userType, { sortBy }, limits)).scimType).toBe('invalidValue');
    }
    expect(refusal(() => readListQuery(userType, { sortOrder: 'up' }, limits)).scimType).toBe('invalidValue');
  });

  it('C43 C44 sorts nothing of a type that lacks the attribute, where another type that is asked has it', () => {
    const asked = [userType, groupType];
    const sortOf = (type: typeof userType, sortBy: string) =>
      readListQuery(type, { sortBy, sortOrder: 'descending' }, limits, everyDialect, asked).sort;
    expect(sortOf(userType, 'userName')).toEqual({ by: 'userName', descending: true });
    expect(sortOf(groupType, 'userName')).toBeUndefined();
    expect(sortOf(groupType, 'displayName')).toEqual({ by: 'displayName', descending: true });
    for (const type of asked)
      for (const sortBy of ['nope', 'members', 'groups', 'name', 'password'])
        expect(refusal(() => sortOf(type, sortBy)).scimType).toBe('invalidValue');
  });

  it('C26 E9 takes names with commas and repeated ones', () => {
    expect(readProjectionQuery(groupType, { attributes: 'id, displayName' }).needsMemberships).toBe(false);
    expect(
      readListQuery(groupType, { excludedattributes: ['id', 'members'] }, limits).projection.needsMemberships,
    ).toBe(false);
    expect(
      refusal(() => readProjectionQuery(groupType, { attributes: Array.from({ length: 101 }, () => 'id') })).status,
    ).toBe(400);
  });

  it('C44 reads the body of a search as the same query', () => {
    const body = {
      schemas,
      filter: 'userName eq "ada"',
      startIndex: 3,
      count: 5,
      attributes: ['userName'],
      sortBy: 'userName',
    };
    const query = readListQuery(
      userType,
      { filter: body.filter, startIndex: '3', count: '5', attributes: 'userName', sortBy: 'userName' },
      limits,
    );
    expect(readSearch(userType, body, limits)).toEqual(query);
    expect(refusal(() => readSearch(userType, { schemas: ['x'] }, limits)).scimType).toBe('invalidSyntax');
    expect(refusal(() => readSearch(userType, { schemas, count: 1.5 }, limits)).scimType).toBe('invalidValue');
    expect(refusal(() => readSearch(userType, { schemas, filter: 7 }, limits)).scimType).toBe('invalidFilter');
    expect(refusal(() => readSearch(userType, [], limits)).scimType).toBe('invalidSyntax');
  });
});
