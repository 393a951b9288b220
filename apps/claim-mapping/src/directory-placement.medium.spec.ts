import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ada, config } from '../test/ada.js';
import { Directory } from '../test/directory.js';
import { Installation } from '../test/installation.js';

let gatehouse: Installation;
let directory: Directory;
beforeAll(async () => {
  gatehouse = await Installation.open();
  directory = new Directory(gatehouse, 'cognito');
});
afterAll(() => gatehouse.close());
beforeEach(() => gatehouse.empty());

const policy = (linking: object, more: object = {}) =>
  gatehouse.configure({
    ...config,
    providers: {
      ...config.providers,
      cognito: { ...config.providers.cognito, allowedEmailDomains: ['example.com', 'elsewhere.test'] },
    },
    mappings: { ...config.mappings, cognito: { ...config.mappings.cognito, directory: { linking, ...more } } },
  });
const undecided = { account: undefined, code: 'match.link_undecided' };
const refused = { account: undefined, code: 'match.link_refused' };

/** Ada signed in and has a Jira user. */
async function signedIn(claims: object = {}, key = 'JIRAUSER1'): Promise<string> {
  const { account } = await gatehouse.map(await gatehouse.identity('cognito', { ...ada, ...claims }, `subject-${key}`));
  await gatehouse.jiraSays(account!, { key, state: 'ready' });
  return account!;
}

function say(person: string, target: string, verdict: string): Promise<unknown> {
  return gatehouse.dataSource.query(
    `insert into console.link_decision (directory_user_id, target, verdict, actor, reason) values ($1, $2, $3, 'test', 'x')
     on conflict (directory_user_id, target) do update set verdict = excluded.verdict`,
    [person, target, verdict],
  );
}

function meetings(): Promise<object[]> {
  return gatehouse.dataSource.query('select met_by, outcome, code from mapping.directory_meeting order by id');
}

