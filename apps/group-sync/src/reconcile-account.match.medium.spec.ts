import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { OutageError, TerminalError } from '@gatehouse/errors';
import type { DesiredAccess } from '@gatehouse/mapping';
import { desiredGroups, Installation } from '../test/installation.js';

const away = () => new OutageError('jira.unreachable', 'Jira did not answer');

let gatehouse: Installation;
beforeAll(async () => void (gatehouse = await Installation.open()));
afterAll(() => gatehouse.close());
beforeEach(async () => {
  await gatehouse.empty();
  await gatehouse.configure({});
  gatehouse.jira.addGroups('users', 'developers', 'support', 'by-hand', 'jira-administrators');
});

describe('a person without a Jira user', () => {
  it('S02 is created, pinned and given the groups, in 5 calls for 3 groups', async () => {
    const ada = await gatehouse.account('ada', { groups: desiredGroups(['users', 'developers', 'support']) });
    await gatehouse.reconcile(ada);

    const user = gatehouse.jira.named('ada')!;
    expect([...user.groups].sort()).toEqual(['developers', 'support', 'users']);
    expect(user).toMatchObject({ emailAddress: 'ada@example.com', displayName: 'ada' });
    expect(await gatehouse.stateOf(ada)).toMatchObject({
      state: 'ready',
      jiraKey: user.key,
      username: 'ada',
      active: true,
      createdByUs: true,
      createIntent: null,
      appliedVersion: 1,
      code: null,
    });
    expect(await gatehouse.lastRunOf(ada)).toMatchObject({ outcome: 'applied', code: null, jira_calls: 5, version: 1 });
    expect(gatehouse.settled).toBe(1);
  });

  it('S23 is refused when creation is off, without a write', async () => {
    const ada = await gatehouse.account('ada', { mayCreate: false });
    await gatehouse.reconcile(ada);
    expect(await gatehouse.stateOf(ada)).toMatchObject({ state: 'refused', code: 'match.creation_off', jiraKey: null });
    expect(gatehouse.jira.calls).toEqual(['find ada']);
    expect(gatehouse.settled).toBe(1);
  });

  it('commits the intent before it asks Jira to create', async () => {
    const ada = await gatehouse.account('ada');
    let intent: unknown;
    gatehouse.jira.gate = async (call) => {
      if (call === 'create ada') intent = (await gatehouse.stateOf(ada))?.createIntent;
    };
    await gatehouse.reconcile(ada);
    expect(intent).toEqual({ username: 'ada', email: 'ada@example.com', displayName: 'ada' });
  });

  it('F17 I5 becomes the user whose creation was never answered, and no second one', async () => {
    const ada = await gatehouse.account('ada');
    gatehouse.jira.fail('create', away(), { when: 'after' });
    await expect(gatehouse.reconcile(ada)).rejects.toThrow(OutageError);
    await gatehouse.desire(ada, { email: 'ada@new.example' });
    await gatehouse.reconcile(ada);
    expect(gatehouse.jira.users.size).toBe(1);
    expect(await gatehouse.stateOf(ada)).toMatchObject({ state: 'ready', createdByUs: true });
    expect(gatehouse.jira.named('ada')?.emailAddress).toBe('ada@new.example');
  });

  it('is matched again when Jira says that the name is taken meanwhile', async () => {
    const ada = await gatehouse.account('ada');
    gatehouse.jira.gate = async (call) => {
      if (call === 'create ada') gatehouse.jira.addUser({ name: 'ada', emailAddress: 'someone@else.example' });
    };
    await gatehouse.reconcile(ada);
    expect(await gatehouse.stateOf(ada)).toMatchObject({
      state: 'refused',
      code: 'match.email_differs',
      jiraKey: null,
      createIntent: null,
    });
  });

  it('is linked, not counted as created, when the same person was made by somebody else meanwhile', async () => {
    const ada = await gatehouse.account('ada');
    gatehouse.jira.gate = async (call) => {
      if (call === 'create ada') gatehouse.jira.addUser({ name: 'ada', displayName: 'ada' });
    };
    await gatehouse.reconcile(ada);
    expect(await gatehouse.stateOf(ada)).toMatchObject({ state: 'ready', createdByUs: false });
  });

  it('fails visibly when Jira does not accept the person, and forgets the intent', async () => {
    const ada = await gatehouse.account('a<da');
    await expect(gatehouse.reconcile(ada)).rejects.toThrow(TerminalError);
    expect(await gatehouse.stateOf(ada)).toMatchObject({
      state: 'failed',
      code: 'jira.request_refused',
      createIntent: null,
    });
    expect(await gatehouse.lastRunOf(ada)).toMatchObject({ outcome: 'failed', code: 'jira.request_refused' });
    expect(gatehouse.settled).toBe(0);
  });
});

