import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { OutageError, TerminalError } from '@gatehouse/errors';
import { Installation } from '../test/installation.js';

let gatehouse: Installation;
beforeAll(async () => void (gatehouse = await Installation.open()));
afterAll(() => gatehouse.close());
beforeEach(async () => {
  await gatehouse.empty();
  await gatehouse.configure({ renames: 'apply' });
  gatehouse.jira.addGroups('users');
});

const sql = (text: string, values: unknown[] = []) => gatehouse.dataSource.query<unknown[]>(text, values);

/** Linked, seen in Jira, and given another name at the provider since. */
async function renamedAtProvider(to = 'ada.lovelace') {
  const user = gatehouse.jira.addUser({ name: 'ada' });
  const accountId = await gatehouse.account('ada', { authoritative: true });
  await gatehouse.reconcile(accountId);
  await gatehouse.desire(accountId, { authoritative: false, nameToHave: to });
  await gatehouse.reconcile(accountId);
  gatehouse.jira.calls.length = 0;
  gatehouse.settled = 0;
  return { accountId, user };
}

const order = (accountId: string, to: string) =>
  sql(`insert into console.rename_order (account_id, to_name, actor, reason) values ($1, $2, 'token:t', 'r')`, [
    accountId,
    to,
  ]);

const failure = (work: Promise<unknown>) => work.catch((error: unknown) => error);
const nameOf = (key: string) => gatehouse.jira.users.get(key)?.name;

