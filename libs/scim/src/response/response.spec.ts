import { describe, expect, it } from '@jest/globals';
import { columnsOf } from '../resource/row.js';
import { matchesTag } from '../request/etag.js';
import { groupType, userType } from '../schema/resource-type.js';
import { coreGroup, coreUser, enterprise } from '../scim.fixture.js';
import { listResponse, present } from './present.js';
import { Projection } from './projection.js';
import type { ProjectionQuery } from './projection.js';

const baseUrl = 'https://gatehouse.example.com/_sso/scim/v2';
const id = '11111111-1111-4111-8111-111111111111';
const other = '22222222-2222-4222-8222-222222222222';
const times = {
  version: '3',
  created_at: new Date('2026-01-01T00:00:00Z'),
  changed_at: new Date('2026-02-01T00:00:00Z'),
};
const ada = {
  id,
  user_name: 'Ada',
  external_id: null,
  active: false,
  resource: {
    name: { givenName: 'Ada', familyName: 'L' },
    emails: [{ value: 'a', type: 'work' }],
    [enterprise]: { department: 'R', manager: { value: 'm1' } },
  },
  ...times,
};
const team = { id, display_name: 'Team', external_id: 'e', resource: {}, ...times };

function show(query: ProjectionQuery) {
  const projection = new Projection(userType, query);
  return present(userType, ada, { projection, baseUrl, memberships: [{ id: other, kind: 'group', display: 'Team' }] });
}

const tagWithGroups = expect.stringMatching(/^W\/"3\.[0-9a-f]{12}"$/) as unknown;

describe('what is answered', () => {
  it('C05 C68 a whole person, with address, version, times and groups', () => {
    expect(show({})).toEqual({
      schemas: [coreUser, enterprise],
      id,
      userName: 'Ada',
      active: false,
      ...ada.resource,
      groups: [{ value: other, $ref: `${baseUrl}/Groups/${other}`, type: 'direct', display: 'Team' }],
      meta: {
        resourceType: 'User',
        created: '2026-01-01T00:00:00.000Z',
        lastModified: '2026-02-01T00:00:00.000Z',
        version: tagWithGroups,
        location: `${baseUrl}/Users/${id}`,
      },
    });
  });

  it.each([
    [['userName'], { userName: 'Ada' }],
    [['USERNAME', 'nope', '__proto__'], { userName: 'Ada' }],
    [['nope'], {}],
    [['password'], {}],
    [['name.givenName'], { name: { givenName: 'Ada' } }],
    [['name', 'name.givenName'], { name: ada.resource.name }],
    [['emails.value'], { emails: [{ value: 'a' }] }],
    [['emails.display'], {}],
    [['emails.display', 'emails.type'], { emails: [{ type: 'work' }] }],
    [[`${coreUser}:userName`], { userName: 'Ada' }],
    [[`${enterprise}:department`], { [enterprise]: { department: 'R' } }],
    [[`${enterprise}:manager.value`], { [enterprise]: { manager: { value: 'm1' } } }],
    [[enterprise], { [enterprise]: ada.resource[enterprise] }],
    [['meta.version'], { meta: { version: tagWithGroups } }],
  ])('C26 attributes=%j shows them, and what is always shown', (attributes, expected) => {
    expect(show({ attributes })).toEqual({ schemas: [coreUser, enterprise], id, ...expected });
  });

  it('C27 leaves out what is excluded, but never id and schemas', () => {
    const shown = show({
      excludedAttributes: ['id', 'schemas', 'meta', 'groups', 'name.familyName', `${enterprise}:manager`],
    });
    expect(shown).toEqual({
      schemas: [coreUser, enterprise],
      id,
      userName: 'Ada',
      active: false,
      name: { givenName: 'Ada' },
      emails: ada.resource.emails,
      [enterprise]: { department: 'R' },
    });
    expect(show({ excludedAttributes: [enterprise] })).not.toHaveProperty([enterprise]);
    expect(show({ attributes: ['name', 'active'], excludedAttributes: ['name'] })).toEqual({
      schemas: [coreUser, enterprise],
      id,
      active: false,
    });
  });

  it.each([
    [{ excludedAttributes: ['members'] }, false],
    [{ excludedAttributes: [`${coreGroup}:MEMBERS`] }, false],
    [{ attributes: ['displayName', 'id'] }, false],
    [{ attributes: ['members.value'] }, true],
    [{ excludedAttributes: ['members.display'] }, true],
    [{}, true],
  ])('E9 C27 with %j members have to be read: %s', (query, needed) => {
    expect(new Projection(groupType, query).needsMemberships).toBe(needed);
  });

  it('shows members by kind', () => {
    const memberships = [{ id: other, kind: 'user', display: 'Ada' } as const, { id, kind: 'group' } as const];
    const shown = present(groupType, team, { projection: new Projection(groupType, {}), baseUrl, memberships });
    expect(shown).toMatchObject({
      externalId: 'e',
      members: [
        { value: other, type: 'User', display: 'Ada', $ref: `${baseUrl}/Users/${other}` },
        { value: id, type: 'Group', $ref: `${baseUrl}/Groups/${id}` },
      ],
    });
  });

  it('C31 C41 a list: numbers are numbers, and an empty one is a list', () => {
    expect(listResponse({ total: 0, resources: [], startIndex: 1 })).toEqual({
      schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
      totalResults: 0,
      itemsPerPage: 0,
      startIndex: 1,
      Resources: [],
    });
    expect(listResponse({ total: 5, resources: [{}], nextCursor: 'x' })).toMatchObject({
      itemsPerPage: 1,
      nextCursor: 'x',
    });
  });

  it('C71 compares tags weakly', () => {
    expect(matchesTag('W/"3"', 'W/"3"')).toBe(true);
    expect(matchesTag('"2", "3"', 'W/"3"')).toBe(true);
    expect(matchesTag('*', 'W/"3"')).toBe(true);
    expect(matchesTag('W/"33"', 'W/"3"')).toBe(false);
    expect(matchesTag('', 'W/"3"')).toBe(false);
  });

  it('puts a resource into its columns: names folded, the rest as JSON', () => {
    const resource = {
      userName: 'ADA',
      active: true,
      title: 'Dr',
      [enterprise]: { department: 'R' },
      id: 'x',
      meta: {},
    };
    expect(columnsOf(userType, resource)).toEqual({
      user_name: 'ADA',
      user_name_folded: 'ada',
      external_id: null,
      active: true,
      resource: { title: 'Dr', [enterprise]: { department: 'R' } },
    });
  });
});