describe('an existing Jira user', () => {
  it('S24 P05 is adopted by name in any case when the e-mail is the same', async () => {
    const { key } = gatehouse.jira.addUser({ name: 'Ada', emailAddress: 'ADA@example.com' });
    const ada = await gatehouse.account('ada', { displayName: undefined });
    await gatehouse.reconcile(ada);
    expect(await gatehouse.stateOf(ada)).toMatchObject({
      state: 'ready',
      jiraKey: key,
      username: 'Ada',
      createdByUs: false,
    });
    expect(gatehouse.jira.calls).toEqual(['find ada']);
  });

  it.each([
    ['an administrator', { groups: ['Jira-Administrators'] }, 'match.administrator'],
    ['somebody with another e-mail', { emailAddress: 'eve@evil.test' }, 'match.email_differs'],
  ])('O62 is not linked when it is %s, and nothing is written', async (_, change, code) => {
    gatehouse.jira.addUser({ name: 'ada', ...change });
    const ada = await gatehouse.account('ada', { groups: desiredGroups(['users']) });
    await gatehouse.reconcile(ada);
    expect(await gatehouse.stateOf(ada)).toMatchObject({ state: 'refused', code, jiraKey: null });
    expect(gatehouse.jira.calls).toEqual(['find ada']);
    expect(await gatehouse.lastRunOf(ada)).toMatchObject({ outcome: 'refused', code });
  });

  it('O62 a reserved name is not linked to anybody', async () => {
    gatehouse.jira.addUser({ name: 'admin' });
    const admin = await gatehouse.account('admin', { authoritative: true });
    await gatehouse.reconcile(admin);
    expect(await gatehouse.stateOf(admin)).toMatchObject({ state: 'refused', code: 'match.reserved_name' });
  });

  it('that is deactivated stays deactivated, and the person is refused', async () => {
    gatehouse.jira.addUser({ name: 'ada', active: false });
    const ada = await gatehouse.account('ada', { groups: desiredGroups(['users']) });
    await gatehouse.reconcile(ada);
    expect(await gatehouse.stateOf(ada)).toMatchObject({
      state: 'refused',
      code: 'jira.account_inactive',
      active: false,
    });
    expect(gatehouse.jira.calls).toEqual(['find ada']);

    const { key } = gatehouse.jira.named('ada')!;
    gatehouse.jira.change(key, { active: true });
    await gatehouse.reconcile(ada);
    expect(await gatehouse.stateOf(ada)).toMatchObject({ state: 'ready', jiraKey: key, active: true });
  });
});

