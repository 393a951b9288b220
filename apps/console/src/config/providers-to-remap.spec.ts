import { describe, expect, it } from '@jest/globals';
import { ConfigDocument } from '@gatehouse/contracts';
import type { ConfigDocumentInput, ConfigExport } from '@gatehouse/contracts';
import { withoutSecrets } from './config-secrets.js';
import { providersToRemap } from './providers-to-remap.js';

const provider = (change = {}) => ({ name: 'P', issuer: 'https://idp.example', clientId: 'c', ...change });

function config(change: Omit<Partial<ConfigDocumentInput>, 'version'> = {}): ConfigExport {
  const document = { version: 1 as const, providers: { a: provider(), b: provider() }, ...change };
  return withoutSecrets(ConfigDocument.parse(document));
}

const rules = (...to: string[]) => ({ groups: { rules: to.map((group) => ({ from: 'dev', to: group })) } });

describe('which providers have people to be mapped again', () => {
  it.each([
    { what: 'a rule', after: config({ mappings: { a: rules('x') } }) },
    { what: 'the claim of groups', after: config({ mappings: { a: { groups: { claim: 'roles' } } } }) },
    { what: 'default groups', after: config({ mappings: { a: { groups: { defaultGroups: ['x'] } } } }) },
    { what: 'the profile', after: config({ mappings: { a: { profile: { email: { claim: 'mail' } } } } }) },
    { what: 'whether users are created', after: config({ mappings: { a: { allowUserCreation: false } } }) },
    { what: 'enabled', after: config({ providers: { a: provider({ enabled: false }), b: provider() } }) },
    {
      what: 'the trust in usernames',
      after: config({ providers: { a: provider({ authoritativeForUsernames: true }), b: provider() } }),
    },
    {
      what: 'the trust in e-mail addresses',
      after: config({ providers: { a: provider({ trustUnverifiedEmail: true }), b: provider() } }),
    },
    ...[
      { requiredClaims: { hd: ['example.com'] } },
      { allowedEmailDomains: ['example.com'] },
      { emailVerifiedAsText: true },
    ].map((change) => ({
      what: `who may enter, by ${Object.keys(change).join()}`,
      after: config({ providers: { a: provider(change), b: provider() } }),
    })),
    { what: 'its absence', after: config({ providers: { b: provider() } }) },
  ])('$what: only those of that provider', ({ after }) => {
    expect(providersToRemap(config(), after)).toEqual(['a']);
    expect(providersToRemap(after, config())).toEqual(['a']);
  });

  it.each([
    { what: 'nothing', after: config() },
    { what: 'a mapping that says what holds by default', after: config({ mappings: { a: {} } }) },
    { what: 'the name people read', after: config({ providers: { a: provider({ name: 'Q' }), b: provider() } }) },
    { what: 'the client', after: config({ providers: { a: provider({ clientId: 'd' }), b: provider() } }) },
    {
      what: 'what is asked of the provider at the next sign-in',
      after: config({ providers: { a: provider({ scopes: ['openid', 'groups'] }), b: provider() } }),
    },
    { what: 'sessions', after: config({ settings: { session: { idleMinutes: 5 } } }) },
    { what: 'reserved names', after: config({ settings: { reservedUsernames: ['boss'] } }) },
  ])('$what: nobody', ({ after }) => {
    expect(providersToRemap(config(), after)).toEqual([]);
  });

  it('several at once', () => {
    expect(providersToRemap(config(), config({ mappings: { a: rules('x'), b: rules('y') } }))).toEqual(['a', 'b']);
  });
});
