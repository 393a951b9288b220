import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { patchOf, RunningScim, schemas, unique } from '../test/running-scim.js';
import type { Reply } from '../test/running-scim.js';

/** Whom a request is about: made anew for each, so that none sees what another one has left. */
interface Scene {
  readonly ada: string;
  readonly linus: string;
  readonly userName: string;
  /** Ada is in it. */
  readonly group: string;
  readonly team: string;
}

interface Asked {
  readonly method?: string;
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
  readonly raw?: string;
}

type Row = readonly [what: string, ask: (scene: Scene) => Asked, status: number, expected: Expected];
/** What of the answer is as it has to be. */
type Expected = (reply: Reply, scene: Scene) => void;

const searchOf = (fields: object) => ({ schemas: [schemas.search], ...fields });
const bulkOf = (operation: object) => ({ schemas: [schemas.bulk], Operations: [operation] });
const filtered = (type: string, filter: string): Asked => ({ path: `/${type}?filter=${encodeURIComponent(filter)}` });
const post = (path: string, body: unknown): Asked => ({ method: 'POST', path, body });
const change = (id: string, ...operations: readonly unknown[]): Asked => ({
  method: 'PATCH',
  path: `/Users/${id}`,
  body: patchOf(...operations),
});
const regroup = (id: string, ...operations: readonly unknown[]): Asked => ({
  method: 'PATCH',
  path: `/Groups/${id}?attributes=members`,
  body: patchOf(...operations),
});

const contentType =
  (type: string): Expected =>
  ({ headers }) =>
    expect(headers.get('content-type')).toBe(`${type}; charset=utf-8`);
const has =
  (part: object): Expected =>
  ({ body }) =>
    expect(body).toMatchObject(part);
const hasNot =
  (name: string): Expected =>
  ({ body }) =>
    expect(body).not.toHaveProperty([name]);
const found =
  (least: number): Expected =>
  ({ body }) =>
    expect(body.totalResults).toBeGreaterThanOrEqual(least);
const foundAda: Expected = ({ body }, { ada }) => expect(body.Resources.map(({ id }) => id)).toEqual([ada]);
const foundGroup: Expected = ({ body }, { group }) => expect(body.Resources.map(({ id }) => id)).toEqual([group]);
const refused =
  (scimType?: string): Expected =>
  ({ body }) =>
    expect([body.schemas, body.scimType]).toEqual([[schemas.error], scimType]);
const members =
  (...who: readonly (keyof Scene)[]): Expected =>
  ({ body }, scene) =>
    expect(body.members.map(({ value }) => value).sort()).toEqual(who.map((one) => scene[one]).sort());

