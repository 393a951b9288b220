import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ada, config } from '../test/ada.js';
import { Directory } from '../test/directory.js';
import { Installation } from '../test/installation.js';

let gatehouse: Installation;
beforeAll(async () => void (gatehouse = await Installation.open()));
afterAll(() => gatehouse.close());
beforeEach(async () => {
  await gatehouse.empty();
  await gatehouse.configure(config);
});

const lovelace = { preferred_username: 'ada.lovelace' };

async function known(provider = 'trusted') {
  const identity = await gatehouse.identity(provider, ada);
  const { account } = await gatehouse.map(identity);
  await inJira(account!, 'ada');
  return { identity, account: account! };
}

const inJira = async (account: string, username: string) => {
  await gatehouse.jiraSays(account, { key: `KEY-${account}`, state: 'ready' });
  await gatehouse.dataSource.query('update sync.jira_account set username = $2 where account_id = $1', [
    account,
    username,
  ]);
};

const nameOf = async (account: string) => {
  const [row] = await gatehouse.dataSource.query<{ name_folded: string }[]>(
    'select name_folded from mapping.account where id = $1',
    [account],
  );
  return row!.name_folded;
};

const contentOf = async (account: string) => (await gatehouse.desiredOf(account))?.content;

describe('a person who gets another name at the provider', () => {
  it('P05 P06 stays the same account, and a trusted provider says which name the Jira user is to have', async () => {
    const { identity, account } = await known();
    await gatehouse.claim(identity, lovelace);
    expect(await gatehouse.map(identity)).toEqual({ account, code: undefined });
    expect(await contentOf(account)).toMatchObject({ username: 'ada', nameToHave: 'ada.lovelace' });
    expect(await nameOf(account)).toBe('ada');
  });

  it('P06 does not lose the account to whoever is given the old name before Jira has the new one', async () => {
    const { identity, account } = await known();
    await gatehouse.claim(identity, lovelace);
    await gatehouse.map(identity);
    const other = await gatehouse.identity('trusted', { ...ada, email: 'another.ada@example.com' });
    expect(await gatehouse.map(other)).toMatchObject({ code: 'match.identity_not_linked' });
    expect(await gatehouse.map(identity)).toEqual({ account, code: undefined });
  });

  it('P06 gets no other Jira name from a provider that lets people choose theirs', async () => {
    const { identity, account } = await known('cognito');
    await gatehouse.claim(identity, lovelace);
    await gatehouse.map(identity);
    expect(await contentOf(account)).not.toHaveProperty('nameToHave');
  });

  it('P05 in another case only, is to have no other name', async () => {
    const { identity, account } = await known();
    await gatehouse.claim(identity, { preferred_username: 'ADA' });
    await gatehouse.map(identity);
    expect(await contentOf(account)).not.toHaveProperty('nameToHave');
  });
});

describe('once the Jira user has the name too', () => {
  it('P06 the account goes by it, and whoever gets the old name is somebody else', async () => {
    const { identity, account } = await known();
    await gatehouse.claim(identity, lovelace);
    await inJira(account, 'Ada.Lovelace');
    await gatehouse.map(identity);
    expect(await nameOf(account)).toBe('ada.lovelace');
    expect(await contentOf(account)).toMatchObject({ username: 'ada.lovelace', authoritative: true });
    expect(await contentOf(account)).not.toHaveProperty('nameToHave');

    const successor = await gatehouse.identity('trusted', { ...ada, email: 'other.ada@example.com' });
    const { account: other } = await gatehouse.map(successor);
    expect(other).not.toBe(account);
  });

  it('P06 an account to which nobody belongs any more does not stand in the way', async () => {
    const { identity, account } = await known();
    const [left] = await gatehouse.dataSource.query<{ id: string }[]>(
      `insert into mapping.account (name_folded) values ('ada.lovelace') returning id`,
    );
    await gatehouse.claim(identity, lovelace);
    await inJira(account, 'ada.lovelace');
    await gatehouse.map(identity);
    expect(await nameOf(account)).toBe('ada.lovelace');
    expect(await nameOf(left!.id)).toBe('ada');
  });

  it('P06 one in use does', async () => {
    const { identity, account } = await known();
    const grace = await gatehouse.identity('cognito', { ...ada, ...lovelace, email: 'grace@example.com' });
    const { account: taken } = await gatehouse.map(grace);
    await gatehouse.claim(identity, lovelace);
    await inJira(account, 'ada.lovelace');
    expect(await gatehouse.map(identity)).toEqual({ account, code: undefined });
    expect(await nameOf(account)).toBe('ada');
    expect(await nameOf(taken!)).toBe('ada.lovelace');
  });
});