describe('P17 X29 somebody in a directory meets an account that was made at a sign-in', () => {
  it('is linked by the first key that matches, and it is written down once', async () => {
    await policy({ by: ['externalId', 'userName', 'email'] });
    const account = await signedIn();
    const person = await directory.person('somebody', { externalId: 'subject-JIRAUSER1' });
    for (let n = 0; n < 2; n += 1) expect((await gatehouse.mapDirectoryUser(person)).account).toBe(account);
    expect(await meetings()).toEqual([{ met_by: 'externalId', outcome: 'linked', code: null }]);
  });

  it('is found by the keys that are named and by no other', async () => {
    await policy({ by: ['userName'] });
    const account = await signedIn();
    const [byId, byName, byAddress] = [
      await directory.person('one', { externalId: 'subject-JIRAUSER1' }),
      await directory.person('ada'),
      await directory.person('other', { email: 'ADA@example.com' }),
    ];
    expect((await gatehouse.mapDirectoryUser(byId)).account).not.toBe(account);
    await policy({ by: ['externalId'] });
    expect(await gatehouse.mapDirectoryUser(byName)).toEqual(refused);
    await say(byName, `account/${account}`, 'link');
    expect((await gatehouse.mapDirectoryUser(byName)).account).toBe(account);
    expect((await gatehouse.mapDirectoryUser(byAddress)).account).not.toBe(account);
    const another = await new Directory(gatehouse, 'partner').person('third', { email: 'ada@example.com' });
    expect((await gatehouse.mapDirectoryUser(another)).account).not.toBe(account);
  });

  it('two who are in the directory under one id, or a blank one, are two people', async () => {
    await policy({});
    for (const externalId of ['mail-nickname', '']) {
      const [one, other] = ['one', 'other'].map((name) => `${name}-${externalId}`);
      const first = await gatehouse.mapDirectoryUser(await directory.person(one!, { externalId }));
      const second = await gatehouse.mapDirectoryUser(await directory.person(other!, { externalId }));
      expect([first.code, second.code, second.account === first.account]).toEqual([undefined, undefined, false]);
    }
  });

  it('I4 whoever is inactive under the id of somebody who is active deactivates themselves alone', async () => {
    await policy({});
    const [left, there] = [
      await directory.person('left', { externalId: 'mail-nickname' }),
      await directory.person('there', { externalId: 'mail-nickname' }),
    ];
    await directory.set(left, { active: false });
    const accounts = [
      (await gatehouse.mapDirectoryUser(there)).account,
      (await gatehouse.mapDirectoryUser(left)).account,
    ];
    expect(accounts[1]).not.toBe(accounts[0]);
    const decided = await Promise.all(accounts.map((account) => gatehouse.desiredOf(account!)));
    expect(decided.map((access) => access?.content['deactivated'] !== undefined)).toEqual([false, true]);
  });

  it('somebody who signs in is not looked for by an id that the policy leaves out', async () => {
    await policy({ by: ['userName'] });
    const { account } = await gatehouse.mapDirectoryUser(await directory.person('one', { externalId: 'subject-1' }));
    const identity = await gatehouse.identity('cognito', ada, 'subject-1');
    expect((await gatehouse.map(identity)).account).not.toBe(account);
    await policy({});
    const { account: met } = await gatehouse.mapDirectoryUser(
      await directory.person('two', { externalId: 'subject-2' }),
    );
    expect((await gatehouse.map(await gatehouse.identity('cognito', ada, 'subject-2'))).account).toBe(met);
  });

  it('by e-mail among accounts that are somebody’s: one that everybody has left makes no address ambiguous', async () => {
    await policy({ by: ['email'] });
    const team = { ...ada, preferred_username: 'b1', email: 'team@example.com' };
    const identity = await gatehouse.identity('cognito', team);
    const { account: left } = await gatehouse.map(identity);
    await gatehouse.jiraSays(left!, { state: 'refused', code: 'match.email_differs' });
    await gatehouse.claim(identity, { preferred_username: 'b2' });
    const { account } = await gatehouse.map(identity);
    expect(account).not.toBe(left);
    const person = await directory.person('boss', { email: 'team@example.com' });
    expect((await gatehouse.mapDirectoryUser(person)).account).toBe(account);

    await gatehouse.jiraSays(left!, { key: 'K1', state: 'ready' });
    const other = await directory.person('deputy', { email: 'team@example.com' });
    expect(await gatehouse.mapDirectoryUser(other)).toEqual({ account: undefined, code: 'match.email_ambiguous' });
  });

  it('by e-mail only where one account has the address', async () => {
    await policy({ by: ['email'] });
    const account = await signedIn();
    const person = await directory.person('lovelace', { email: 'ADA@example.com' });
    expect((await gatehouse.mapDirectoryUser(person)).account).toBe(account);

    await signedIn({ preferred_username: 'b1', email: 'team@example.com' }, 'K2');
    await signedIn({ preferred_username: 'b2', email: 'team@example.com' }, 'K3');
    const team = await directory.person('boss', { email: 'team@example.com' });
    expect(await gatehouse.mapDirectoryUser(team)).toEqual({ account: undefined, code: 'match.email_ambiguous' });
  });

  it('is asked about, and linked, kept apart or refused as an administrator says', async () => {
    await policy({ by: ['userName', 'email'], onMatch: 'ask' });
    const account = await signedIn();
    const person = await directory.person('lovelace', { email: 'ada@example.com' });
    expect(await gatehouse.mapDirectoryUser(person)).toEqual(undecided);
    expect(await meetings()).toEqual([{ met_by: 'email', outcome: 'asked', code: null }]);

    await say(person, 'account/00000000-0000-4000-8000-000000000000', 'link');
    expect(await gatehouse.mapDirectoryUser(person)).toEqual(undecided);
    await say(person, `account/${account}`, 'refuse');
    expect(await gatehouse.mapDirectoryUser(person)).toEqual(refused);
    await say(person, `account/${account}`, 'separate');
    const own = await gatehouse.mapDirectoryUser(person);
    expect(own.account).not.toBe(account);
    expect(own.code).toBeUndefined();

    const other = await directory.person('ada', { email: 'eve@elsewhere.test' });
    expect(await gatehouse.mapDirectoryUser(other)).toEqual(undecided);
    expect((await meetings()).at(-1)).toMatchObject({ outcome: 'asked', code: 'match.identity_not_linked' });
    await say(other, `account/${account}`, 'link');
    expect((await gatehouse.mapDirectoryUser(other)).account).toBe(account);
  });

  it('gets no account where the policy refuses; nobody else is refused', async () => {
    await policy({ onMatch: 'refuse' });
    await signedIn();
    expect(await gatehouse.mapDirectoryUser(await directory.person('ada'))).toEqual(refused);
    expect((await gatehouse.mapDirectoryUser(await directory.person('grace'))).account).toBeDefined();
  });

  it.each([
    ['is in a group of administrators', `update sync.jira_account set administers = true`],
    [
      'is to be in one',
      `update mapping.desired_access set content = jsonb_set(content, '{groups,wanted}', '["Jira-Administrators"]')`,
    ],
    ['has a reserved name', `update sync.jira_account set username = 'Root'`],
  ])('is never linked automatically to whoever %s', async (_, becomes) => {
    await policy({});
    const account = await signedIn();
    await gatehouse.dataSource.query(becomes);
    const person = await directory.person('ada', { externalId: 'subject-JIRAUSER1' });
    expect(await gatehouse.mapDirectoryUser(person)).toEqual(undecided);
    expect((await meetings()).at(-1)).toMatchObject({ outcome: 'asked', code: 'match.administrator' });
    await say(person, `account/${account}`, 'link');
    expect((await gatehouse.mapDirectoryUser(person)).account).toBe(account);
  });

  it('P18 a name that is given again under another id is not handed an administrator’s account; under the same id it is theirs', async () => {
    await policy({});
    const first = await directory.person('ada', { externalId: 'x-1' });
    const { account } = await gatehouse.mapDirectoryUser(first);
    await gatehouse.jiraSays(account!, { key: 'JIRAUSER1', state: 'ready' });
    await gatehouse.dataSource.query('update sync.jira_account set administers = true');
    await directory.removePerson(first);
    await gatehouse.mapDirectoryUser(first, 'offboarding');

    const other = await directory.person('ada', { externalId: 'x-2' });
    expect(await gatehouse.mapDirectoryUser(other)).toEqual(undecided);
    await say(other, `account/${account}`, 'refuse');
    expect(await gatehouse.mapDirectoryUser(other)).toEqual(refused);
    await directory.removePerson(other);
    await gatehouse.mapDirectoryUser(other, 'offboarding');
    const same = await directory.person('ada', { externalId: 'x-1' });
    expect((await gatehouse.mapDirectoryUser(same)).account).toBe(account);
  });

  it('a sign-in of the same provider does not place whom the policy asks about', async () => {
    await policy({ onMatch: 'ask' });
    const identity = await gatehouse.identity('cognito', ada, 'subject-1');
    await gatehouse.map(identity);
    const person = await directory.person('ada', { externalId: 'subject-1' });
    expect(await gatehouse.mapDirectoryUser(person)).toEqual(undecided);
    await gatehouse.map(identity);
    expect(await gatehouse.directoryLinkOf(person)).toEqual(undecided);
  });

  it('who leads to a Jira user of another account is asked about too', async () => {
    await policy({ onMatch: 'ask' });
    const holder = await signedIn();
    const person = await directory.person('lovelace', { email: 'ada@example.com' });
    const { account: own } = await gatehouse.mapDirectoryUser(person);
    await gatehouse.jiraSays(own!, { state: 'refused', code: 'match.key_taken', takenBy: holder });
    expect(await gatehouse.mapDirectoryUser(person)).toEqual(undecided);
    expect((await meetings()).at(-1)).toMatchObject({ met_by: 'jiraUser', outcome: 'asked' });
    await say(person, `account/${holder}`, 'link');
    expect((await gatehouse.mapDirectoryUser(person)).account).toBe(holder);
  });

  it('two who are in the directory with one address stay two also where both lead to one Jira user', async () => {
    await policy({});
    const email = 'team@example.com';
    const [alice, bob] = [await directory.person('alice', { email }), await directory.person('bob', { email })];
    const { account: holder } = await gatehouse.mapDirectoryUser(alice);
    await gatehouse.jiraSays(holder!, { key: 'JIRAUSER1', state: 'ready' });
    const { account: own } = await gatehouse.mapDirectoryUser(bob);
    await gatehouse.jiraSays(own!, { state: 'refused', code: 'match.key_taken', takenBy: holder! });
    expect(await gatehouse.mapDirectoryUser(bob)).toEqual({ account: own, code: undefined });
    await say(bob, `account/${holder!}`, 'link');
    expect((await gatehouse.mapDirectoryUser(bob)).account).toBe(holder);
  });
});

