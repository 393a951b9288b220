import { describe, expect, it } from '@jest/globals';
import { everyDialect } from '../dialects.js';
import { groupType, userType } from '../schema/resource-type.js';
import { coreUser, enterprise, matches, refusal } from '../scim.fixture.js';
import { evaluate } from './evaluate.js';
import { parseFilter } from './parse-filter.js';

const ada = {
  id: '11111111-1111-4111-8111-111111111111',
  userName: 'Ada@Example.com',
  externalId: 'Ext-1',
  active: true,
  displayName: 'Ada Lovelace',
  title: '',
  name: { givenName: 'Zo\u00eb', familyName: 'L' },
  emails: [
    { value: 'ada@example.com', type: 'work', primary: true },
    { value: 'home@example.org', type: 'home' },
  ],
  roles: [{ value: 'admin', primary: true }],
  [enterprise]: { department: 'R&D', manager: { value: 'M1' } },
  meta: {
    resourceType: 'User',
    created: '2026-01-01T00:00:00.000Z',
    lastModified: '2026-02-01T10:00:00.123Z',
    version: 'W/"3"',
  },
};

describe('parseFilter and evaluate', () => {
  it.each([
    ['C29 userName in another case', 'userName eq "ADA@example.COM"'],
    ['C30 externalId as it is', 'externalId eq "Ext-1"'],
    ['C32 a condition behind the bracket', 'emails[type eq "work"].value eq "ada@example.com"'],
    ['C32 two conditions in the bracket', 'emails[type eq "work" and value co "ADA"]'],
    ['C33 not', 'not (userName eq "grace")'],
    ['C33 and before or', 'userName eq "x" and userName eq "y" or active eq true'],
    ['C33 brackets before and', '(active eq true or userName eq "x") and displayName pr'],
    ['C33 present', 'name pr and emails pr and emails.value pr and roles.primary pr'],
    ['C33 contains, begins, ends', 'userName co "@ex" and userName sw "ada" and userName ew ".COM"'],
    ['C33 times, with an offset too', 'meta.lastModified ge "2026-02-01T11:00:00.123+01:00"'],
    ['C33 a time without a zone is in UTC', 'meta.lastModified eq "2026-02-01T10:00:00.123"'],
    ['C33 the least time of .NET east of UTC', 'meta.lastModified gt "0001-01-01T00:00:00+05:00"'],
    ['C33 the last time west of UTC', 'meta.lastModified lt "9999-12-31T23:59:59.9999999-05:00"'],
    ['C33 a year that is none', 'meta.lastModified ge "0000-01-01T00:00:00Z"'],
    ['C33 order', 'displayName gt "ada" and displayName lt "adb" and displayName le "ADA LOVELACE"'],
    ['C34 operators in capitals', 'USERNAME EQ "ada@example.com" AND NOT (active EQ false)'],
    ['C34 a qualified name', `${coreUser.toUpperCase()}:userName eq "ada@example.com"`],
    ['C34 a qualified sub-attribute', `${coreUser}:name.familyName eq "l"`],
    ['C35 the enterprise by its URN', `${enterprise}:department eq "r&d"`],
    ['C35 the manager', `${enterprise}:manager.value eq "M1" and ${enterprise}:manager eq "M1"`],
    ['C36 a boolean', 'active eq true'],
    ['C36 a boolean as a text', 'active eq "True"'],
    ['E7 a boolean as a text in a bracket', 'roles[primary eq "True"].value eq "admin"'],
    ['C16 the same letter composed in another way', 'name.givenName eq "zoe\u0308"'],
    ['an escape of JSON', 'name.givenName eq "Zo\\u00eb"'],
    ['a list by its value', 'emails eq "ada@example.com"'],
    ['null is unassigned', 'nickName eq null and userName ne null'],
    ['what is unassigned differs from everything', 'nickName ne "x" and not (nickName pr)'],
    ['an empty text is not present', 'not (title pr)'],
    ['the tag of a version', 'meta.version eq "W/\\"3\\""'],
    ['the type of a resource', 'meta.resourceType eq "User"'],
    ['any white space', '\tuserName\n eq   "ada@example.com" '],
  ])('%s', (_, filter) => expect(matches(filter, ada)).toBe(true));

  it.each([
    ['C30 externalId in another case', 'externalId eq "ext-1"'],
    ['C32 two conditions that no single element meets', 'emails[type eq "home" and value eq "ada@example.com"]'],
    ['C32 the same, behind the bracket', 'emails[type eq "home"].value eq "ada@example.com"'],
    ['C38 wildcards are letters', 'userName co "%" or userName co "_da"'],
    ['a name of JavaScript', 'displayName eq "constructor"'],
    ['the manager is case-exact', `${enterprise}:manager.value eq "m1"`],
  ])('%s does not match', (_, filter) => expect(matches(filter, ada)).toBe(false));

  it.each([
    'userName eq',
    'userName zz "x"',
    '(userName pr',
    'userName eq "x',
    '',
    '   ',
    'userName',
    'userName pr)',
    'eq "x"',
    'userName eq x',
    'userName eq "\\q"',
    'userName eq "a\nb"',
    'userName eq "x" userName eq "y"',
    'userName eq "x" and',
    'not userName pr',
    'emails[type eq "work"',
    'emails[]',
    'emails[type eq "work"].nope eq "x"',
    'emails[emails[type eq "x"]]',
    'name[givenName eq "x"]',
    'name..givenName pr',
    'name.givenName.x pr',
    'userName eq 01',
    'userName; drop table x',
    'userName eq "x" -- ',
    "userName eq 'x'",
  ])('C37 refuses %j as invalidFilter', (filter) => {
    expect(refusal(() => parseFilter(userType, filter))).toMatchObject({ status: 400, scimType: 'invalidFilter' });
  });

  it.each([
    'nope eq "x"',
    'name.nope eq "x"',
    'department eq "x"',
    'urn:example:User:department eq "x"',
    '__proto__ pr',
    'constructor.prototype pr',
    'password eq "secret"',
    'emails.constructor pr',
    'members eq "x"',
  ])('C40 refuses what is no attribute to filter by: %j', (filter) => {
    expect(refusal(() => parseFilter(userType, filter)).scimType).toBe('invalidFilter');
  });

  it.each([
    'active gt true',
    'active co "t"',
    'active eq 1',
    'active eq "yes"',
    'userName eq true',
    'userName eq 5',
    'userName gt null',
    'name eq "x"',
    'addresses eq "x"',
    'meta.lastModified co "2026"',
    'meta.lastModified gt "yesterday"',
    'meta.lastModified gt "2026-13-45T99:99:99Z"',
    'x509Certificates.value gt "x"',
  ])('refuses a value or an operator of another type: %j', (filter) => {
    expect(refusal(() => parseFilter(userType, filter)).scimType).toBe('invalidFilter');
  });

  it('E2 takes booleans as texts only while the dialect is on', () => {
    const strict = { ...everyDialect, stringBooleans: false };
    expect(refusal(() => matches('active eq "True"', ada, strict)).scimType).toBe('invalidFilter');
  });

  it('C24 refuses NUL and half a pair as invalidValue', () => {
    expect(refusal(() => parseFilter(userType, 'userName eq "a\\u0000"')).scimType).toBe('invalidValue');
    expect(refusal(() => parseFilter(userType, 'userName eq "a\\ud800"')).scimType).toBe('invalidValue');
    expect(matches('userName ne "\\ud83d\\ude00"', ada)).toBe(true);
  });

  it('says where the mistake is, and nothing of what was sent', () => {
    const { detail } = refusal(() => parseFilter(userType, 'userName eq "secret" nor active eq true'));
    expect(detail).toContain('at character 22');
    expect(detail).not.toContain('secret');
  });

  it('C22 bounds length, depth and terms', () => {
    const nested = (depth: number) => `${'('.repeat(depth)}active eq true${')'.repeat(depth)}`;
    const joined = (terms: number) => Array.from({ length: terms }, () => 'active eq true').join(' or ');
    expect(matches(nested(31), ada)).toBe(true);
    expect(refusal(() => parseFilter(userType, nested(32))).scimType).toBe('invalidFilter');
    expect(refusal(() => parseFilter(userType, nested(4000))).scimType).toBe('invalidFilter');
    expect(matches(joined(200), ada)).toBe(true);
    expect(refusal(() => parseFilter(userType, joined(201))).scimType).toBe('invalidFilter');
    expect(refusal(() => parseFilter(userType, `userName eq "${'x'.repeat(8192)}"`)).scimType).toBe('invalidFilter');
  });

  it('C22 answers a bomb at once', () => {
    const bombs = [
      '('.repeat(8192),
      'not('.repeat(2048),
      '"'.repeat(8191),
      `"${'\\'.repeat(8190)}`,
      'a.'.repeat(4096),
      '['.repeat(8192),
    ];
    const from = performance.now();
    for (const bomb of bombs) refusal(() => parseFilter(userType, bomb));
    expect(performance.now() - from).toBeLessThan(1000);
  });

  describe('C44 of a group, with a filter that is about people too', () => {
    const team = { id: 'x', displayName: 'Team', meta: { resourceType: 'Group' } };
    const asked = [userType, groupType];
    const parse = (filter: string) => parseFilter(groupType, filter, everyDialect, asked);

    it.each([
      ['userName eq "ada" or displayName eq "team"', true],
      ['userName eq "ada" and displayName eq "team"', false],
      ['not (userName eq "ada")', true],
      ['userName ne "ada"', true],
      ['active ne true', true],
      ['active eq true', false],
      ['userName pr', false],
      ['title eq null', true],
      ['emails[type eq "work" and not (value eq "x")]', false],
      ['emails[type eq "work"].value eq "x"', false],
      ['name.givenName co "a"', false],
      ['groups pr', false],
      [`${enterprise}:manager.value eq "m"`, false],
      [`${enterprise}:department pr or displayName pr`, true],
      [`${coreUser}:schemas eq "${coreUser}"`, false],
    ])('what it lacks has no value: %s is %s', (filter, expected) => {
      expect(evaluate(parse(filter), team)).toBe(expected);
    });

    it.each(['nope eq "x"', 'userName zz "x"', 'active gt 1', 'userName eq 5', 'password eq "x"', 'emails[nope pr]'])(
      'what neither knows, and what is wrong of either, is refused: %s',
      (filter) => expect(refusal(() => parse(filter)).scimType).toBe('invalidFilter'),
    );

    it('depth and terms are bounded as ever', () => {
      expect(refusal(() => parse(`${'('.repeat(32)}userName pr${')'.repeat(32)}`)).scimType).toBe('invalidFilter');
      const terms = Array.from({ length: 201 }, () => 'userName pr').join(' or ');
      expect(refusal(() => parse(terms)).scimType).toBe('invalidFilter');
    });
  });

  it('filters groups by their members', () => {
    expect(parseFilter(groupType, 'members.value eq "x"')).toMatchObject({ kind: 'element' });
    expect(refusal(() => parseFilter(groupType, 'members.display eq "x"')).scimType).toBe('invalidFilter');
  });
});