describe('a rename that is due', () => {
  it('P06 is said by the run that saw the other name, once, and is never done by it', async () => {
    const { accountId, user } = await renamedAtProvider();
    expect(nameOf(user.key)).toBe('ada');
    expect(await gatehouse.renameOf(accountId)).toMatchObject({ from_name: 'ada', state: 'pending', code: null });
    await gatehouse.grow(accountId);
    await gatehouse.reconcile(accountId);
    const due = (await gatehouse.published()).filter(({ event }) => event === 'account.rename-due');
    expect(due).toEqual([expect.objectContaining({ key: accountId, queue: 'group-sync.bulk' })]);
  });

  it('P06 changes name, verification and history in one commit, and tells who goes by which name', async () => {
    const { accountId, user } = await renamedAtProvider();
    await gatehouse.rename(accountId);
    expect(nameOf(user.key)).toBe('ada.lovelace');
    const state = await gatehouse.stateOf(accountId);
    expect(state).toMatchObject({ username: 'ada.lovelace', jiraKey: user.key, state: 'ready' });
    expect(state!.verifiedAt).not.toBeNull();
    expect(await gatehouse.renameOf(accountId)).toMatchObject({ state: 'done' });
    expect((await gatehouse.published()).at(-1)).toMatchObject({
      event: 'account.renamed',
      queue: 'claim-mapping.bulk',
    });
    expect(gatehouse.settled).toBe(1);
  });

  it('P06 is told to whoever a directory means by the account: without it the former name would lead to it for ever', async () => {
    const { accountId } = await renamedAtProvider();
    const directoryUserId = randomUUID();
    await sql('update mapping.account_identity set account_id = null, refused_code = $1', [
      'match.identity_not_linked',
    ]);
    await sql('insert into mapping.account_directory_user (directory_user_id, account_id) values ($1, $2)', [
      directoryUserId,
      accountId,
    ]);
    await gatehouse.rename(accountId);
    expect((await gatehouse.published()).at(-1)).toMatchObject({
      event: 'directory.user-mapping-due',
      key: directoryUserId,
    });
  });

  it('X35 is blocked where only a directory knows whoever goes by the new name', async () => {
    const { accountId, user } = await renamedAtProvider('grace');
    const grace = await gatehouse.account('grace', {}, 0);
    await sql('insert into mapping.account_directory_user (directory_user_id, account_id) values ($1, $2)', [
      randomUUID(),
      grace,
    ]);
    await gatehouse.rename(accountId);
    expect(nameOf(user.key)).toBe('ada');
    expect(await gatehouse.renameOf(accountId)).toMatchObject({ state: 'blocked' });
  });

  it('I8 is told exactly once, with both names, however often the job comes', async () => {
    const { accountId } = await renamedAtProvider();
    await gatehouse.rename(accountId);
    await gatehouse.rename(accountId);
    const told = (await gatehouse.runsOf(accountId)).filter(({ plan }) =>
      JSON.stringify(plan ?? {}).includes('"rename"'),
    );
    expect(told).toEqual([
      expect.objectContaining({
        outcome: 'applied',
        plan: { changes: [{ kind: 'rename', from: 'ada', to: 'ada.lovelace' }] },
      }),
    ]);
  });

  it('P06 is listed and left alone by the policy "report", until somebody applies this very name', async () => {
    await gatehouse.configure({ renames: 'report' });
    const { accountId, user } = await renamedAtProvider();
    expect(await gatehouse.renameOf(accountId)).toMatchObject({ state: 'reported' });
    await gatehouse.rename(accountId);
    await order(accountId, 'somebody.else');
    await gatehouse.rename(accountId);
    expect(nameOf(user.key)).toBe('ada');
    await sql('delete from console.rename_order');
    await order(accountId, 'ada.lovelace');
    await gatehouse.rename(accountId);
    expect(nameOf(user.key)).toBe('ada.lovelace');
  });

  it('P06 is nothing by the policy "off", and an order of before does not change that', async () => {
    const { accountId, user } = await renamedAtProvider();
    await order(accountId, 'ada.lovelace');
    await gatehouse.configure({ renames: 'off' });
    await gatehouse.rename(accountId);
    expect(nameOf(user.key)).toBe('ada');
    await gatehouse.grow(accountId);
    await gatehouse.reconcile(accountId);
    expect(await gatehouse.renameOf(accountId)).toBeUndefined();
  });

  it('P06 goes when nobody wants the name any more, and becomes another when another is wanted', async () => {
    const { accountId } = await renamedAtProvider();
    await gatehouse.desire(accountId, { nameToHave: 'countess' });
    await gatehouse.reconcile(accountId);
    expect(await gatehouse.renameOf(accountId)).toMatchObject({ to_name: 'countess', state: 'pending' });
    await gatehouse.desire(accountId, { nameToHave: 'ADA' });
    await gatehouse.reconcile(accountId);
    expect(await gatehouse.renameOf(accountId)).toBeUndefined();
  });

  it('P06 that somebody did by hand meanwhile is followed, and no deed of ours', async () => {
    const { accountId, user } = await renamedAtProvider();
    gatehouse.jira.change(user.key, { name: 'Ada.Lovelace' });
    await gatehouse.rename(accountId);
    expect(await gatehouse.stateOf(accountId)).toMatchObject({ username: 'Ada.Lovelace' });
    expect(await gatehouse.renameOf(accountId)).toBeUndefined();
    expect(gatehouse.jira.calls.filter((call) => call.startsWith('rename'))).toEqual([]);
  });
});