describe('S24 matching by e-mail', () => {
  const byEmail = (change: object = {}) => gatehouse.account('ada', { matchBy: 'email', ...change });

  it('P05 links the only user of the address, in any case and under any name, in one question', async () => {
    const { key } = gatehouse.jira.addUser({ name: 'lovelace', displayName: 'ada', emailAddress: 'ADA@Example.com' });
    gatehouse.jira.addUser({ name: 'ada', emailAddress: 'another.ada@example.com' });
    const ada = await byEmail();
    await gatehouse.reconcile(ada);
    expect(await gatehouse.stateOf(ada)).toMatchObject({ state: 'ready', jiraKey: key, username: 'lovelace' });
    expect(gatehouse.jira.calls).toEqual(['find ada@example.com']);
    expect(gatehouse.jira.users.size).toBe(2);
  });

  it('is not done again for a linked user, whatever address it has later', async () => {
    const { key } = gatehouse.jira.addUser({ name: 'lovelace', displayName: 'ada', emailAddress: 'ada@example.com' });
    const ada = await byEmail();
    await gatehouse.reconcile(ada);
    gatehouse.jira.change(key, { emailAddress: 'other@example.com' });
    await gatehouse.desire(ada, { displayName: 'ada' });
    await gatehouse.grow(ada);
    await gatehouse.reconcile(ada);
    expect(gatehouse.jira.calls.slice(1)).toEqual([`find ${key}`, `update ${key}`]);
  });

  it.each([
    ['active', true],
    ['deactivated', false],
  ])('D5 refuses when another user, %s, has the address too, without a write', async (_, active) => {
    gatehouse.jira.addUser({ name: 'ada' });
    gatehouse.jira.addUser({ name: 'team', emailAddress: 'Ada@example.com', active });
    const ada = await byEmail();
    await gatehouse.reconcile(ada);
    expect(await gatehouse.stateOf(ada)).toMatchObject({
      state: 'refused',
      code: 'match.email_ambiguous',
      jiraKey: null,
    });
    expect(await gatehouse.lastRunOf(ada)).toMatchObject({ outcome: 'refused', code: 'match.email_ambiguous' });
    expect(gatehouse.jira.calls).toEqual(['find ada@example.com']);
  });

  it('O62 never links an administrator', async () => {
    gatehouse.jira.addUser({ name: 'boss', emailAddress: 'ada@example.com', groups: ['jira-administrators'] });
    const ada = await byEmail();
    await gatehouse.reconcile(ada);
    expect(await gatehouse.stateOf(ada)).toMatchObject({ state: 'refused', code: 'match.administrator' });
  });

  it('creates a user when nobody has the address, and asks for nothing else', async () => {
    const ada = await byEmail();
    await gatehouse.reconcile(ada);
    expect(await gatehouse.stateOf(ada)).toMatchObject({ state: 'ready', username: 'ada', createdByUs: true });
    expect(gatehouse.jira.calls).toEqual(['find ada@example.com', 'create ada']);
  });

  it('O62 refuses when the name that is left belongs to somebody else', async () => {
    gatehouse.jira.addUser({ name: 'ada', emailAddress: 'eve@evil.test' });
    const ada = await byEmail();
    await gatehouse.reconcile(ada);
    expect(await gatehouse.stateOf(ada)).toMatchObject({ state: 'refused', code: 'match.email_differs' });
    expect(gatehouse.jira.users.size).toBe(1);
  });

  it('F17 finds its own user again whose creation was never answered, under an address that has changed since', async () => {
    const ada = await byEmail();
    gatehouse.jira.fail('create', away(), { when: 'after' });
    await expect(gatehouse.reconcile(ada)).rejects.toThrow(OutageError);
    await gatehouse.desire(ada, { email: 'ada@new.example', mayCreate: false });
    await gatehouse.reconcile(ada);
    expect(gatehouse.jira.users.size).toBe(1);
    expect(await gatehouse.stateOf(ada)).toMatchObject({ state: 'ready', createdByUs: true });
  });
});

