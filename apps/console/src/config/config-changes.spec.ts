import { describe, expect, it } from '@jest/globals';
import { ConfigDocument } from '@gatehouse/contracts';
import { auditedChanges, documentChanges, secretChanges } from './config-changes.js';

const provider = { name: 'Company', issuer: 'https://idp.example', clientId: 'jira' };
const parse = (document: object) => ConfigDocument.parse({ version: 1, ...document });

describe('what a document would change', () => {
  it('is named by path, and what comes or goes as a whole is named once', () => {
    const before = parse({ providers: { a: provider, b: provider } });
    const after = parse({ providers: { a: { ...provider, name: 'Other', scopes: ['openid'] }, c: provider } });
    expect(documentChanges(before, after).map(({ path, change }) => ({ path, change }))).toEqual([
      { path: 'providers.a.name', change: 'changed' },
      { path: 'providers.a.scopes', change: 'changed' },
      { path: 'providers.b', change: 'removed' },
      { path: 'providers.c', change: 'added' },
      { path: 'mappings.b', change: 'removed' },
      { path: 'mappings.c', change: 'added' },
    ]);
  });

  it('is nothing when only the order of keys differs', () => {
    const reversed = Object.fromEntries(Object.entries(provider).reverse());
    expect(documentChanges(parse({ providers: { a: provider } }), parse({ providers: { a: reversed } }))).toEqual([]);
  });

  it('X62 is told to the audit with both values, as long as they are short, and bounded in all', () => {
    const scopes = Array.from({ length: 40 }, (_, index) => `${'s'.repeat(60)}-${index}`);
    const many = (name: string) =>
      parse({
        providers: Object.fromEntries(
          Array.from({ length: 50 }, (_, index) => [`p${index}`, { ...provider, name: name.repeat(100) }]),
        ),
      });
    const after = parse({ providers: { a: { ...provider, name: 'Other', scopes: ['openid', ...scopes] } } });
    expect(auditedChanges(parse({ providers: { a: provider } }), after)).toEqual([
      { path: 'providers.a.name', change: 'changed', before: 'Company', after: 'Other' },
      { path: 'providers.a.scopes', change: 'changed', leftOut: true },
    ]);
    expect(JSON.stringify(auditedChanges(many('a'), many('b'))).length).toBeGreaterThan(5_000);
    const [none, all] = [parse({}), many('a')];
    const told = auditedChanges(none, all);
    expect(told.map(({ path }) => path)).toEqual(documentChanges(none, all).map(({ path }) => path));
    expect(JSON.stringify(told).length).toBeLessThan(60_000);
  });

  it('tells the audit no password and no query of an address, in the document and in any part of it', () => {
    const hostile = {
      ...provider,
      issuer: 'https://user:s3cr3t@idp.example/pool?key=s3cr3t',
      logoutUrl: 'https://user:s3cr3t@{issuer}/out?key=s3cr3t',
      scopes: ['openid', 'https://api.example/read'],
    };
    const [none, all] = [parse({}), parse({ providers: { a: hostile } })];
    const moved = parse({ providers: { a: { ...hostile, issuer: 'https://idp.example/other?key=s3cr3t2' } } });

    const told = [auditedChanges(none, all), auditedChanges(all, moved), auditedChanges(moved, none)];
    expect(JSON.stringify([told, documentChanges(all, moved), documentChanges(none, all)])).not.toContain('s3cr3t');
    expect(told[0]![0]).toMatchObject({
      after: { issuer: 'https://idp.example/pool', logoutUrl: 'https://{issuer}/out', scopes: hostile.scopes },
    });
    expect(told[1]).toEqual([
      {
        path: 'providers.a.issuer',
        change: 'changed',
        before: 'https://idp.example/pool',
        after: 'https://idp.example/other',
      },
    ]);
  });

  it('is told of a provider that is called as a member of every object is', () => {
    const changes = documentChanges(parse({}), parse({ providers: { constructor: provider } }));
    expect(changes).toEqual([
      { path: 'providers.constructor', change: 'added', words: 'added' },
      { path: 'mappings.constructor', change: 'added', words: 'added' },
    ]);
  });

  it('S08 tells of a secret that it came, changed or went, by fingerprint', () => {
    const before = new Map([
      ['same', '1'],
      ['other', '1'],
      ['kept', '1'],
      ['gone', '1'],
    ]);
    const given = new Map([
      ['same', '1'],
      ['other', '2'],
      ['new', '1'],
    ]);
    const places = ['same', 'other', 'kept', 'new'].map((name) => ({ name }));
    expect(secretChanges(before, given, places)).toEqual([
      { path: 'gone', change: 'removed', words: 'removed' },
      { path: 'other', change: 'changed', words: 'changed' },
      { path: 'new', change: 'added', words: 'added' },
    ]);
  });

  it('U15 says each field in words: the old and the new value, of a list what came and went', () => {
    const before = parse({
      providers: { a: provider },
      mappings: { a: { groups: { defaultGroups: ['x', 'y'], keepExisting: true } } },
      settings: { contact: 'room 1' },
    });
    const after = parse({
      providers: { a: { ...provider, issuer: 'https://idp.example/pool' } },
      mappings: { a: { groups: { defaultGroups: ['y', 'z'], keepExisting: false } } },
      settings: { signedOutUrl: 'https://example.com/' },
    });
    const words = Object.fromEntries(documentChanges(before, after).map((one) => [one.path, one.words]));
    expect(words).toEqual({
      'providers.a.issuer': '"https://idp.example" → "https://idp.example/pool"',
      'mappings.a.groups.keepExisting': 'on → off',
      'mappings.a.groups.defaultGroups': 'added "z"; removed "x"',
      'settings.contact': 'not set any more (was "room 1")',
      'settings.signedOutUrl': 'is now "https://example.com/"',
    });
  });

  it('U15 words are short, whatever the values are', () => {
    const rules = Array.from({ length: 2_000 }, (_, index) => ({ from: 'f'.repeat(200), to: `group-${index}` }));
    const [none, all] = [[], rules].map((given) =>
      parse({ providers: { a: provider }, mappings: { a: { groups: { rules: given } } } }),
    );
    const [change] = documentChanges(none!, all!);
    expect(change!.words).toContain('and 1990 more');
    expect(change!.words.length).toBeLessThan(3_000);
  });
});