/** Asked by scim2-tester, by Okta's and Entra's suites, by SailPoint, or allowed by RFC 7643, 7644 and 9865; named by no row C01-C88. */
const rows: readonly Row[] = [
  // HTTP
  ['HEAD of one', ({ ada }) => ({ method: 'HEAD', path: `/Users/${ada}` }), 200, ({ headers, text }) => expect([headers.get('etag'), text, Number(headers.get('content-length')) > 200]).toEqual([expect.stringMatching(/^W\/"1\.[0-9a-f]{12}"$/), '', true])], // prettier-ignore
  ['HEAD of discovery', () => ({ method: 'HEAD', path: '/ServiceProviderConfig' }), 200, contentType('application/scim+json')], // prettier-ignore
  ['OPTIONS', () => ({ method: 'OPTIONS', path: '/Users' }), 405, ({ headers }) => expect(headers.get('allow')).toBe('GET, HEAD, POST')], // prettier-ignore
  ['POST to one', ({ ada }) => post(`/Users/${ada}`, {}), 405, refused()],
  ['PATCH of all', () => ({ method: 'PATCH', path: '/Groups', body: patchOf() }), 405, refused()],
  ['GET of a search', () => ({ path: '/Users/.search' }), 405, refused()],
  ['PUT of discovery', () => ({ method: 'PUT', path: '/ServiceProviderConfig', body: {} }), 405, refused()],
  ['a type that nobody knows', () => ({ path: '/ResourceTypes/Device' }), 404, refused()],
  ['an address in small letters', () => ({ path: '/users' }), 404, refused()],
  ['an id that is a number', () => ({ path: '/Users/010101001010101011001010101011' }), 404, refused()],
  ['plain JSON only', ({ ada }) => ({ path: `/Users/${ada}`, headers: { accept: 'application/json' } }), 200, contentType('application/json')], // prettier-ignore
  ['an error in plain JSON', () => ({ path: '/Nothing', headers: { accept: 'application/json' } }), 404, contentType('application/json')], // prettier-ignore
  ['JSON of either kind', ({ ada }) => ({ path: `/Users/${ada}`, headers: { accept: 'application/scim+json, application/json;q=0.9' } }), 200, contentType('application/scim+json')], // prettier-ignore
  ['whatever there is', ({ ada }) => ({ path: `/Users/${ada}`, headers: { accept: 'application/json, */*' } }), 200, contentType('application/scim+json')], // prettier-ignore
  ['a base address with a slash', ({ ada }) => ({ path: `//Users//${ada}` }), 200, ({ body }, { ada }) => expect(body.id).toBe(ada)], // prettier-ignore
  ['a byte order mark', ({ userName }) => ({ method: 'POST', path: '/Users', raw: `\uFEFF{"schemas":["${schemas.user}"],"userName":"${userName}-2"}` }), 201, ({ body }, { userName }) => expect(body.userName).toBe(`${userName}-2`)], // prettier-ignore
  ['DELETE with a body', ({ ada }) => ({ method: 'DELETE', path: `/Users/${ada}`, body: {} }), 204, ({ text }) => expect(text).toBe('')], // prettier-ignore
  // Bodies
  ['an extension whose URN is not among the schemas', ({ userName }) => post('/Users', { schemas: [schemas.user], userName: `${userName}-2`, [schemas.enterprise]: { department: 'd' } }), 201, has({ schemas: [schemas.user, schemas.enterprise] })], // prettier-ignore
  ['no URN but that of an extension', () => post('/Users', { schemas: [schemas.enterprise], userName: 'x' }), 400, refused('invalidValue')], // prettier-ignore
  ['the URN of another type', () => post('/Users', { schemas: [schemas.group], userName: 'x' }), 400, refused('invalidValue')], // prettier-ignore
  ['a userName that is a number', () => post('/Users', { schemas: [schemas.user], userName: 7 }), 400, refused('invalidValue')], // prettier-ignore
  ['a part of what is created', ({ userName }) => post('/Users?attributes=userName', { schemas: [schemas.user], userName: `${userName}-2`, title: 't' }), 201, hasNot('title')], // prettier-ignore
  ['a part of what is replaced', ({ ada, userName }) => ({ method: 'PUT', path: `/Users/${ada}?excludedAttributes=title`, body: { schemas: [schemas.user], userName, title: 't' } }), 200, hasNot('title')], // prettier-ignore
  // PATCH
  ['an envelope in small and capital letters', ({ ada }) => ({ method: 'PATCH', path: `/Users/${ada}`, body: { SCHEMAS: [schemas.patch], operations: [{ OP: 'replace', Path: 'title', VALUE: 'x' }] } }), 200, has({ title: 'x' })], // prettier-ignore
  ['one value for a list', ({ ada }) => change(ada, { op: 'add', path: 'emails', value: { value: 'one@x.example', type: 'home' } }), 200, ({ body }) => expect(body.emails).toHaveLength(2)], // prettier-ignore
  ['parts of a name', ({ ada }) => change(ada, { op: 'replace', path: 'name', value: { givenName: 'A' } }), 200, has({ name: { givenName: 'A', familyName: 'Lovelace' } })], // prettier-ignore
  ['a part of a name away', ({ ada }) => change(ada, { op: 'remove', path: 'name.givenName' }), 200, ({ body }) => expect(body['name']).toEqual({ familyName: 'Lovelace' })], // prettier-ignore
  ['a whole element', ({ ada }) => change(ada, { op: 'replace', path: 'emails[type eq "work"]', value: { value: 'new@x.example', type: 'work' } }), 200, ({ body }) => expect(body.emails).toEqual([{ value: 'new@x.example', type: 'work', primary: true }])], // prettier-ignore
  ['the primary value', ({ ada }) => change(ada, { op: 'replace', path: 'emails[primary eq true].value', value: 'new@x.example' }), 200, ({ body }) => expect(body.emails).toMatchObject([{ value: 'new@x.example' }])], // prettier-ignore
  ['the value of an element away, and so the element', ({ ada }) => change(ada, { op: 'remove', path: 'emails[type eq "work"].value' }), 200, hasNot('emails')], // prettier-ignore
  ['nothing that a removal selects', ({ ada }) => change(ada, { op: 'remove', path: 'emails[type eq "other"]' }), 200, ({ body }) => expect(body.emails).toHaveLength(1)], // prettier-ignore
  ['a sub-attribute of all elements', ({ ada }) => change(ada, { op: 'remove', path: 'emails.type' }), 200, ({ body }) => expect(body.emails).toEqual([{ value: 'ada@x.example', primary: true }])], // prettier-ignore
  ['a list emptied', ({ ada }) => change(ada, { op: 'replace', path: 'emails', value: [] }), 200, hasNot('emails')],
  ['null as a value', ({ ada }) => change(ada, { op: 'replace', path: 'title', value: null }), 200, hasNot('title')],
  ['the schemas among the values', ({ ada }) => change(ada, { op: 'replace', value: { schemas: [schemas.user], title: 'y' } }), 200, has({ title: 'y' })], // prettier-ignore
  ['a value twice', ({ ada }) => change(ada, { op: 'add', path: 'title', value: '1' }, { op: 'replace', path: 'title', value: '2' }), 200, has({ title: '2' })], // prettier-ignore
  ['a selection from what is no list', ({ ada }) => change(ada, { op: 'replace', path: 'name[givenName eq "Ada"].familyName', value: 'x' }), 400, refused('invalidPath')], // prettier-ignore
  ['an index in a path', ({ ada }) => change(ada, { op: 'replace', path: 'emails[0].value', value: 'x' }), 400, refused('invalidPath')], // prettier-ignore
  ['a JSON Pointer', ({ ada }) => change(ada, { op: 'replace', path: '/title', value: 'x' }), 400, refused('invalidPath')], // prettier-ignore
  ['a condition that is no tag', ({ ada }) => ({ ...change(ada, { op: 'replace', path: 'title', value: 'x' }), headers: { 'if-match': 'none' } }), 412, refused()], // prettier-ignore
  ['a manager with an address', ({ ada, linus }) => change(ada, { op: 'replace', path: `${schemas.enterprise}:manager`, value: { value: linus, $ref: `../Users/${linus}`, displayName: 'L' } }), 200, ({ body }, { linus }) => expect(body[schemas.enterprise]).toEqual({ manager: { value: linus } })], // prettier-ignore
  ['the value of a manager', ({ ada, linus }) => change(ada, { op: 'replace', path: `${schemas.enterprise}:manager.value`, value: linus }), 200, ({ body }, { linus }) => expect(body[schemas.enterprise]).toEqual({ manager: { value: linus } })], // prettier-ignore
  // Members
  ['one member that is no list', ({ group, linus }) => regroup(group, { op: 'add', path: 'members', value: { value: linus } }), 200, members('ada', 'linus')], // prettier-ignore
  ['a member by its address', ({ group, linus }) => regroup(group, { op: 'add', path: 'members', value: [{ $ref: `https://x.example/scim/v2/Users/${linus}` }] }), 200, members('ada', 'linus')], // prettier-ignore
  ['a member in the place of another', ({ group, ada, linus }) => regroup(group, { op: 'replace', path: `members[value eq "${ada}"]`, value: { value: linus } }), 200, members('linus')], // prettier-ignore
  ['a member without anything', ({ group }) => regroup(group, { op: 'add', path: 'members', value: [{ display: 'x' }] }), 400, refused('invalidValue')], // prettier-ignore
  ['what a member is', ({ group, ada }) => regroup(group, { op: 'replace', path: `members[value eq "${ada}"].display`, value: 'x' }), 400, refused('mutability')], // prettier-ignore
  ['a group in itself', ({ group }) => regroup(group, { op: 'add', path: 'members', value: [{ value: group }] }), 200, members('ada')], // prettier-ignore
  ['a member twice and with a wrong type', ({ ada, team }) => post('/Groups', { schemas: [schemas.group], displayName: `${team}-2`, members: [{ value: ada, type: 'Group' }, { value: ada }] }), 201, ({ body }) => expect(body.members).toMatchObject([{ type: 'User' }])], // prettier-ignore
  ['no name', ({ group }) => regroup(group, { op: 'replace', path: 'displayName', value: null }), 400, refused('mutability')], // prettier-ignore
  // Filters
  ['who has a schema', ({ ada }) => filtered('Users', `schemas eq "${schemas.user}" and id eq "${ada}"`), 200, foundAda], // prettier-ignore
  ['who has an extension', ({ ada, linus }) => filtered('Users', `schemas eq "${schemas.enterprise}" and (id eq "${ada}" or id eq "${linus}")`), 200, foundAda], // prettier-ignore
  ['who has an extension, whatever the case', ({ ada, linus }) => filtered('Users', `SCHEMAS EQ "${schemas.enterprise.toUpperCase()}" and (id eq "${ada}" or id eq "${linus}")`), 200, foundAda], // prettier-ignore
  ['who has any schema', ({ ada }) => filtered('Users', `schemas pr and id eq "${ada}"`), 200, foundAda],
  ['who has a schema of nobody', () => filtered('Users', 'schemas eq "urn:nobody"'), 200, has({ totalResults: 0 })],
  ['a schema like another', () => filtered('Users', 'schemas co "urn"'), 400, refused('invalidFilter')],
  ['a schema that is a number', () => filtered('Groups', 'schemas eq 7'), 400, refused('invalidFilter')],
  ['several ids', ({ ada, linus }) => filtered('Users', `id eq "${ada}" or id eq "${linus}"`), 200, has({ totalResults: 2 })], // prettier-ignore
  ['a group of a person', ({ group }) => filtered('Users', `groups eq "${group}"`), 200, foundAda],
  ['a member of a group', ({ ada, group }) => filtered('Groups', `members eq "${ada}" and id eq "${group}"`), 200, foundGroup], // prettier-ignore
  ['groups with members', ({ group }) => filtered('Groups', `members pr and id eq "${group}"`), 200, foundGroup],
  ['groups changed since', () => filtered('Groups', 'meta.lastModified gt "2011-05-13T04:42:34.123Z"'), 200, found(1)],
  ['white space everywhere', ({ userName }) => filtered('Users', ` ( userName  eq  "${userName}" ) `), 200, foundAda],
  ['a character by its number', ({ userName }) => filtered('Users', `userName eq "\\u0061${userName.slice(1)}"`), 200, foundAda], // prettier-ignore
  ['plus signs for spaces', ({ userName }) => ({ path: `/Users?filter=userName+eq+%22${userName}%22` }), 200, foundAda],
  ['a day without a time', () => filtered('Users', 'meta.created gt "2011-05-13"'), 400, refused('invalidFilter')],
  ['an operator of another language', () => filtered('Users', 'userName in ("a")'), 400, refused('invalidFilter')],
  ['both kinds by their names', () => ({ path: `/?count=1&filter=${encodeURIComponent('(meta.resourceType eq "User") or (meta.resourceType eq "Group")')}` }), 200, found(3)], // prettier-ignore
  // Lists
  ['sorted by a list', () => ({ path: '/Users?sortBy=emails&count=1' }), 200, found(2)],
  ['sorted by what an extension has', () => ({ path: `/Users?sortBy=${schemas.enterprise}:department&count=1` }), 200, found(2)], // prettier-ignore
  ['names in one text', () => post('/Users/.search', searchOf({ attributes: 'userName', count: 1 })), 200, ({ body }) => expect(Object.keys(body.Resources[0]!)).toEqual(['schemas', 'id', 'userName'])], // prettier-ignore
  ['a cursor in a search', () => post('/Users/.search', searchOf({ cursor: '', count: 1 })), 200, ({ body }) => expect(body.nextCursor).toEqual(expect.any(String))], // prettier-ignore
  ['numbers as texts in a search', () => post('/Users/.search', searchOf({ startIndex: '2', count: '1' })), 200, has({ startIndex: 2, itemsPerPage: 1 })], // prettier-ignore
  ['no names', ({ ada }) => ({ path: `/Users/${ada}?attributes=` }), 200, has({ title: 'Countess' })],
  ['names of nothing', ({ ada }) => ({ path: `/Users/${ada}?attributes=nothing` }), 200, hasNot('userName')],
  ['an address alone', ({ ada }) => ({ path: `/Users/${ada}?attributes=meta.location` }), 200, ({ body }) => expect(Object.keys(body.meta)).toEqual(['location'])], // prettier-ignore
  // Bulk
  ['a bulk path without a slash', ({ userName }) => post('/Bulk', bulkOf({ method: 'POST', path: 'Users', bulkId: 'b', data: { schemas: [schemas.user], userName: `${userName}-2` } })), 200, ({ body }) => expect(body.Operations).toMatchObject([{ status: '201' }])], // prettier-ignore
  ['a bulk method in small letters', ({ ada }) => post('/Bulk', bulkOf({ method: 'delete', path: `/Users/${ada}` })), 200, ({ body }) => expect(body.Operations).toMatchObject([{ status: '204' }])], // prettier-ignore
  ['a bulk path of another server', ({ ada }) => post('/Bulk', bulkOf({ method: 'DELETE', path: `https://x.example/Users/${ada}` })), 200, ({ body }) => expect(body.Operations).toMatchObject([{ status: '404' }])], // prettier-ignore
];

