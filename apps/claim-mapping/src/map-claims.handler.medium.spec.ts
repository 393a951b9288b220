import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { RetryableError } from '@gatehouse/errors';
import { DesiredAccess } from '@gatehouse/mapping';
import pg from 'pg';
import { ada, config } from '../test/ada.js';
import { Installation } from '../test/installation.js';

let gatehouse: Installation;
beforeAll(async () => void (gatehouse = await Installation.open()));
afterAll(() => gatehouse.close());
beforeEach(async () => {
  await gatehouse.empty();
  await gatehouse.configure(config);
});

describe('a first login', () => {
  it('makes the account, decides its access and says so in one commit', async () => {
    const identity = await gatehouse.identity('cognito', ada);
    const { account } = await gatehouse.map(identity);

    expect(await gatehouse.desiredOf(account!)).toMatchObject({
      version: 1,
      content: {
        username: 'Ada',
        email: 'ada@example.com',
        displayName: 'Ada',
        groups: { wanted: ['jira-developers'] },
      },
    });
    expect(await gatehouse.published()).toEqual([
      { event: 'access.desired', key: account, queue: 'group-sync.interactive' },
    ]);
    expect(gatehouse.settled).toBe(1);
  });

  it('tells the gateway about the decision when it is committed', async () => {
    const listener = new pg.Client({ connectionString: gatehouse.databaseUrl });
    await listener.connect();
    const heard = new Promise<string | undefined>((resolve) => listener.on('notification', (n) => resolve(n.payload)));
    await listener.query('listen gatehouse_account');
    const identity = await gatehouse.identity('cognito', ada);
    await gatehouse.map(identity);
    expect(await heard).toBe(identity);
    await listener.end();
  });

  it.each([
    ['O55 an e-mail that is not verified', { email_verified: 'true' }, 'entry.email_not_verified'],
    ['S22 no e-mail', { email: '' }, 'entry.email_missing'],
    ['O61 a name Jira cannot have', { preferred_username: '<ada>' }, 'entry.username_invalid'],
  ])('%s makes no account and starts nothing', async (_, change, code) => {
    const identity = await gatehouse.identity('cognito', { ...ada, ...change });
    expect(await gatehouse.map(identity)).toEqual({ account: undefined, code });
    expect(await gatehouse.count('mapping.account')).toBe(0);
    expect(await gatehouse.published()).toEqual([]);
    expect(gatehouse.settled).toBe(1);
  });

  it('a refusal is not for ever: corrected claims lead in', async () => {
    const identity = await gatehouse.identity('cognito', { ...ada, email_verified: false });
    await gatehouse.map(identity);
    await gatehouse.claim(identity, { email_verified: true });
    expect(await gatehouse.map(identity)).toEqual({ account: expect.any(String), code: undefined });
  });

  it('X55 somebody in none of the required groups makes no account and starts nothing', async () => {
    await gatehouse.configure({ ...config, mappings: { cognito: { requiredGroups: ['staff'] } } });
    const identity = await gatehouse.identity('cognito', ada);
    expect(await gatehouse.map(identity)).toEqual({ account: undefined, code: 'entry.group_required' });
    expect(await gatehouse.count('mapping.account')).toBe(0);
  });

  it('S20 S25 S33 S39 S43 everything that a mapping says is stored for group-sync', async () => {
    const groups = {
      mode: 'onTheFly' as const,
      onTheFly: { keepExisting: false, createMissing: true, exclude: ['local-*'] },
      defaultGroups: ['newcomers'],
      defaultGroupsFor: 'new' as const,
    };
    const cognito = {
      profile: { enabled: false, username: { template: '{preferred_username}.{given_name}' } },
      match: 'email' as const,
      properties: [{ key: 'first', claim: 'given_name' }],
      creationNeedsMappedGroup: true,
      groups,
    };
    await gatehouse.configure({ ...config, mappings: { cognito } });
    const identity = await gatehouse.identity('cognito', ada);
    const { account } = await gatehouse.map(identity);

    const { content } = (await gatehouse.desiredOf(account!))!;
    expect(DesiredAccess.parse(content)).toEqual(content);
    expect(content).toMatchObject({
      username: 'Ada.Ada',
      updatesProfile: false,
      properties: { first: 'Ada' },
      mayCreate: true,
      matchBy: 'email',
      groups: {
        wanted: ['dev'],
        managed: [],
        creatable: ['dev'],
        ifNew: { wanted: ['newcomers'] },
        sweeps: [{ provider: 'cognito', exclude: expect.arrayContaining(['local-*', 'newcomers']), only: [] }],
      },
    });
  });

  it('refuses an identity whose provider is gone', async () => {
    const identity = await gatehouse.identity('constructor', ada);
    expect((await gatehouse.map(identity)).code).toBe('login.provider_unknown');
  });

  it('ends quietly when the identity no longer exists', async () => {
    expect(await gatehouse.map(randomUUID())).toEqual({ account: undefined, code: undefined });
    expect(gatehouse.settled).toBe(1);
  });
});

