import { describe, expect, it } from '@jest/globals';
import { Mapping, Provider } from '@gatehouse/contracts';
import { decideEntry } from './decide-entry.js';
import { profileOf } from './profile.js';

const provider = Provider.parse({ name: 'P', issuer: 'https://idp.example', clientId: 'c' });
const mapping = Mapping.parse({});
const ada = { preferred_username: 'ada', email: 'ada@example.com', email_verified: true };

function entry(claims: Record<string, unknown>, change: Partial<typeof provider> = {}) {
  const decision = decideEntry({ claims, provider: { ...provider, ...change }, mapping });
  return decision.kind === 'enter' ? 'enter' : decision.code;
}

describe('decideEntry', () => {
  it('lets a complete and verified person in', () => {
    expect(entry(ada)).toBe('enter');
  });

  it.each([
    ['missing', undefined, 'entry.username_missing'],
    ['null', null, 'entry.username_missing'],
    ['empty', '', 'entry.username_missing'],
    ['an array', ['ada'], 'entry.username_invalid'],
    ['a number', 12, 'entry.username_invalid'],
    ['5000 characters', 'a'.repeat(5000), 'entry.username_invalid'],
    ['256 characters', 'a'.repeat(256), 'entry.username_invalid'],
    ['leading space', ' ada', 'entry.username_invalid'],
    ['trailing no-break space', 'ada\u00a0', 'entry.username_invalid'],
    ['NUL', 'a\u0000da', 'entry.username_invalid'],
    ['a line break', 'a\nda', 'entry.username_invalid'],
    ['a bidi override', 'a\u202eda', 'entry.username_invalid'],
    ['a zero-width space', 'a\u200bda', 'entry.username_invalid'],
    ['a lone surrogate', 'a\ud800da', 'entry.username_invalid'],
    ['HTML', '<b>ada', 'entry.username_invalid'],
    ['an ampersand', 'a&da', 'entry.username_invalid'],
    ['a path', '../admin', 'entry.username_invalid'],
    ['a dot segment', '..', 'entry.username_invalid'],
    ['a backslash', 'CORP\\ada', 'entry.username_invalid'],
  ])('O61 refuses a username that is %s', (_, username, code) => {
    expect(entry({ ...ada, preferred_username: username })).toBe(code);
  });

  it.each(['ada lovelace', 'ada@example.com', 'ada+x', 'Łucja', '张伟', "o'neill", 'a%2e', 'a'.repeat(255)])(
    'accepts %s as a username',
    (username) => expect(entry({ ...ada, preferred_username: username })).toBe('enter'),
  );

  it('O61 normalises a username to NFC', () => {
    expect(profileOf({ ...ada, preferred_username: 'zoe\u0308' }, mapping).username).toBe('zo\u00eb');
  });

  it.each([
    ['missing', undefined, 'entry.email_missing'],
    ['empty', '', 'entry.email_missing'],
    ['an array', ['ada@example.com'], 'entry.email_invalid'],
    ['without @', 'ada', 'entry.email_invalid'],
    ['two addresses', 'x@evil.test@example.com', 'entry.email_invalid'],
    ['a list', 'a@example.com,b@example.com', 'entry.email_invalid'],
    ['a quoted local part', '"a b"@example.com', 'entry.email_invalid'],
    ['surrounded by space', ' ada@example.com', 'entry.email_invalid'],
    ['a header injection', 'ada@example.com\r\nBcc: x@y', 'entry.email_invalid'],
    ['with a trailing dot', 'ada@example.com.', 'entry.email_invalid'],
    ['with a bidi override', 'ada\u202e@example.com', 'entry.email_invalid'],
    ['300 characters', `ada@${'x'.repeat(300)}.com`, 'entry.email_invalid'],
  ])('refuses an e-mail address that is %s', (_, email, code) => {
    expect(entry({ ...ada, email })).toBe(code);
  });

  it.each([[false], ['false'], ['true'], [0], [1], ['no'], [null], [undefined], [{}], [[true]]])(
    'O55 O56 does not take email_verified %p for verified',
    (verified) => {
      expect(entry({ ...ada, email_verified: verified })).toBe('entry.email_not_verified');
      expect(entry({ ...ada, email_verified: verified }, { trustUnverifiedEmail: true })).toBe('enter');
    },
  );

  it('O56 takes the text "true" for true where the provider is known to send it so, and no other text', () => {
    const asText = { emailVerifiedAsText: true };
    expect(entry({ ...ada, email_verified: 'true' }, asText)).toBe('enter');
    expect(entry(ada, asText)).toBe('enter');
    for (const verified of ['false', 'TRUE', 'yes', '1', 1, 0, 'no', '', null, undefined, ['true']])
      expect(entry({ ...ada, email_verified: verified }, asText)).toBe('entry.email_not_verified');
  });

  it('O55 does not let email_verified speak for an address of another claim', () => {
    const other = Mapping.parse({ profile: { email: { claim: 'custom:mail' } } });
    const claims = { ...ada, 'custom:mail': 'ceo@example.com' };
    expect(decideEntry({ claims, provider, mapping: other })).toEqual({
      kind: 'refuse',
      code: 'entry.email_not_verified',
    });
    expect(decideEntry({ claims: { ...claims, 'custom:mail': ada.email }, provider, mapping: other }).kind).toBe(
      'enter',
    );
  });

  it('O22 reads nothing from prototypes', () => {
    const byPrototype = Mapping.parse({ profile: { username: { claim: 'constructor' } } });
    expect(decideEntry({ claims: ada, provider, mapping: byPrototype })).toMatchObject({
      code: 'entry.username_missing',
    });
    expect(entry(JSON.parse('{"__proto__": {"preferred_username": "ada"}}') as Record<string, unknown>)).toBe(
      'entry.username_missing',
    );
  });
});