describe('S60 I4 whoever is deactivated and has no Jira user', () => {
  const barred = { state: 'refused', code: 'account.deactivated' };
  const order = (account: string, kind: string) =>
    gatehouse.dataSource.query(
      `insert into console.account_order (account_id, kind, lifts, actor, reason) values ($1, $2, '{}', 'test', 'x')`,
      [account, kind],
    );

  it('by an order does not leave it by another name, until a newer order', async () => {
    const identity = await gatehouse.identity('cognito', ada);
    const { account } = await gatehouse.map(identity);
    await gatehouse.jiraSays(account!, { state: 'refused', code: 'match.email_differs' });
    await order(account!, 'deactivate');
    await gatehouse.claim(identity, lovelace);
    expect(await gatehouse.map(identity)).toEqual({ account, code: undefined });
    await gatehouse.jiraSays(account!, barred);
    expect(await gatehouse.map(identity)).toEqual({ account, code: undefined });
    expect(await gatehouse.count('mapping.account')).toBe(1);

    await order(account!, 'reactivate');
    expect((await gatehouse.map(identity)).account).not.toBe(account);
  });

  it('by an order does not leave it for the account that has the Jira user', async () => {
    const { account: holder } = await known('partner');
    const identity = await gatehouse.identity('cognito', { ...ada, ...lovelace });
    const { account } = await gatehouse.map(identity);
    await gatehouse.jiraSays(account!, { state: 'refused', code: 'match.key_taken', takenBy: holder });
    await order(account!, 'deactivate');
    expect(await gatehouse.map(identity)).toEqual({ account, code: undefined });
    await order(account!, 'reactivate');
    expect((await gatehouse.map(identity)).account).toBe(holder);
  });

  it('by the directory whose user was removed with it does not come in through another name of a sign-in', async () => {
    const directory = new Directory(gatehouse, 'cognito');
    const cognito = { ...config.mappings.cognito, directory: { whenRemoved: 'remove' as const } };
    await gatehouse.configure({ ...config, mappings: { cognito } });
    const person = await directory.person('ada', { externalId: 'subject-1' });
    const { account } = await gatehouse.mapDirectoryUser(person);
    const identity = await gatehouse.identity('cognito', { ...ada, nick: 'countess' }, 'subject-1');
    expect((await gatehouse.map(identity)).account).toBe(account);
    await directory.removePerson(person);
    await gatehouse.mapDirectoryUser(person, 'offboarding');
    await gatehouse.jiraSays(account!, barred);

    const profile = { username: { claim: 'nick' } };
    await gatehouse.configure({ ...config, mappings: { cognito: { ...cognito, profile } } });
    expect(await gatehouse.map(identity, 'bulk')).toEqual({ account, code: undefined });
    expect(await contentOf(account!)).toMatchObject({ deactivated: { by: 'directory', removesUser: true } });
  });

  it('by one directory does not leave it by the name that another one gives', async () => {
    const [one, other] = [new Directory(gatehouse, 'cognito'), new Directory(gatehouse, 'trusted')];
    const renamed = await one.person('ada');
    const { account } = await gatehouse.mapDirectoryUser(renamed);
    await inJira(account!, 'ada');
    const inactive = await other.person('ada');
    expect((await gatehouse.mapDirectoryUser(inactive)).account).toBe(account);
    await gatehouse.jiraSays(account!, { state: 'refused', code: 'match.import_off' });
    await other.set(inactive, { active: false });
    await one.set(renamed, { userName: 'ada.lovelace' });
    expect(await gatehouse.mapDirectoryUser(renamed)).toEqual({ account, code: undefined });
    expect(await contentOf(account!)).toMatchObject({ deactivated: { by: 'directory', provider: 'trusted' } });
  });

  it('by the directory brings that to the account that has the Jira user', async () => {
    const allowing = { ...config.providers.cognito, allowedEmailDomains: ['example.com'] };
    await gatehouse.configure({ ...config, providers: { ...config.providers, cognito: allowing } });
    const directory = new Directory(gatehouse, 'cognito');
    const { account: holder } = await known('partner');
    const person = await directory.person('lovelace', { email: 'ada@example.com' });
    const { account } = await gatehouse.mapDirectoryUser(person);
    await gatehouse.jiraSays(account!, { state: 'refused', code: 'match.key_taken', takenBy: holder });
    await directory.set(person, { active: false });
    expect((await gatehouse.mapDirectoryUser(person, 'offboarding')).account).toBe(holder);
    expect(await contentOf(holder)).toMatchObject({ deactivated: { by: 'directory', provider: 'cognito' } });
  });
});