describe('a later login', () => {
  it('keeps the version while nothing changes, and still asks group-sync to look', async () => {
    const identity = await gatehouse.identity('cognito', ada);
    const { account } = await gatehouse.map(identity);
    await gatehouse.map(identity, 'provisioning');
    expect(await gatehouse.desiredOf(account!)).toMatchObject({ version: 1 });
    expect((await gatehouse.published()).map(({ queue }) => queue)).toEqual([
      'group-sync.interactive',
      'group-sync.provisioning',
    ]);
  });

  it('raises the version once when the groups change', async () => {
    const identity = await gatehouse.identity('cognito', ada);
    const { account } = await gatehouse.map(identity);
    await gatehouse.claim(identity, { groups: [] });
    await gatehouse.map(identity);
    await gatehouse.map(identity);
    expect(await gatehouse.desiredOf(account!)).toMatchObject({ version: 2, content: { groups: { wanted: [] } } });
  });

  it('P05 another username or e-mail never leads to a second account once there is a Jira user', async () => {
    const identity = await gatehouse.identity('cognito', ada);
    const { account } = await gatehouse.map(identity);
    await gatehouse.jiraSays(account!, { key: 'JIRAUSER1', state: 'ready' });
    await gatehouse.claim(identity, { preferred_username: 'countess', email: 'countess@example.com' });
    expect(await gatehouse.map(identity)).toEqual({ account, code: undefined });
    expect(await gatehouse.count('mapping.account')).toBe(1);
    expect((await gatehouse.desiredOf(account!))?.content).toMatchObject({
      username: 'ada',
      email: 'countess@example.com',
    });
  });

  it('another username is the way out of a refusal by Jira', async () => {
    const identity = await gatehouse.identity('cognito', ada);
    const { account } = await gatehouse.map(identity);
    await gatehouse.jiraSays(account!, { state: 'refused', code: 'match.administrator' });
    await gatehouse.claim(identity, { preferred_username: 'ada2' });
    expect((await gatehouse.map(identity)).account).not.toBe(account);
  });

  it('stays linked and changes nothing when the claims would not be let in any more', async () => {
    const identity = await gatehouse.identity('cognito', ada);
    const first = await gatehouse.map(identity);
    await gatehouse.claim(identity, { email_verified: false, groups: [] });
    expect(await gatehouse.map(identity)).toEqual(first);
    expect(await gatehouse.desiredOf(first.account!)).toMatchObject({ version: 1 });
  });

  it('F27 does not decide with an older configuration than the one already used', async () => {
    const identity = await gatehouse.identity('cognito', ada);
    const { account } = await gatehouse.map(identity);
    await gatehouse.dataSource.query('update mapping.desired_access set config_version = config_version + 1');
    await expect(gatehouse.map(identity)).rejects.toThrow(RetryableError);
    expect(await gatehouse.published()).toHaveLength(1);
    expect(await gatehouse.desiredOf(account!)).toMatchObject({ version: 1 });
  });

  it('a newer configuration with the same outcome raises no version', async () => {
    const identity = await gatehouse.identity('cognito', ada);
    const { account } = await gatehouse.map(identity);
    const before = await gatehouse.desiredOf(account!);
    await gatehouse.configure(config);
    await gatehouse.map(identity);
    expect(await gatehouse.desiredOf(account!)).toMatchObject({
      version: 1,
      config_version: before!.config_version + 1,
    });
  });
});

describe('two names, one Jira key', () => {
  async function keyTaken(second: Record<string, unknown>) {
    const holder = await gatehouse.map(await gatehouse.identity('cognito', ada));
    await gatehouse.jiraSays(holder.account!, { key: 'JIRAUSER1', state: 'ready' });
    const identity = await gatehouse.identity('partner', { ...ada, preferred_username: 'ada.l', ...second });
    const own = await gatehouse.map(identity);
    await gatehouse.jiraSays(own.account!, { state: 'refused', code: 'match.key_taken', takenBy: holder.account! });
    return { holder, identity, own };
  }

  it('an equal verified e-mail attaches the identity to the account that holds the key', async () => {
    const { holder, identity } = await keyTaken({});
    expect(await gatehouse.map(identity)).toEqual(holder);
    expect((await gatehouse.published()).at(-1)).toMatchObject({ event: 'access.desired', key: holder.account });
    expect((await gatehouse.desiredOf(holder.account!))?.content).toMatchObject({ username: 'Ada' });
  });

  it('another e-mail leaves the identity where it is, refused', async () => {
    const { identity, own } = await keyTaken({ email: 'other@example.com' });
    expect(await gatehouse.map(identity)).toEqual(own);
  });

  it('a new identity of the emptied name goes straight to the holder', async () => {
    const { holder, identity } = await keyTaken({});
    await gatehouse.map(identity);
    const third = await gatehouse.identity('partner', { ...ada, preferred_username: 'ada.l' });
    expect(await gatehouse.map(third)).toEqual(holder);
  });
});