describe('an existing Jira user and somebody whom only a directory knows', () => {
  const adoptionOf = async (account: string | undefined) => (await gatehouse.desiredOf(account!))?.content['adoption'];

  it('is left to group-sync with the policy, and with what an administrator said of that user', async () => {
    await policy({ by: ['userName', 'email'], onMatch: 'ask' });
    const person = await directory.person('ada');
    const { account } = await gatehouse.mapDirectoryUser(person);
    expect(await adoptionOf(account)).toEqual({ by: ['username', 'email'], onMatch: 'ask' });
    await say(person, 'jira/JIRAUSER9', 'link');
    await gatehouse.mapDirectoryUser(person);
    expect(await adoptionOf(account)).toMatchObject({ word: { jiraKey: 'JIRAUSER9', verdict: 'link' } });
  });

  it('nothing is said of it where it is as at a sign-in, or somebody has signed in', async () => {
    await policy({});
    const { account } = await gatehouse.mapDirectoryUser(await directory.person('ada'));
    expect(await adoptionOf(account)).toBeUndefined();
    await policy({ onMatch: 'ask' });
    await gatehouse.map(await gatehouse.identity('cognito', ada));
    expect(await adoptionOf(account)).toBeUndefined();
  });
});

describe.each(['review', 'dryRun'])('X44 P28 a directory by %s', (provisioning) => {
  it('leads nobody to an account; who is linked already keeps what was decided; on, everybody follows', async () => {
    await policy({});
    const linked = await directory.person('ada');
    const dev = await directory.group('dev', linked);
    const { account } = await gatehouse.mapDirectoryUser(linked);
    const before = await gatehouse.desiredOf(account!);

    await policy({}, { provisioning });
    const grace = await directory.person('grace');
    expect(await gatehouse.mapDirectoryUser(grace)).toEqual({ account: undefined, code: 'directory.on_trial' });
    await directory.remove(dev, linked);
    await directory.set(linked, { active: false });
    expect((await gatehouse.mapDirectoryUser(linked, 'offboarding')).account).toBe(account);
    expect(await gatehouse.desiredOf(account!)).toMatchObject({ version: before!.version, content: before!.content });
    expect(await gatehouse.count('mapping.account')).toBe(1);

    await policy({});
    await gatehouse.mapDirectoryUser(linked);
    expect((await gatehouse.desiredOf(account!))?.content['deactivated']).toMatchObject({ by: 'directory' });
    expect((await gatehouse.mapDirectoryUser(grace)).account).toBeDefined();
  });
});
