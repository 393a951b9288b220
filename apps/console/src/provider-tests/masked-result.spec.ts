import { describe, expect, it } from '@jest/globals';
import { ConfigDocument, ProviderTestResult } from '@gatehouse/contracts';
import type { AskedJira } from '@gatehouse/contracts';
import { explainMapping } from '@gatehouse/mapping';
import { maskedResult } from './masked-result.js';

const person = ['ada', 'ada@example.com', 'Ada Lovelace', 'secret-project', '1815', 'JIRAUSER1', 'idp-subject'];

const result: ProviderTestResult = {
  outcome: 'would-enter',
  subject: 'idp-subject',
  clientAuthentication: 'client_secret_post',
  failure: { code: 'x', meaning: 'm', action: 'a', reason: 'r', wrote: 'ada@example.com is not assigned' },
  raw: {
    idToken: { state: 'read', claims: { email: 'ada@example.com', born: 1815, email_verified: true, groups: [] } },
    userinfo: { state: 'failed', reason: 'it was answered with status 500' },
    accessToken: { kind: 'jwt', claims: { realm_access: { roles: ['secret-project'] } } },
  },
  claims: [{ name: 'name', value: 'Ada Lovelace', sources: ['id-token', 'userinfo'], differing: 'ada' }],
  mapping: {
    ...{ username: 'ada', email: 'ada@example.com', emailVerified: true, displayName: null },
    groups: {
      ...{ state: 'list', claimed: ['secret-project'], wanted: ['jira-users'], wantedIfNew: [], held: null },
      reasons: [{ group: 'jira-users', because: 'a default group, for everybody' }],
      explained: {
        ...{ state: 'list', mode: 'manual', update: 'everyLogin' },
        claimed: [{ claimed: '/secret-project', name: 'secret-project', outcome: 'not-mapped', gives: [] }],
        rules: [{ rule: 0, pattern: '*', to: 'jira-users', claimed: ['secret-project'], withheld: false }],
        hints: [{ mapped: 'dev', claimed: 'secret-project' }],
        defaults: { groups: ['jira-users'], for: 'all', fallback: false, applies: true },
      },
    },
    properties: [{ key: 'full-name', value: 'Ada Lovelace' }],
    ...{ decision: { kind: 'enter' }, account: 'new' },
  },
  jira: {
    state: 'asked',
    account: {
      ...{
        action: 'match',
        because: 'Jira has a user of this name with the same e-mail address',
        code: null,
        fix: null,
      },
      username: 'ada',
      user: {
        ...{ key: 'JIRAUSER1', username: 'ada', email: 'ada@example.com', displayName: 'Ada Lovelace', active: true },
        groups: ['secret-project'],
      },
    },
    profile: [{ field: 'displayName', from: 'Ada Lovelace', to: 'ada', because: 'what the provider p says differs' }],
    groups: {
      add: [{ group: 'jira-users', because: 'a default group, for everybody', exists: true }],
      remove: [{ group: 'secret-project', because: 'not among the groups claimed' }],
      keep: [{ group: 'secret-project', because: 'no rule names it' }],
      withhold: [{ group: 'jira-users', because: 'the rule for names like "*", by "secret-project"' }],
    },
    seats: {
      state: 'known',
      applications: [
        { application: 'JSM', change: 'keeps', remaining: 1, group: 'secret-project', because: 'this group opens it' },
        { application: 'Jira', change: 'takes', remaining: 1, group: 'Jira-Users', because: 'this group opens it' },
      ],
    },
  },
  advice: [
    { about: 'groups', severity: 'warning', text: 'A rule reads "dev", the provider says "secret-project".', fix: 'f' },
  ],
};

describe('U06 a masked result', () => {
  const shown = maskedResult(result);

  it.each(person)('says nothing of the person: %s', (value) => {
    expect(JSON.stringify(result)).toContain(value);
    expect(JSON.stringify(shown)).not.toContain(value);
  });

  it('still shows which claims there are, how the rules decide, and what would happen', () => {
    expect(shown).toMatchObject({
      raw: {
        idToken: { claims: { email: 'masked (15)', born: 'masked number', email_verified: true, groups: [] } },
        userinfo: { reason: 'it was answered with status 500' },
        accessToken: { claims: { realm_access: { roles: ['masked (14)'] } } },
      },
      mapping: { displayName: null, groups: { wanted: ['jira-users'] } },
      jira: { account: { action: 'match' }, groups: { add: [{ group: 'jira-users', exists: true }] } },
    });
  });

  it('U06 masks a group that opens an application unless the configuration names it', () => {
    const { seats } = shown.jira as AskedJira;
    expect(seats).toMatchObject({
      applications: [
        { application: 'JSM', change: 'keeps', group: 'masked (14)' },
        { application: 'Jira', change: 'takes', group: 'Jira-Users' },
      ],
    });
  });

  it('still names the rule for each step, and not by what', () => {
    expect((shown.jira as AskedJira).groups.withhold).toEqual([
      { group: 'jira-users', because: 'the rule for names like "*", by "..."' },
    ]);
  });

  it.each(['the "secret" one', 'ends with a backslash \\', '"', '\\"', 'a","b'])(
    'U06 masks all of a claimed group, whatever is in its name: %j',
    (claimed) => {
      const config = ConfigDocument.parse({
        version: 1,
        providers: { p: { name: 'P', issuer: 'https://p.example', clientId: 'c' } },
        mappings: { p: { groups: { rules: [{ pattern: '*', to: 'jira-users' }] } } },
      });
      const [provider, mapping] = [config.providers['p']!, config.mappings['p']!];
      const claims = { preferred_username: 'ada', email: 'ada@example.com', email_verified: true, groups: [claimed] };
      const mapped = explainMapping({ key: 'p', provider, mapping, config, claims });
      const text = `The group ${JSON.stringify(claimed)} does not exist in Jira (the rule for ${JSON.stringify(claimed)}).`;
      const tested: ProviderTestResult = {
        outcome: 'would-enter',
        claims: [],
        mapping: { ...mapped, account: 'new' },
        advice: [{ about: 'jira', severity: 'problem', text, fix: 'f' }],
      };
      const { advice, mapping: maskedMapping } = maskedResult(tested);

      expect(advice[0]!.text).toBe('The group "..." does not exist in Jira (the rule for "...").');
      expect(maskedMapping!.groups.reasons).toEqual([
        { group: 'jira-users', because: 'the rule for names like "*", by "..."' },
      ]);
    },
  );

  it('is a result like any other, and one without a person too', () => {
    expect(ProviderTestResult.parse(shown)).toEqual(shown);
    const failed: ProviderTestResult = { outcome: 'failed', claims: [], advice: [] };
    expect(maskedResult(failed)).toEqual(failed);
  });
});