describe('S49 O57 O58 allowed e-mail domains', () => {
  const domains = ['allowed.example', '*.parent.example', 'xn--bcher-kva.example'];
  const from = (email: unknown, allowedEmailDomains = domains) => entry({ ...ada, email }, { allowedEmailDomains });

  it.each([
    'ada@allowed.example',
    'ADA@ALLOWED.Example',
    'ada+jira@allowed.example',
    'ada@a.parent.example',
    'ada@a.b.parent.example',
    'ada@bücher.example',
    'ada@xn--bcher-kva.example',
  ])('let %s in', (email) => expect(from(email)).toBe('enter'));

  it.each([
    ['a longer domain', 'x@allowed.example.evil.test'],
    ['a domain that ends alike', 'x@notallowed.example'],
    ['a sub-domain that nobody wrote', 'a@sub.allowed.example'],
    ['the domain above a wildcard', 'a@parent.example'],
    ['a domain that only ends like the one above a wildcard', 'a@otherparent.example'],
    ['a Cyrillic letter', 'ada@\u0430llowed.example'],
    ['fullwidth letters', 'ada@\uff41llowed.example'],
    ['the Kelvin sign', 'ada@boo\u212as.example'],
    ['a percent-encoded letter', 'ada@%61llowed.example'],
    ['an ideographic full stop', 'ada@allowed\u3002example'],
    ['a soft hyphen', 'ada@al\u00adlowed.example'],
    ['broken Punycode', 'ada@xn--a.example'],
    ['another IDN', 'ada@xn--bcher-kvb.example'],
  ])('keep out %s', (_, email) => {
    const code = email.includes('\u00ad') ? 'entry.email_invalid' : 'entry.domain_not_allowed';
    expect(from(email, [...domains, 'books.example'])).toBe(code);
  });

  it.each([
    ['two addresses', 'x@evil.test@allowed.example'],
    ['a quoted local part', '"x@allowed.example"@evil.test'],
    ['a leading space', ' x@allowed.example'],
    ['a trailing space', 'x@allowed.example '],
    ['NUL', 'x@allowed.example\u0000'],
    ['a line break', 'x@allowed.example\r\n'],
    ['a trailing dot', 'x@allowed.example.'],
    ['a list', ['x@allowed.example']],
  ])('O57 keep out what is no single plain address: %s', (_, email) => {
    expect(from(email)).toBe('entry.email_invalid');
  });

  it('are for everybody when none is written', () => expect(from('ada@anywhere.example', [])).toBe('enter'));

  it('O55 count for an address that may speak for the person only', () => {
    const claims = { ...ada, email: 'ada@allowed.example', email_verified: false };
    expect(entry(claims, { allowedEmailDomains: domains })).toBe('entry.email_not_verified');
    expect(entry(claims, { allowedEmailDomains: domains, trustUnverifiedEmail: true })).toBe('enter');
  });

  it("O58 a plus-address is another person: its name and address are not made equal to anybody's", () => {
    const plus = profileOf({ ...ada, preferred_username: 'ada+x@a.example', email: 'ada+x@a.example' }, mapping);
    expect(plus).toMatchObject({ username: 'ada+x@a.example', email: 'ada+x@a.example' });
  });
});

