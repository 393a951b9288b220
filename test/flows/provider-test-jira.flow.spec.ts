import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { ConfigExport } from '@gatehouse/contracts';
import type { AskedJira, ProviderTestResult } from '@gatehouse/contracts';
import { HttpBrowser, plain } from '@gatehouse/testing';
import { Installation } from './support/installation.js';
import { ProviderTrials } from './support/provider-trials.js';
import { clearFaults, jiraRest, jiraState, jiraUser, setFaults, signInAndArrive } from './support/sandbox.js';

const cognito = { provider: 'cognito' };

describe('an administrator sees what a sign-in would do in Jira', () => {
  let installation: Installation;
  let trials: ProviderTrials;
  let saved: ConfigExport;

  beforeAll(async () => {
    installation = await Installation.start();
    trials = new ProviderTrials(installation);
    saved = ConfigExport.parse(await (await trials.call('GET', 'config')).json());
  }, 60_000);
  afterEach(() => clearFaults(installation));
  afterAll(() => installation.discard());

  it('U06 somebody new would be created, with every group, its rule and a seat', async () => {
    const { jira, text } = await foretold('ada');

    expect(jira.account).toMatchObject({ action: 'create', username: 'ada', user: null });
    expect(jira.groups).toEqual({
      add: [
        { group: 'jira-developers', because: 'the rule for "dev", the rule for "ops"', exists: true },
        { group: 'jira-software-users', because: 'a default group, for everybody', exists: true },
      ],
      ...{ remove: [], keep: [], withhold: [] },
    });
    expect(jira.seats).toMatchObject({ state: 'known', applications: [{ change: 'takes', remaining: null }] });
    expect(text).toContain('ada would be created');
  });

  it('U06 somebody whom Jira knows would be matched, and a real sign-in then does exactly what was foretold', async () => {
    await userInJira('grace', ['jira-developers', 'friends']);
    const { jira, text } = await foretold('grace');

    expect(jira.account).toMatchObject({ action: 'match', because: expect.stringContaining('same e-mail address') });
    expect(jira.account.user!.groups.toSorted()).toEqual(['friends', 'jira-developers']);
    expect(names(jira.groups.add)).toEqual(['jira-software-users', 'jira-support']);
    expect(jira.groups.remove).toEqual([
      { group: 'jira-developers', because: 'managed by the rule for "dev", the rule for "ops", and not earned' },
    ]);
    expect(names(jira.groups.keep)).toEqual(['friends']);
    expect(text).toContain('Group taken away jira-developers');

    await signInAndArrive(new HttpBrowser(), installation, 'grace');
    const { key, groups } = (await jiraUser(installation, 'grace'))!;
    expect(key).toBe(jira.account.user!.key);
    expect(groups.toSorted()).toEqual(names([...jira.groups.keep, ...jira.groups.add]).toSorted());

    const { jira: afterwards } = await foretold('grace');
    expect(afterwards.account).toMatchObject({ action: 'linked', user: { key } });
    expect(afterwards.groups).toMatchObject({ add: [], remove: [] });
  });

  it('U06 S18 a group that Jira does not have, and a default group of administrators, are told before anybody misses them', async () => {
    const mapping = saved.mappings['cognito']!;
    const groups = {
      ...mapping.groups,
      rules: [...mapping.groups.rules, { from: 'dev', to: 'no-such-group' }],
      defaultGroups: ['jira-administrators'],
    };
    const { jira, result } = await foretold('ada', draft({ groups }));

    expect(jira.groups.add).toContainEqual({ group: 'no-such-group', because: 'the rule for "dev"', exists: false });
    expect(names(jira.groups.withhold)).toEqual(['jira-administrators']);
    expect(result.advice[0]).toMatchObject({ about: 'jira', severity: 'problem' });
    expect(result.advice[0]!.text).toContain('no-such-group');
  });

  it('U06 somebody whom Jira would not let in is refused here too, with the reason', async () => {
    await userInJira('zoe', []);
    const { key } = (await jiraUser(installation, 'zoe'))!;
    await jiraRest(installation, 'PUT', `/rest/api/2/user?key=${key}`, { active: false });

    const { jira, result } = await foretold('zoe');
    expect(result.outcome).toBe('would-be-refused');
    expect(jira.account).toMatchObject({ action: 'refuse', code: 'jira.account_inactive', user: { active: false } });
    expect(jira.groups.add).toEqual([]);
  });

  it('U06 what Jira said the last time counts only while it cannot be asked', async () => {
    await signInAndArrive(new HttpBrowser(), installation, 'zoe'); // Deactivated, so this is refused and recorded.
    await setFaults(installation, [{ kind: 'status', match: { pathPrefix: '/rest/api/2/user' } }]);
    const away = await tested('zoe');
    expect(away.result).toMatchObject({ outcome: 'would-be-refused', jira: { state: 'unavailable' } });
    expect(away.result.mapping!.decision).toMatchObject({ kind: 'refuse', code: 'jira.account_inactive' });

    await clearFaults(installation);
    const { key } = (await jiraUser(installation, 'zoe'))!;
    await jiraRest(installation, 'PUT', `/rest/api/2/user?key=${key}`, { active: true });
    expect((await foretold('zoe')).result).toMatchObject({
      outcome: 'would-enter',
      jira: { account: { action: 'linked' } },
    });
  });

  it('U06 whom Jira does not know is refused where creation is off', async () => {
    const { jira, result } = await foretold('gina', draft({ allowUserCreation: false }));
    expect(result).toMatchObject({ outcome: 'would-be-refused', mapping: { decision: { kind: 'enter' } } });
    expect(jira.account).toMatchObject({ action: 'refuse', code: 'match.creation_off', user: null });
  });

  it('U06 who is refused before Jira has a part in it makes no question to Jira', async () => {
    const { calls: before } = await jiraState(installation);
    const { result } = await tested('dave');
    expect(result.jira).toMatchObject({ state: 'not-asked' });
    const { calls } = await jiraState(installation);
    expect(calls.recent.slice(before.total - calls.total).filter(({ path }) => path.includes('dave'))).toEqual([]);
  });

  it('U06 a Jira that is away is said, and fails no test', async () => {
    await setFaults(installation, [{ kind: 'status', status: 503, match: { pathPrefix: '/rest/api/2/user' } }]);
    const { result, text } = await tested('ada');

    expect(result.outcome).toBe('would-enter');
    expect(result.jira).toMatchObject({ state: 'unavailable', code: 'jira.unavailable' });
    expect(result.advice).toContainEqual(expect.objectContaining({ about: 'jira', severity: 'warning' }));
    expect(text).toContain('Jira could not be asked');
  });

  it('U06 what Jira does not say is not known, and the rest is told', async () => {
    const faults = ['/rest/api/2/group/member', '/rest/api/2/applicationrole'];
    await setFaults(
      installation,
      faults.map((pathPrefix) => ({ kind: 'html', match: { pathPrefix } })),
    );
    const { jira, text } = await foretold('ada');
    expect(jira.groups.add.map(({ exists }) => exists)).toEqual([null, null]);
    expect(jira.seats).toMatchObject({ state: 'unknown' });
    expect(text).toContain('whether Jira has it could not be asked');
  });

  function draft(mapping: object) {
    const { cognito: provider } = saved.providers;
    return { draft: { key: 'cognito', provider, mapping: { ...saved.mappings['cognito'], ...mapping } } };
  }

  async function tested(
    person: string,
    subject: unknown = cognito,
  ): Promise<{ result: ProviderTestResult; text: string }> {
    const { id, page } = await trials.tryAs(person, subject);
    return { result: (await trials.read(id)).result!, text: plain(page.body) };
  }

  async function foretold(
    ...of: Parameters<typeof tested>
  ): Promise<Awaited<ReturnType<typeof tested>> & { jira: AskedJira }> {
    const { result, text } = await tested(...of);
    if (result.jira?.state !== 'asked') throw new Error(`Jira was not asked: ${JSON.stringify(result)}`);
    return { result, text, jira: result.jira };
  }

  /** As an administrator of Jira made it by hand. */
  async function userInJira(name: string, groups: readonly string[]): Promise<void> {
    const body = { name, emailAddress: `${name}@example.com`, displayName: name, applicationKeys: [] };
    expect((await jiraRest(installation, 'POST', '/rest/api/2/user', body)).status).toBe(201);
    const { groups: known } = await jiraState(installation);
    for (const group of groups) {
      if (!known.includes(group)) await jiraRest(installation, 'POST', '/rest/api/2/group', { name: group });
      await jiraRest(installation, 'POST', `/rest/api/2/group/user?groupname=${group}`, { name });
    }
  }
});

function names(steps: readonly { group: string }[]): string[] {
  return steps.map(({ group }) => group);
}
