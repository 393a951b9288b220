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
