import { describe, expect, it } from '@jest/globals';
import type { AskedJira, ProviderTestResult, RawAnswer, TestedJira } from '@gatehouse/contracts';
import { plain } from '@gatehouse/testing';
import { testPage } from './test-page.js';

const site = { publicUrl: new URL('https://jira.example/_sso'), basePath: '/_sso' };
const raw: RawAnswer = { idToken: { state: 'none' }, userinfo: { state: 'none' }, accessToken: { kind: 'opaque' } };
const asked: AskedJira = {
  state: 'asked',
  account: { action: 'create', because: 'it may be', code: null, fix: null, username: 'ada', user: null },
  profile: [],
  groups: { add: [], remove: [], keep: [], withhold: [] },
  seats: { state: 'unknown', because: 'nobody said' },
};
const user = { key: 'K', username: 'ada', email: '', displayName: 'Ada', active: false, groups: [] };

function pageOf(change: Partial<ProviderTestResult>): string {
  return testPage({ outcome: 'would-enter', claims: [], advice: [], ...change }, site).body;
}
const shown = (change: Partial<ProviderTestResult>) => plain(pageOf(change)).replace(/\s+/g, ' ');

describe('U06 the page of a test', () => {
  it.each<[RawAnswer['accessToken'], string]>([
    [{ kind: 'opaque' }, 'It is opaque'],
    [{ kind: 'encrypted' }, 'It is encrypted'],
    [{ kind: 'unreadable', reason: 'too large' }, 'It is not shown: too large.'],
    [{ kind: 'jwt', claims: {} }, 'It has no claims.'],
    [{ kind: 'jwt', claims: { roles: { deep: ['dev'] } } }, 'roles { "deep": [ "dev" ] }'],
  ])('shows an access token of %p as what it is, and says that it does not count', (accessToken, text) => {
    expect(shown({ raw: { ...raw, accessToken } })).toContain('Access token: not verified, not used');
    expect(shown({ raw: { ...raw, accessToken } })).toContain(text);
  });

  it.each<[string, RawAnswer['idToken'], string]>([
    ['none', { state: 'none' }, 'speaks OAuth 2.0 only'],
    ['failed', { state: 'failed', reason: 'not shown, because it is too large' }, 'because it is too large'],
    ['read', { state: 'read', claims: { groups: ['a'] } }, 'counts as [ "a", "b" ]'],
  ])('says of a source that is %s what there is to say', (_, idToken, text) => {
    const claims: ProviderTestResult['claims'] = [
      { name: 'groups', value: ['a', 'b'], sources: ['id-token', 'userinfo'], differing: ['b'] },
    ];
    expect(shown({ raw: { ...raw, idToken }, claims })).toContain(text);
  });

  it.each<[string, TestedJira, string]>([
    [
      'not asked',
      { state: 'not-asked', because: 'the sign-in would be refused' },
      'Nothing: the sign-in would be refused.',
    ],
    [
      'away',
      { state: 'unavailable', code: 'jira.unreachable', meaning: 'No answer.', action: 'Look.' },
      'No answer. Look.',
    ],
    ['a refusal', { ...asked, account: { ...asked.account, action: 'refuse', fix: 'Do this.' } }, 'it may be Do this.'],
    [
      'a user',
      { ...asked, account: { ...asked.account, action: 'match', user } },
      'ada would be linked (Ada, no e-mail address, deactivated)',
    ],
    [
      'a group that is missing',
      { ...asked, groups: { ...asked.groups, add: [{ group: 'devs', because: 'a rule', exists: false }] } },
      'Group added devs (does not exist in Jira) a rule',
    ],
    [
      'a licence with more people than seats',
      {
        ...asked,
        seats: {
          state: 'known',
          applications: [
            { application: 'JSM', change: 'takes', remaining: -2, group: 'jsm-users', because: 'opens it' },
          ],
        },
      },
      'JSM: one would be taken (0 left now) jsm-users: opens it',
    ],
    ['seats that nobody knows', asked, 'Licence seats not known nobody said'],
  ])('tells of Jira: %s', (_, jira, text) => {
    expect(shown({ jira })).toContain(text);
  });

  it('O78 shows nothing of a user of Jira who is not the person at the window', () => {
    const stranger = {
      ...user,
      username: 'Boss',
      displayName: 'The Boss',
      email: 'boss@example.com',
      groups: ['board'],
    };
    const account = { ...asked.account, action: 'refuse' as const, username: 'Boss', user: stranger };
    expect(shown({ jira: { ...asked, account } })).toContain('Account would be refused it may be');
    expect(pageOf({ jira: { ...asked, account } })).not.toMatch(/boss|board/i);
  });

  it('O78 escapes what the provider, Jira and the rules call things', () => {
    const evil = '<img src=x onerror=alert(1)>';
    const step = { group: evil, because: evil };
    const page = pageOf({
      raw: {
        ...raw,
        idToken: { state: 'read', claims: { [evil]: evil } },
        accessToken: { kind: 'jwt', claims: { [evil]: [evil] } },
      },
      jira: {
        ...asked,
        account: { ...asked.account, username: evil, user: { ...user, displayName: evil, email: evil } },
        profile: [{ field: 'displayName', from: evil, to: evil, because: evil }],
        groups: { add: [{ ...step, exists: true }], remove: [step], keep: [step], withhold: [step] },
      },
    });
    expect(page).not.toContain('<img');
    expect(page.split('&lt;img').length).toBeGreaterThan(10);
  });

  it('stays a page where somebody is in thousands of groups and sends thousands of claims', () => {
    const keep = Array.from({ length: 5_000 }, (_, at) => ({ group: `group-${at}`, because: 'x' }));
    const claims = Object.fromEntries(keep.map(({ group }) => [group, 'x']));
    const page = pageOf({
      raw: { ...raw, idToken: { state: 'read', claims } },
      jira: { ...asked, groups: { ...asked.groups, keep } },
    });
    expect(page.length).toBeLessThan(100_000);
    expect(plain(page)).toContain('and 4950 more');
    expect(plain(page)).toContain('And 4800 more.');
  });
});