describe('two accounts, one Jira key', () => {
  async function collide() {
    const { key } = gatehouse.jira.addUser({ name: 'ada' });
    const holder = await gatehouse.account('ada');
    await gatehouse.reconcile(holder);
    gatehouse.jira.change(key, { name: 'ada.l', emailAddress: 'ada.l@example.com' });
    const second = await gatehouse.account('ada.l', {}, 2);
    await gatehouse.reconcile(second);
    return { holder, second, key };
  }

  it('the second is refused, and claim-mapping is told about each of its identities', async () => {
    const { holder, second, key } = await collide();
    expect(await gatehouse.stateOf(second)).toMatchObject({
      state: 'refused',
      code: 'match.key_taken',
      takenBy: holder,
      jiraKey: null,
    });
    expect(await gatehouse.stateOf(holder)).toMatchObject({ jiraKey: key });
    const events = await gatehouse.published();
    expect(events.map(({ event, queue }) => [event, queue])).toEqual([
      ['account.key-taken', 'claim-mapping.interactive'],
      ['account.key-taken', 'claim-mapping.interactive'],
    ]);
  });

  it('is told once: the two services do not call each other for ever', async () => {
    const { second } = await collide();
    await gatehouse.reconcile(second);
    expect(await gatehouse.published()).toHaveLength(2);
    expect(await gatehouse.lastRunOf(second)).toMatchObject({ outcome: 'refused', code: 'match.key_taken' });
  });

  it('at the same time: one gets the key, the other is refused', async () => {
    const { key } = gatehouse.jira.addUser({ name: 'ada' });
    const one = await gatehouse.account('ada');
    const two = await gatehouse.account('ADA', { email: 'ada@example.com' });
    let waiting = 0;
    let release = () => {};
    const both = new Promise<void>((resolve) => (release = resolve));
    gatehouse.jira.gate = async (call) => {
      if (!call.startsWith('find')) return;
      waiting += 1;
      if (waiting === 2) release();
      await both;
    };
    await Promise.all([gatehouse.reconcile(one), gatehouse.reconcile(two)]);
    const states = [await gatehouse.stateOf(one), await gatehouse.stateOf(two)];
    expect(states.map((row) => row?.jiraKey ?? null).filter(Boolean)).toEqual([key]);
    expect(states.map((row) => row?.code ?? 'ready').sort()).toEqual(['match.key_taken', 'ready']);
  });
});

it('a pinned key is never exchanged by a run that found another user of the name', async () => {
  const { key } = gatehouse.jira.addUser({ name: 'ada' });
  const ada = await gatehouse.account('ada');
  let late: Promise<void> | undefined;
  gatehouse.jira.gate = async () => {
    if (late) return;
    await gatehouse.expireLeases();
    late = gatehouse.reconcile(ada);
    await late;
    gatehouse.jira.change(key, { name: 'ada.old' });
    gatehouse.jira.addUser({ name: 'ada' });
  };
  await expect(gatehouse.reconcile(ada)).rejects.toMatchObject({ code: 'lease.lost' });
  expect(await gatehouse.stateOf(ada)).toMatchObject({ state: 'ready', jiraKey: key });
});

it('F19 the same account in several deliveries at once is one user with the right groups', async () => {
  const ada = await gatehouse.account('ada', { groups: desiredGroups(['users', 'developers']) });
  const runs = await Promise.allSettled(Array.from({ length: 4 }, () => gatehouse.reconcile(ada)));
  for (const run of runs) if (run.status === 'rejected') expect(run.reason).toMatchObject({ code: 'lease.held' });
  await gatehouse.reconcile(ada);
  expect(gatehouse.jira.users.size).toBe(1);
  expect([...gatehouse.jira.named('ada')!.groups].sort()).toEqual(['developers', 'users']);
  expect(await gatehouse.stateOf(ada)).toMatchObject({ state: 'ready', jiraKey: gatehouse.jira.named('ada')!.key });
});