describe('what stands against a rename', () => {
  it.each<[string, string, (user: { key: string }) => unknown]>([
    ['P06 a name that is taken', 'jira.username_taken', () => gatehouse.jira.addUser({ name: 'ADA.Lovelace' })],
    [
      'P06 the old name in a lower directory',
      'rename.several_directories',
      () => (gatehouse.directory.duplicated = new Map([['Ada', []]])),
    ],
    ['X35 a deleted user', 'rename.deleted_user', () => gatehouse.directory.deleted.set('ada.lovelace', 'JIRAUSER9')],
    [
      'X35 an administrator',
      'rename.administrator',
      ({ key }) => gatehouse.jira.change(key, { groups: ['jira-administrators'] }),
    ],
    ['X35 another person of that name', 'rename.name_claimed', () => gatehouse.account('ada.lovelace')],
    [
      'X35 directories nobody tells of',
      'rename.directories_unknown',
      () => (gatehouse.directory.duplicated = undefined),
    ],
    [
      'F21 a read-only directory',
      'jira.directory_read_only',
      () => gatehouse.jira.fail('rename', new TerminalError('jira.directory_read_only', 'read-only')),
    ],
  ])('%s blocks it with its reason, and the person signs in as before', async (_, code, arrange) => {
    const { accountId, user } = await renamedAtProvider();
    await arrange(user);
    await gatehouse.rename(accountId);
    expect(nameOf(user.key)).toBe('ada');
    expect(await gatehouse.renameOf(accountId)).toMatchObject({ state: 'blocked', code });
    expect(gatehouse.settled).toBe(1);
    const state = await gatehouse.stateOf(accountId);
    expect(state).toMatchObject({ username: 'ada', state: 'ready' });
    expect(state!.verifiedAt).not.toBeNull();
  });

  it('X35 is asked again after a day, or when somebody applies the rename, and not before', async () => {
    const { accountId, user } = await renamedAtProvider();
    const holder = gatehouse.jira.addUser({ name: 'ada.lovelace' });
    await gatehouse.rename(accountId);
    gatehouse.jira.delete(holder.key);
    await gatehouse.grow(accountId);
    await gatehouse.reconcile(accountId);
    expect(await gatehouse.renameOf(accountId)).toMatchObject({ state: 'blocked' });

    await sql(`update sync.rename set changed_at = now() - interval '25 hours'`);
    await gatehouse.grow(accountId);
    await gatehouse.reconcile(accountId);
    expect(await gatehouse.renameOf(accountId)).toMatchObject({ state: 'pending', code: null });
    await gatehouse.rename(accountId);
    expect(nameOf(user.key)).toBe('ada.lovelace');
  });
});

