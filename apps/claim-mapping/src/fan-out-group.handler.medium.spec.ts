import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { config } from '../test/ada.js';
import { Directory } from '../test/directory.js';
import { Installation } from '../test/installation.js';

let gatehouse: Installation;
let directory: Directory;
beforeAll(async () => {
  gatehouse = await Installation.open();
  directory = new Directory(gatehouse, 'cognito');
});
afterAll(() => gatehouse.close());
beforeEach(async () => {
  await gatehouse.empty();
  await gatehouse.configure(config);
});

const forget = () => gatehouse.dataSource.query('truncate messaging.outbox, directory.membership_change');
const sent = async () =>
  (await gatehouse.published()).filter(({ event }) => event === 'directory.user-mapping-due').map(({ key }) => key);

/** load-0001, load-0002, ... of the directory, in one group. */
async function crowd(group: string, count: number): Promise<void> {
  await gatehouse.dataSource.query(
    `with people as (
       insert into directory.directory_user (provider, user_name, user_name_folded)
       select 'cognito', name, name from (
         select $1::text || '/load-' || lpad(n::text, 4, '0') as name from generate_series(1, $2::int) as n) as named
       returning id)
     insert into directory.directory_member (group_id, member_id, member_kind) select $1::uuid, id, 'user' from people`,
    [group, count],
  );
}

describe('a change of a group', () => {
  it('reaches those alone who came or went', async () => {
    const [here, newcomer] = [await directory.person('grace'), await directory.person('ada')];
    const dev = await directory.group('dev', here);
    await forget();
    await directory.add(dev, newcomer, here);
    await gatehouse.fanOut(dev);
    expect(await sent()).toEqual([newcomer]);
    await directory.remove(dev, here);
    await gatehouse.fanOut(dev);
    expect(await sent()).toEqual([newcomer, here]);
    expect(await gatehouse.count('directory.membership_change')).toBe(0);
    expect(gatehouse.settled).toBe(2);
  });

  it('X42 of a name, or of what it is in, reaches everybody however deep, once, and cycles end', async () => {
    const [ada, grace, linus] = [
      await directory.person('ada'),
      await directory.person('grace'),
      await directory.person('linus'),
    ];
    const [inner, middle, outer] = [
      await directory.group('inner', ada, grace),
      await directory.group('middle', ada),
      await directory.group('outer', linus),
    ];
    await directory.add(middle, inner);
    await directory.add(inner, middle);
    await forget();
    await directory.add(outer, middle);
    await gatehouse.fanOut(outer);
    expect((await sent()).toSorted()).toEqual([ada, grace].toSorted());
    await forget();
    await directory.rename(outer, 'another');
    await gatehouse.fanOut(outer);
    expect((await sent()).toSorted()).toEqual([ada, grace, linus].toSorted());
  });

  it('X42 that is removed reaches everybody who was in it, and then its rows go', async () => {
    const ada = await directory.person('ada');
    const [inner, outer] = [await directory.group('dev', ada), await directory.group('outer')];
    await directory.add(outer, inner);
    await gatehouse.mapDirectoryUser(ada);
    await forget();
    await directory.removeGroup(inner);
    const { account } = await gatehouse.mapDirectoryUser(ada);
    expect(await gatehouse.desiredOf(account!)).toMatchObject({ content: { groups: { wanted: [] } } });
    await gatehouse.fanOut(inner);
    expect(await sent()).toEqual([ada]);
    expect(await gatehouse.count('directory.directory_member')).toBe(0);
    expect(await gatehouse.count('directory.directory_group')).toBe(1);
  });
});

describe('a group of many', () => {
  const people = 1_200;

  it('F01 a kill in the middle resumes after the last page that was committed', async () => {
    const dev = await directory.group('dev');
    await crowd(dev, people);
    await directory.rename(dev, 'developers');
    await expect(gatehouse.fanOut(dev, { killedAfterPages: 1 })).rejects.toThrow('killed');
    expect(await sent()).toHaveLength(500);
    expect(gatehouse.settled).toBe(0);
    await gatehouse.fanOut(dev);
    const keys = await sent();
    expect([keys.length, new Set(keys).size]).toEqual([people, people]);
    expect(await gatehouse.count('directory.membership_change')).toBe(0);
  }, 60_000);

  it('F19 two deliveries at once share the pages', async () => {
    const [dev, outer] = [await directory.group('dev'), await directory.group('outer')];
    await crowd(dev, people);
    await forget();
    await directory.add(outer, dev);
    await Promise.all([gatehouse.fanOut(outer), gatehouse.fanOut(outer)]);
    const keys = await sent();
    expect([keys.length, new Set(keys).size]).toEqual([people, people]);
  }, 60_000);
});