describe('P17 X29 a Jira user and somebody whom only a directory knows', () => {
  const ask: NonNullable<DesiredAccess['adoption']> = { by: ['username', 'email'], onMatch: 'ask' };
  const inDirectory = async (name: string, adoption?: DesiredAccess['adoption']) => {
    const account = await gatehouse.account(name, adoption && { adoption }, 0);
    await gatehouse.dataSource.query(
      'insert into mapping.account_directory_user (directory_user_id, account_id) values (gen_random_uuid(), $1)',
      [account],
    );
    return account;
  };
  const questions = () =>
    gatehouse.dataSource.query<object[]>('select jira_key, username, code from sync.adoption_question');

  it('is asked about, and adopted once an administrator said so of that very user', async () => {
    const { key } = gatehouse.jira.addUser({ name: 'Ada', emailAddress: 'ada@example.com' });
    const account = await inDirectory('ada', ask);
    await gatehouse.reconcile(account);
    expect(await gatehouse.stateOf(account)).toMatchObject({ state: 'refused', code: 'match.link_undecided' });
    expect(await questions()).toEqual([{ jira_key: key, username: 'Ada', code: 'match.link_undecided' }]);

    await gatehouse.desire(account, { adoption: { ...ask, word: { jiraKey: 'X', verdict: 'link' } } });
    await gatehouse.reconcile(account);
    expect(await gatehouse.stateOf(account)).toMatchObject({ state: 'refused', code: 'match.link_undecided' });
    await gatehouse.desire(account, { adoption: { ...ask, word: { jiraKey: key, verdict: 'link' } } });
    await gatehouse.reconcile(account);
    expect(await gatehouse.stateOf(account)).toMatchObject({ state: 'ready', jiraKey: key, createdByUs: false });
  });

  it('of another address or of an administrator is listed, and only a word links it', async () => {
    const other = gatehouse.jira.addUser({ name: 'ada', emailAddress: 'x@example.com' });
    const admin = gatehouse.jira.addUser({
      ...{ name: 'grace', emailAddress: 'grace@example.com', groups: ['jira-administrators'] },
    });
    const [ada, grace] = [await inDirectory('ada'), await inDirectory('grace', ask)];
    await gatehouse.reconcile(ada);
    await gatehouse.reconcile(grace);
    expect(await gatehouse.stateOf(ada)).toMatchObject({ state: 'refused', code: 'match.email_differs' });
    expect(await gatehouse.stateOf(grace)).toMatchObject({ state: 'refused', code: 'match.administrator' });
    expect(await questions()).toHaveLength(2);
    for (const [account, { key }] of [[ada, other] as const, [grace, admin] as const]) {
      await gatehouse.desire(account, {
        adoption: { ...ask, word: { jiraKey: key, verdict: 'link' } },
      });
      await gatehouse.reconcile(account);
      expect(await gatehouse.stateOf(account)).toMatchObject({ state: 'ready', jiraKey: key });
    }
    const administers = await gatehouse.dataSource.query<object[]>(
      'select administers from sync.jira_account where account_id = any($1) order by administers',
      [[ada, grace]],
    );
    expect(administers).toEqual([{ administers: false }, { administers: true }]);
  });

  it('is refused without a question by the policy, and of a reserved name by any', async () => {
    gatehouse.jira.addUser({ name: 'ada', emailAddress: 'ada@example.com' });
    gatehouse.jira.addUser({ name: 'root', emailAddress: 'root@example.com' });
    const ada = await inDirectory('ada', { ...ask, onMatch: 'refuse' });
    const root = await inDirectory('root', ask);
    for (const account of [ada, root]) await gatehouse.reconcile(account);
    expect(await gatehouse.stateOf(ada)).toMatchObject({ state: 'refused', code: 'match.link_refused' });
    expect(await gatehouse.stateOf(root)).toMatchObject({ state: 'refused', code: 'match.reserved_name' });
    expect(await questions()).toEqual([]);
  });

  it('found by the address is kept apart when an administrator says so, and a new one is made', async () => {
    const { key } = gatehouse.jira.addUser({ name: 'lovelace', emailAddress: 'ada@example.com' });
    const word = { jiraKey: key, verdict: 'separate' } as const;
    const account = await inDirectory('ada', { ...ask, word });
    await gatehouse.reconcile(account);
    expect(await gatehouse.stateOf(account)).toMatchObject({ state: 'ready', username: 'ada', createdByUs: true });
  });

  it('by whose name nobody may be linked is in the way all the same', async () => {
    gatehouse.jira.addUser({ name: 'ada', emailAddress: 'other@example.com' });
    const account = await inDirectory('ada', { by: ['email'], onMatch: 'automatic' });
    await gatehouse.reconcile(account);
    expect(await gatehouse.stateOf(account)).toMatchObject({ state: 'refused', code: 'match.link_refused' });
    expect(gatehouse.jira.calls.some((call) => call.startsWith('create'))).toBe(false);
  });
});
