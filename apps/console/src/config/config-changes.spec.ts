import { describe, expect, it } from '@jest/globals';
import { ConfigDocument } from '@gatehouse/contracts';
import { auditedChanges, documentChanges, secretChanges } from './config-changes.js';

const provider = { name: 'Company', issuer: 'https://idp.example', clientId: 'jira' };
const parse = (document: object) => ConfigDocument.parse({ version: 1, ...document });

describe('what a document would change', () => {
  it('is named by path, and what comes or goes as a whole is named once', () => {
    const before = parse({ providers: { a: provider, b: provider } });
    const after = parse({ providers: { a: { ...provider, name: 'Other', scopes: ['openid'] }, c: provider } });
    expect(documentChanges(before, after)).toEqual([
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

  it('is told to the audit with both values, as long as they are short, and bounded in all', () => {
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
    expect(told.map(({ path, change }) => ({ path, change }))).toEqual(documentChanges(none, all));
    expect(JSON.stringify(told).length).toBeLessThan(60_000);
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
      { path: 'gone', change: 'removed' },
      { path: 'other', change: 'changed' },
      { path: 'new', change: 'added' },
    ]);
  });
});
