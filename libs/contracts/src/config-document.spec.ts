import { describe, expect, it } from '@jest/globals';
import { ConfigDocument, configDocumentSchema } from './config-document.js';

const provider = { name: 'Company', issuer: 'https://idp.example/pool', clientId: 'jira' };

describe('the configuration document', () => {
  it('fills in every default, so that readers never meet a hole', () => {
    const document = ConfigDocument.parse({ version: 1, providers: { company: provider } });

    expect(document.providers['company']).toMatchObject({ enabled: true, authoritativeForUsernames: false });
    expect(document.mappings['company']).toMatchObject({
      allowUserCreation: true,
      groups: { mode: 'manual', keepExisting: true },
    });
    expect(document.settings).toMatchObject({ verificationWindowMinutes: 10, usernameVerifiedHours: 24 });
  });

  it('parses what it printed to the same document', () => {
    const document = ConfigDocument.parse({ version: 1, providers: { company: provider } });

    expect(ConfigDocument.parse(JSON.parse(JSON.stringify(document)))).toEqual(document);
  });

  it.each([
    ['a misspelt key', { providers: { company: { ...provider, isuer: 'x' } } }, ['providers', 'company']],
    [
      'S14 scopes without openid',
      { providers: { company: { ...provider, scopes: ['email'] } } },
      ['providers', 'company', 'scopes'],
    ],
    [
      'an empty scope list',
      { providers: { company: { ...provider, scopes: [] } } },
      ['providers', 'company', 'scopes'],
    ],
    [
      'a user pool of another region',
      {
        providers: {
          company: { ...provider, pullSync: { userPoolId: 'eu-west-1_Abc', region: 'eu-central-1' } },
        },
      },
      ['providers', 'company', 'pullSync', 'region'],
    ],
    [
      'a secret access key without its access key',
      {
        providers: {
          company: {
            ...provider,
            pullSync: { userPoolId: 'eu-west-1_Abc', region: 'eu-west-1', secretAccessKey: 'x' },
          },
        },
      },
      ['providers', 'company', 'pullSync', 'accessKeyId'],
    ],
    [
      'an issuer that is no address',
      { providers: { company: { ...provider, issuer: 'idp' } } },
      ['providers', 'company', 'issuer'],
    ],
    [
      'S24 linking by addresses of any domain',
      {
        providers: { company: provider },
        mappings: { company: { directory: { linking: { by: ['email'] } } } },
      },
      ['mappings', 'company', 'directory', 'linking', 'by'],
    ],
    [
      'a group that is decided twice',
      {
        providers: { company: provider },
        mappings: { company: { groups: { decided: Array(2).fill({ group: 'dev', to: null }) } } },
      },
      ['mappings', 'company', 'groups', 'decided', 1, 'group'],
    ],
    ['a mapping without its provider', { mappings: { other: {} } }, ['mappings', 'other']],
    ['a provider key that cannot be part of an address', { providers: { 'a/b': provider } }, ['providers', 'a/b']],
  ])('refuses %s and names its path', (_, part, path) => {
    const result = ConfigDocument.safeParse({ version: 1, ...part });

    expect(result.success).toBe(false);
    expect(result.error?.issues.map((issue) => issue.path)).toContainEqual(path);
  });

  it('says of every key what it means, for the reference', () => {
    expect(leavesWithoutMeaning(configDocumentSchema(), [])).toEqual([]);
  });
});

interface Schema {
  readonly properties?: Record<string, Schema>;
  readonly additionalProperties?: Schema | false;
  readonly items?: Schema;
  readonly description?: string;
}

function leavesWithoutMeaning(schema: Schema, path: string[]): string[] {
  const { properties, additionalProperties, items } = schema;
  const within = properties ?? (items?.properties || (additionalProperties || undefined)?.properties);
  if (within) return Object.entries(within).flatMap(([name, inner]) => leavesWithoutMeaning(inner, [...path, name]));
  return schema.description === undefined ? [path.join('.')] : [];
}
