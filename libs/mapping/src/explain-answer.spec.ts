import { describe, expect, it } from '@jest/globals';
import { ConfigDocument, Mapping, Provider } from '@gatehouse/contracts';
import type { Advice } from '@gatehouse/contracts';
import { adviseOnAnswer } from './advise-on-answer.js';
import { explainClaims, explainMapping } from './explain-answer.js';

type MappingInput = Parameters<typeof Mapping.parse>[0];

const ada = {
  sub: '1',
  preferred_username: 'ada',
  email: 'ada@example.com',
  email_verified: true,
  given_name: 'Ada',
  groups: ['dev', '/parent/ops'],
};

const everybody = { groups: { defaultGroups: ['jira-users'] } };

function explained(
  claims: Record<string, unknown>,
  mapping: MappingInput = everybody,
  more: Record<string, unknown> = {},
) {
  const parts = {
    key: 'p',
    provider: Provider.parse({ name: 'P', issuer: 'https://idp.example', clientId: 'c', enabled: false, ...more }),
    mapping: Mapping.parse(mapping),
    config: ConfigDocument.parse({ version: 1 }),
    claims,
  };
  const mapped = explainMapping(parts);
  const tested = explainClaims(claims, claims, {});
  const advise = (change: Partial<Parameters<typeof adviseOnAnswer>[0]> = {}) =>
    adviseOnAnswer({ ...parts, tested, mapped, userinfoFailure: undefined, clockSkewSeconds: undefined, ...change });
  return { mapped, advise };
}

const about = (advice: readonly Advice[]) => advice.map(({ about: subject, severity }) => `${severity} ${subject}`);

describe('what an answer would lead to', () => {
  it('U06 names for every group the rule that gives it, also while the provider is off', () => {
    const { mapped } = explained(ada, {
      groups: { rules: [{ from: 'dev', to: 'jira-developers' }], defaultGroups: ['all'], keepExisting: false },
    });
    expect(mapped).toMatchObject({ decision: { kind: 'enter' }, username: 'ada', displayName: 'Ada' });
    expect(mapped.groups).toMatchObject({ state: 'list', wanted: ['jira-developers', 'all'].sort(), held: null });
    expect(mapped.groups.reasons).toEqual([
      { group: 'all', because: 'a default group, for everybody' },
      { group: 'jira-developers', because: 'the rule for "dev"' },
    ]);
  });

  it('U06 says why somebody would be refused, and what to do', () => {
    expect(explained({ ...ada, email_verified: 'true' }).mapped.decision).toMatchObject({
      kind: 'refuse',
      code: 'entry.email_not_verified',
      action: expect.stringContaining('verifies'),
    });
  });

  it('P12 keeps apart what each source says', () => {
    const claims = { email: 'a', groups: ['x', 'y'], nickname: 'n' };
    expect(explainClaims(claims, { email: 'a', groups: ['x'] }, { email: 'A', groups: ['y'], nickname: 'n' })).toEqual([
      { name: 'email', value: 'a', sources: ['id-token', 'userinfo'], differing: 'A' },
      { name: 'groups', value: ['x', 'y'], sources: ['id-token', 'userinfo'], differing: ['y'] },
      { name: 'nickname', value: 'n', sources: ['userinfo'] },
    ]);
  });

  it('O22 reads nothing of the language from a claim called constructor', () => {
    expect(explainClaims({ constructor: 'x' }, {}, {})).toEqual([{ name: 'constructor', value: 'x', sources: [] }]);
  });
});

describe('advice', () => {
  it('is not given where nothing is amiss', () => {
    expect(explained(ada).advise()).toEqual([]);
  });

  it.each([
    ['no username', { ...ada, preferred_username: undefined }, everybody, ['problem username']],
    ['a username that Jira refuses', { ...ada, preferred_username: 'a/b' }, everybody, ['problem username']],
    ['no e-mail address', { ...ada, email: undefined }, everybody, ['problem email']],
    ['an unverified e-mail address', { ...ada, email_verified: false }, everybody, ['problem email']],
    ['no name', { ...ada, given_name: undefined }, everybody, ['warning display-name']],
    ['no groups claim', { ...ada, groups: undefined }, everybody, ['warning groups']],
    ['an empty list', { ...ada, groups: [] }, everybody, ['note groups']],
    ['an overage', { ...ada, groups: undefined, _claim_names: { groups: 'src1' } }, everybody, ['warning groups']],
    ['a list in a string', { ...ada, groups: 'dev,ops' }, everybody, ['problem groups']],
    [
      'a group with a path',
      ada,
      { groups: { rules: [{ from: 'ops', to: 'x' }], defaultGroups: ['jira-users'] } },
      ['warning groups'],
    ],
    ['groups of which none leads to Jira', ada, {}, ['warning groups']],
    [
      'a group in another case',
      ada,
      { groups: { rules: [{ from: 'Dev', to: 'x' }], defaultGroups: ['jira-users'] } },
      ['warning groups'],
    ],
  ] satisfies [string, Record<string, unknown>, MappingInput, string[]][])(
    'S18 S19 P13 on %s',
    (_, claims, mapping, expected) => {
      const present = Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== undefined));
      expect(about(explained(present, mapping).advise())).toEqual(expected);
    },
  );

  it('names the claim in which the groups are instead', () => {
    const { groups, ...others } = ada;
    const [advice] = explained({ ...others, 'cognito:groups': groups }).advise();
    expect(advice!.fix).toContain('cognito:groups');
  });

  it.each([
    [2, []],
    [45, ['warning clock']],
    [-45, ['warning clock']],
  ])('P09 on a clock that is %p s off', (clockSkewSeconds, expected) => {
    expect(about(explained(ada).advise({ clockSkewSeconds }))).toEqual(expected);
  });

  it('P12 on groups that come from userinfo alone, and on userinfo that failed', () => {
    const tested = explainClaims(ada, { sub: '1' }, ada);
    expect(about(explained(ada).advise({ tested }))).toEqual(['note groups']);
    expect(about(explained(ada).advise({ userinfoFailure: 'OAUTH_TIMEOUT' }))).toEqual(['warning userinfo']);
  });

  it('O54 on sources that contradict each other, worst advice first', () => {
    const tested = explainClaims(ada, ada, { ...ada, email: 'other@example.com' });
    const advice = explained({ ...ada, email_verified: false }).advise({ tested });
    expect(about(advice)).toEqual(['problem email', 'note claims']);
  });
});