describe('what strict clients send that no row names', () => {
  let scim: RunningScim;
  beforeAll(async () => {
    scim = await RunningScim.start();
  });
  afterAll(() => scim.stop());

  async function scene(): Promise<Scene> {
    const [userName, team] = [unique('ada'), unique('team')];
    const ada = await scim.send('POST', '/Users', {
      schemas: [schemas.user, schemas.enterprise],
      userName,
      title: 'Countess',
      name: { givenName: 'Ada', familyName: 'Lovelace' },
      emails: [{ value: 'ada@x.example', type: 'work', primary: true }],
      [schemas.enterprise]: { manager: { value: 'm-1' } },
    });
    const linus = await scim.send('POST', '/Users', { schemas: [schemas.user], userName: unique('linus') });
    const body = { schemas: [schemas.group], displayName: team, members: [{ value: ada.body.id }] };
    const group = await scim.send('POST', '/Groups', body);
    return { ada: ada.body.id, linus: linus.body.id, userName, group: group.body.id, team };
  }

  it.each(rows)('C89 %s', async (_what, ask, status, expected) => {
    const about = await scene();
    const { method = 'GET', path, body, headers, raw } = ask(about);
    const options = { ...(headers && { headers }), ...(raw !== undefined && { raw }) };
    const reply = await scim.send(method, path, body, options);
    expect([reply.status, reply.text]).toEqual([status, reply.text]);
    expected(reply, about);
  });
});