describe('required claims', () => {
  const required = (claims: Record<string, unknown>, requiredClaims: typeof provider.requiredClaims) =>
    entry({ ...ada, ...claims }, { requiredClaims });
  const hd = { hd: ['example.com', 'example.org'] };

  it.each<[string, Record<string, unknown>, typeof hd | Record<string, string[]>]>([
    ['any of the values', { hd: 'example.org' }, hd],
    ['one entry of a list', { groups: ['x', 'staff'] }, { groups: ['staff'] }],
    ['a name that is a URL', { 'https://slack.com/team_id': 'T1' }, { 'https://slack.com/team_id': ['T1'] }],
    ['a path', { realm_access: { roles: ['jira'] } }, { 'realm_access.roles': ['jira'] }],
    ['a number by its digits', { org: 4711 }, { org: ['4711'] }],
    ['true', { employee: true }, { employee: ['true'] }],
    ['all of several claims', { hd: 'example.com', org: 1 }, { ...hd, org: ['1'] }],
  ])('O60 are met by %s', (_, claims, requirement) => expect(required(claims, requirement)).toBe('enter'));

  it.each<[string, Record<string, unknown>, Record<string, string[]>]>([
    ['nothing: gmail accounts have no hd', {}, hd],
    ['another value', { hd: 'evil.test' }, hd],
    ['another case', { hd: 'Example.com' }, hd],
    ['a longer value', { hd: 'example.com.evil.test' }, hd],
    ['an empty list', { hd: [] }, hd],
    ['null', { hd: null }, { hd: ['null'] }],
    ['an object', { hd: {} }, { hd: ['[object Object]'] }],
    ['a list in a list', { hd: [['example.com']] }, hd],
    ['one of two claims', { hd: 'example.com' }, { ...hd, org: ['1'] }],
    ['a member of the language', {}, { constructor: ['Object'] }],
  ])('O60 are not met by %s', (_, claims, requirement) =>
    expect(required(claims, requirement)).toBe('entry.claim_required'),
  );
});

describe('display name', () => {
  const named = (claims: Record<string, unknown>) => profileOf({ ...ada, ...claims }, mapping).displayName;

  it('S21 joins given and family name, or takes the one claim that is mapped', () => {
    expect(named({ given_name: ' Ada ', family_name: 'Lovelace' })).toBe('Ada Lovelace');
    expect(named({ given_name: 'Ada' })).toBe('Ada');
    const one = Mapping.parse({ profile: { displayName: { claim: 'name' } } });
    expect(profileOf({ name: 'Ada L.' }, one).displayName).toBe('Ada L.');
  });

  it('S21 has nothing to say when nothing readable was sent', () => {
    expect(
      [{}, { given_name: '' }, { given_name: ' \u202e' }, { given_name: 7 }, { given_name: 'x'.repeat(256) }].map(
        named,
      ),
    ).toEqual(Array(5).fill(undefined));
  });

  it('leaves out what would mislead a reader', () => {
    expect(named({ given_name: 'Ada\u202e\u0000', family_name: 'Love\nlace' })).toBe('Ada Love lace');
  });
});
