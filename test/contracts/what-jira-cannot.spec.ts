import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { ConfigDocument } from '@gatehouse/contracts';
import { desiredAccess } from '@gatehouse/mapping';
import { parse } from 'yaml';

const page = readFileSync('docs/what-jira-cannot.md', 'utf8');
const example = parse(/```yaml\n([\s\S]*?)```/.exec(page)![1]!) as { mappings: Record<string, object> };
const config = ConfigDocument.parse({
  version: 1,
  providers: { cognito: { name: 'C', issuer: 'https://idp.example', clientId: 'c' } },
  ...example,
});

describe('X16 the language of a person', () => {
  it.each([
    ['de-DE', 'de_DE'],
    ['pt_BR', 'pt_BR'],
  ])('%s is kept as a property by the documented example, and as nothing else', (locale, language) => {
    const claims = { preferred_username: 'ada', email: 'ada@example.com', email_verified: true, locale };
    const access = desiredAccess({ identities: [{ provider: 'cognito', claims }], nameFolded: 'ada', config })!;
    expect(access.properties).toEqual({ language });
    expect(JSON.stringify({ ...access, properties: {} })).not.toContain(language);
  });

  it.each(['locale', 'language', 'timeZone'])(
    '%s is no member of a mapping: it would promise what Jira refuses',
    (name) => {
      const result = ConfigDocument.safeParse({ ...config, mappings: { cognito: { [name]: 'x' } } });
      expect(result.error?.issues.map(({ path }) => path.join('.'))).toContain('mappings.cognito');
    },
  );
});
