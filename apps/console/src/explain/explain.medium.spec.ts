import { describe, expect, it } from '@jest/globals';
import { ExplainedMembership, Problem } from '@gatehouse/contracts';
import { ConsoleUnderTest } from '../../test/console-under-test.js';

const rules = [{ from: 'dev', to: 'jira-developers' }];

describe('P14 U12 why somebody is not in a group, over the API', () => {
  const console = ConsoleUnderTest.shared();

  const ask = (person: string, group = 'jira-developers') =>
    console.get(`explain?${new URLSearchParams({ person, group }).toString()}`);
  async function why(person: string, group?: string): Promise<ExplainedMembership> {
    const answer = await ask(person, group);
    expect(answer.status).toBe(200);
    return ExplainedMembership.parse(await answer.json());
  }

  it('no claim: found by the address, with the chain up to Jira, which could not be asked', async () => {
    const config = await console.people.configure({ rules });
    const { accountId, identityId } = await console.people.signedIn('Ada', undefined, config);
    const explained = await why('ADA@example.com');
    expect(explained).toMatchObject({
      because: { code: 'no-claim' },
      fix: { at: 'mappings.company.groups.claim' },
      member: null,
      person: {
        account: accountId,
        identities: [{ identity: identityId, lastLogin: { outcome: 'accepted' }, refused: null }],
      },
      claims: [{ provider: 'company', claim: 'groups', state: 'absent', source: null, groups: 0 }],
      rules: [{ rules: [{ from: 'dev' }], claimed: [] }],
      desired: { version: 1, wanted: false, holds: [{ cause: 'keep-existing' }] },
      jira: { state: 'unavailable', code: 'jira.unreachable' },
    });
  });

  it('not mapped: found by the username, whatever its case', async () => {
    const config = await console.people.configure({ rules });
    await console.people.signedIn('Ada', ['ops'], config);
    expect(await why('ADA', 'jira-ops')).toMatchObject({
      because: { code: 'not-mapped' },
      claims: [{ state: 'list', source: 'id-token', value: ['ops'] }],
    });
  });

  it('excluded: found by the account, and by the identity', async () => {
    const config = await console.people.configure({ mode: 'onTheFly', onTheFly: { exclude: ['jira-*'] } });
    const { accountId, identityId } = await console.people.signedIn('ada', ['jira-developers'], config);
    expect((await why(identityId)).person.account).toBe(accountId);
    expect(await why(accountId)).toMatchObject({
      because: { code: 'excluded', text: expect.stringContaining('jira-*') },
      rules: [{ claimed: [{ claimed: 'jira-developers', outcome: 'excluded' }] }],
    });
  });

  it('queued behind a pause: which lane, who paused it and why', async () => {
    const config = await console.people.configure({ rules });
    const { accountId } = await console.people.signedIn('ada', ['dev'], config);
    await console.people.query(
      `insert into messaging.outbox (event, job, queue, key, payload, trace_id)
       values ('access.desired', 'reconcile-account', 'group-sync.interactive', $1, '{}', 'trace')`,
      [accountId],
    );
    expect(await why('ada')).toMatchObject({ because: { code: 'waiting' }, pending: [{ pause: null }] });
    await console.people.query(
      `insert into messaging.lane_state (queue, paused_by, reason) values ('group-sync.interactive', 'token:ops', 'Jira upgrade')`,
    );
    expect(await why('ada')).toMatchObject({
      because: { code: 'queued-behind-pause', text: expect.stringMatching(/token:ops.*Jira upgrade/) },
      fix: { at: 'POST /api/v1/lanes/group-sync.interactive/resume' },
      now: { wanted: true, reasons: ['the rule for "dev" (provider company)'] },
      pending: [{ job: 'reconcile-account', pause: { by: 'token:ops' } }],
    });
  });

  it.each([
    [
      'a full licence',
      { outcome: 'paused', code: 'jira.licence_full', plan: { paused: ['jira-developers'] } },
      'licence-full',
    ],
    ['a read-only directory', { outcome: 'failed', code: 'jira.directory_read_only' }, 'directory-read-only'],
    ['a refused creation', { outcome: 'refused', code: 'match.creation_off', state: 'refused' }, 'creation-refused'],
  ])('%s, by the last run', async (_, run, code) => {
    const config = await console.people.configure({ rules });
    const { accountId } = await console.people.signedIn('ada', ['dev'], config);
    await console.people.ran(accountId, run);
    expect(await why('ada')).toMatchObject({
      because: { code },
      run: { outcome: run.outcome, code: run.code, attempt: 1 },
    });
  });

  it('held by the brake: still there, and who decides', async () => {
    const config = await console.people.configure({ rules, keepExisting: false });
    const { accountId } = await console.people.signedIn('ada', [], config);
    await console.people.query(
      `insert into sync.held_removal (account_id, group_folded, group_name, because, scope, config_version, version)
       values ($1, 'jira-developers', 'jira-developers', 'managed', 'group', 7, 1)`,
      [accountId],
    );
    const explained = await why('ada');
    expect(explained).toMatchObject({ member: true, because: { code: 'held-by-brake' }, held: { configVersion: 7 } });
  });

  it('an open breaker is respected: Jira is not asked', async () => {
    const config = await console.people.configure({ rules });
    await console.people.signedIn('ada', ['dev'], config);
    await console.people.query(
      `insert into messaging.breaker (name, state, code, opened_at) values ('jira', 'open', 'jira.rate_limited', now())`,
    );
    expect(await why('ada')).toMatchObject({ jira: { state: 'unavailable', code: 'jira.rate_limited' } });
  });

  it('somebody who has no account yet is found too, and nobody is not', async () => {
    await console.people.configure({ rules });
    await console.people.query(
      `insert into gateway.identity (provider, issuer, subject, claims) values ('company', 'https://idp.example', 'grace', $1)`,
      [JSON.stringify({ preferred_username: 'grace', groups: ['dev'] })],
    );
    expect(await why('grace')).toMatchObject({
      because: { code: 'not-entitled' },
      person: { account: null, identities: [{ refused: { code: 'entry.email_missing' } }] },
      jira: { state: 'not-asked' },
    });
    const answer = await ask('nobody');
    expect(answer.status).toBe(404);
    expect(Problem.parse(await answer.json()).code).toBe('api.person_unknown');
    expect((await ask('x'.repeat(256))).status).toBe(400);
  });

  it('P22 somebody of a directory: their groups say through which other one they count', async () => {
    const config = await console.people.configure({ rules });
    const { accountId } = await console.people.signedIn('ada', undefined, config);
    const id = await console.people.inDirectory({ userName: 'ada' }, { accountId });
    const explained = await why(id);
    expect(explained).toMatchObject({
      now: { wanted: true, reasons: ['the rule for "dev", through "team" (provider company)'] },
      person: { account: accountId, deactivated: null, directoryUsers: [{ directoryUser: id, standing: 'active' }] },
    });
    expect(explained.claims).toContainEqual({
      ...{
        provider: 'company',
        claim: 'groups',
        state: 'list',
        source: 'directory',
        value: ['dev', 'team'],
        groups: 2,
      },
    });
    expect(explained.rules.at(-1)!.claimed).toContainEqual(
      expect.objectContaining({ claimed: 'dev', through: 'team' }),
    );
    // The claim that never came is not the reason, where the directory says the groups.
    expect((await why('ada', 'jira-ops')).because.code).toBe('not-mapped');
  });

  it('I4 somebody whom a directory has deactivated: who did it, and when', async () => {
    const config = await console.people.configure({ rules });
    const { accountId } = await console.people.signedIn('ada', ['dev'], config);
    await console.people.inDirectory({ userName: 'ada', active: false }, { accountId });
    const { because, person } = await why('ada');
    expect(because.code).toBe('deactivated');
    expect(because.text).toMatch(/^The account was deactivated by the directory of the provider company at 20\d\d-/);
    expect(person).toMatchObject({
      deactivated: expect.stringContaining('company'),
      directoryUsers: [{ standing: 'inactive', refused: { code: 'directory.user_inactive' } }],
    });
  });

  it('S60 somebody whom the last decision deactivates, though the directory of now does not', async () => {
    const config = await console.people.configure({ rules });
    const { accountId } = await console.people.signedIn('ada', ['dev'], config);
    await console.people.query(
      `update mapping.desired_access set content = content || '{"deactivated": {"by": "administrator"}}' where account_id = $1`,
      [accountId],
    );
    expect(await why('ada')).toMatchObject({
      because: { code: 'deactivated', text: 'The account was deactivated by an administrator.' },
    });
  });

  it('somebody of a directory who has no account: why not', async () => {
    await console.people.configure({ rules });
    await console.people.inDirectory({ userName: 'Grace' }, { refused: 'match.identity_not_linked' });
    expect(await why('grace')).toMatchObject({
      because: { code: 'link-refused' },
      person: { account: null, directoryUsers: [{ userName: 'Grace' }] },
    });
  });
});
