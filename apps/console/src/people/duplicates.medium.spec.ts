import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Duplicates } from '@gatehouse/contracts';
import { Surroundings } from '../../test/running-console.js';
import type { RunningConsole } from '../../test/running-console.js';

describe('P05 accounts that may be one person', () => {
  let surroundings: Surroundings;
  let running: RunningConsole;
  beforeAll(async () => {
    surroundings = await Surroundings.open();
    running = await surroundings.start();
  });
  afterAll(() => surroundings.close());
  beforeEach(() => query('truncate gateway.identity, mapping.account, mapping.account_identity cascade'));

  const query = (text: string, values: unknown[] = []) =>
    surroundings.dataSource.query<Record<string, unknown>[]>(text, values);

  async function person(name: string, email: string): Promise<string> {
    const [account, identity] = [randomUUID(), randomUUID()];
    await query('insert into mapping.account (id, name_folded) values ($1, $2)', [account, name]);
    await query(
      `insert into gateway.identity (id, provider, issuer, subject, claims)
       values ($1::uuid, 'cognito', 'https://idp.example', $1::text, '{}')`,
      [identity],
    );
    await query('insert into mapping.account_identity (identity_id, account_id) values ($1, $2)', [identity, account]);
    await query(
      `insert into mapping.desired_access (account_id, version, content, config_version) values ($1, 1, $2, 1)`,
      [account, JSON.stringify({ email })],
    );
    return account;
  }

  const list = async (search = '') =>
    Duplicates.parse(await (await running.request(`people/duplicates${search}`)).json());

  it('are those of one address in any case, and of names that differ by accents only', async () => {
    const [ada, twin] = [await person('ada', 'Ada@example.com'), await person('ada.l', 'ada@EXAMPLE.com')];
    const [zoe, plain] = [await person('zo\u00eb', 'zoe@example.com'), await person('zoe', 'other@example.com')];
    await person('grace', 'grace@example.com');
    const { items, next } = await list();
    expect(next).toBeNull();
    expect(items.map(({ by, value, count }) => ({ by, value, count }))).toEqual([
      { by: 'email', value: 'ada@example.com', count: 2 },
      { by: 'name', value: 'zoe', count: 2 },
    ]);
    const accountsOf = (at: number) => items[at]!.accounts.map(({ account }) => account).sort();
    expect(accountsOf(0)).toEqual([ada, twin].sort());
    expect(accountsOf(1)).toEqual([zoe, plain].sort());
    expect(items[0]!.accounts[0]).toMatchObject({ providers: ['cognito'], username: null });
  });

  it('come page by page, each once, and no more than twenty accounts of each', async () => {
    for (let n = 0; n < 25; n += 1) await person(`load-${n}`, 'shared@example.com');
    for (const letter of ['a', 'b', 'c']) {
      await person(letter, `${letter}@example.com`);
      await person(`${letter}2`, `${letter.toUpperCase()}@example.com`);
    }
    const values: string[] = [];
    let next: string | null = '';
    while (next !== null) {
      const page: Duplicates = await list(`?limit=1${next === '' ? '' : `&after=${next}`}`);
      values.push(...page.items.map(({ value }) => value));
      next = page.next;
    }
    expect(values).toEqual(['a@example.com', 'b@example.com', 'c@example.com', 'shared@example.com']);
    const shared = (await list()).items.find(({ value }) => value === 'shared@example.com')!;
    expect(shared).toMatchObject({ count: 25 });
    expect(shared.accounts).toHaveLength(20);
  });

  it('refuses a cursor that is none', async () => {
    expect((await running.request('people/duplicates?after=zzz')).status).toBe(400);
  });
});
