import { describe, expect, it } from '@jest/globals';
import { ConfigDocument } from '@gatehouse/contracts';
import type { ConfigDocumentInput } from '@gatehouse/contracts';
import { withoutSecrets } from './config-secrets.js';
import { configWarnings } from './config-warnings.js';

type GroupsInput = NonNullable<NonNullable<ConfigDocumentInput['mappings']>[string]['groups']>;

function pathsOf(groups: GroupsInput): string[] {
  const document = ConfigDocument.parse({
    version: 1,
    providers: { p: { name: 'P', issuer: 'https://idp.example', clientId: 'c' } },
    mappings: { p: { groups } },
  });
  return configWarnings(withoutSecrets(document)).map(({ path }) => path);
}

const sweeping = { keepExisting: false };

describe('what a document perhaps does not mean', () => {
  it.each<[string, GroupsInput, string[]]>([
    ['nothing by default', {}, []],
    ['D2 Keep Existing off and nothing excluded', { mode: 'onTheFly', onTheFly: sweeping }, ['onTheFly.exclude']],
    ['D2 something excluded', { mode: 'onTheFly', onTheFly: { ...sweeping, exclude: ['local-*'] } }, []],
    ['X54 only some groups', { mode: 'onTheFly', onTheFly: { ...sweeping, only: ['sso-*'] } }, []],
    ['the other mode', { mode: 'manual', onTheFly: sweeping }, []],
    ['users who are there are left alone', { mode: 'onTheFly', update: 'newUsersOnly', onTheFly: sweeping }, []],
    ['O65 administrators by default', { defaultGroups: ['x', 'Jira-Administrators'] }, ['defaultGroups.1']],
    ['O65 administrators by a pattern', { rules: [{ pattern: 'a*', to: 'jira-administrators' }] }, ['rules.0.to']],
    ['O65 administrators by an exact rule', { rules: [{ from: 'a', to: 'jira-administrators' }] }, []],
  ])('%s', (_, groups, expected) => {
    expect(pathsOf(groups)).toEqual(expected.map((path) => `mappings.p.groups.${path}`));
  });
});
