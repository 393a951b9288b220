import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ada, config } from '../test/ada.js';
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