describe('a sign-in of that very person', () => {
  async function waiting(accountId: string): Promise<void> {
    await sql(
      `insert into gateway.login_transaction (id, secret_hash, provider, interaction, trace_id, identity_id, expires_at)
       select gen_random_uuid(), 'h', 'p', 'i', 't', identity_id, now() + interval '5 minutes'
       from mapping.account_identity where account_id = $1`,
      [accountId],
    );
  }

  /** Opened this many seconds ago. */
  async function session(accountId: string, seconds: number): Promise<string> {
    const id = randomUUID();
    await sql(
      `with person as (
         insert into gateway.identity (provider, issuer, subject, claims) values ('p', 'https://idp.example', $1::text, '{}')
         returning id)
       insert into gateway.session (id, token_hash, identity_id, account_id, expires_at, created_at)
       select $1::uuid, $1::text, person.id, $2::uuid, now() + interval '1 hour', now() - make_interval(secs => $3)
       from person`,
      [id, accountId, seconds],
    );
    return id;
  }

  async function code(sessionId: string, consumedSecondsAgo?: number): Promise<void> {
    await sql(
      `insert into gateway.op_model (model, id, payload, grant_id, expires_at, consumed_at)
       values ('AuthorizationCode', $1, '{}', $2, now() + interval '50 seconds', now() - make_interval(secs => $3))`,
      [randomUUID(), sessionId, consumedSecondsAgo ?? null],
    );
  }

  it.each<[string, (accountId: string) => Promise<void>]>([
    ['that waits for its account', waiting],
    [
      'that has just got its session',
      async (accountId) => {
        await session(accountId, 5);
      },
    ],
    ['whose code is on its way to Jira', async (accountId) => code(await session(accountId, 3_000))],
    ['whose code Jira has just redeemed', async (accountId) => code(await session(accountId, 3_000), 5)],
  ])('P06 %s postpones the rename and takes nothing from the person', async (_, arrange) => {
    const { accountId, user } = await renamedAtProvider();
    await arrange(accountId);
    const error = await failure(gatehouse.rename(accountId));
    expect(error).toMatchObject({ code: 'rename.sign_in_under_way', retryAfterMs: 60_000 });
    expect(nameOf(user.key)).toBe('ada');
    expect(await gatehouse.renameOf(accountId)).toMatchObject({ state: 'pending', code: 'rename.sign_in_under_way' });
    expect((await gatehouse.stateOf(accountId))!.verifiedAt).not.toBeNull();
    expect(gatehouse.settled).toBe(0);

    // It is bounded, and visible in the end.
    await gatehouse.rename(accountId, { attempt: 8 });
    expect(await gatehouse.renameOf(accountId)).toMatchObject({ state: 'blocked', code: 'rename.sign_in_under_way' });
    expect(gatehouse.settled).toBe(1);
  });

  it('P06 that is over does not', async () => {
    const { accountId, user } = await renamedAtProvider();
    await code(await session(accountId, 3_000), 90);
    await gatehouse.rename(accountId);
    expect(nameOf(user.key)).toBe('ada.lovelace');
  });

  it('P06 of somebody else does not', async () => {
    const { accountId, user } = await renamedAtProvider();
    await session(await gatehouse.account('grace'), 1);
    await gatehouse.rename(accountId);
    expect(nameOf(user.key)).toBe('ada.lovelace');
  });

  it('P06 that comes in while the name is looked at keeps the old one, for Jira is not asked to rename', async () => {
    const { accountId, user } = await renamedAtProvider();
    // Between the first look at sign-ins and the commit that takes the name from them.
    await sql(
      `create function sync.come_in() returns trigger language plpgsql as $$ begin
         insert into gateway.login_transaction (id, secret_hash, provider, interaction, trace_id, identity_id, expires_at)
         select gen_random_uuid(), 'h', 'p', 'i', 't', identity_id, now() + interval '5 minutes'
         from mapping.account_identity where account_id = new.account_id;
         return new; end $$;
       create trigger come_in before update on sync.rename for each row when (new.state = 'under-way')
         execute function sync.come_in()`,
    );
    try {
      const error = await failure(gatehouse.rename(accountId));
      expect(error).toMatchObject({ code: 'rename.sign_in_under_way' });
    } finally {
      await sql('drop trigger come_in on sync.rename; drop function sync.come_in()');
    }
    expect(nameOf(user.key)).toBe('ada');
    expect((await gatehouse.stateOf(accountId))!.verifiedAt).not.toBeNull();
  });

  it('P06 that begins while Jira is being asked is handed no name, neither the old one nor the new', async () => {
    const { accountId } = await renamedAtProvider();
    let verifiedMeanwhile: unknown;
    let others: unknown;
    gatehouse.jira.gate = async (call) => {
      if (!call.startsWith('rename')) return;
      verifiedMeanwhile = (await gatehouse.stateOf(accountId))!.verifiedAt;
      others = await failure(gatehouse.reconcile(accountId));
    };
    await gatehouse.rename(accountId);
    expect(verifiedMeanwhile).toBeNull();
    expect(others).toMatchObject({ code: 'lease.held' });
  });
});

describe('a rename whose answer is lost', () => {
  const away = () => new OutageError('jira.unreachable', 'Jira did not answer');

  it('F17 is found by the key and told once, by the job that comes back', async () => {
    const { accountId, user } = await renamedAtProvider();
    gatehouse.jira.fail('rename', away(), { when: 'after' });
    await expect(gatehouse.rename(accountId)).rejects.toMatchObject({ code: 'jira.unreachable' });
    expect(await gatehouse.stateOf(accountId)).toMatchObject({ verifiedAt: null });
    // A sign-in meanwhile sees the new name, and takes the record from nobody.
    await gatehouse.reconcile(accountId);
    expect(await gatehouse.stateOf(accountId)).toMatchObject({ username: 'ada.lovelace' });
    await gatehouse.rename(accountId, { attempt: 2 });
    expect(gatehouse.jira.calls.filter((call) => call.startsWith('rename'))).toEqual([`rename ${user.key}`]);
    expect((await gatehouse.lastRunOf(accountId))!.plan).toEqual({
      changes: [{ kind: 'rename', from: 'ada', to: 'ada.lovelace' }],
    });
  });

  it('F17 and that was not done is done by the next try', async () => {
    const { accountId, user } = await renamedAtProvider();
    gatehouse.jira.fail('rename', away());
    await failure(gatehouse.rename(accountId));
    await gatehouse.rename(accountId);
    expect(nameOf(user.key)).toBe('ada.lovelace');
  });
});
