import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { flow } from '@gatehouse/contracts';
import { openDatabase } from '@gatehouse/database';
import { Outbox } from '@gatehouse/messaging';
import { createTestDatabase, scaled, waitFor } from '@gatehouse/testing';
import type { DataSource, EntityManager } from 'typeorm';
import { CleanupRunner, Cleanups, DirectoryGroups, DirectoryPeople, DirectoryUsers } from '../src/index.js';
import { depthMax, flattened, groupsOf } from '../src/groups-of.js';

const provider = 'cognito';
const traceId = randomBytes(16).toString('hex');
const outbox = new Outbox(flow);
const [users, groups] = [new DirectoryUsers(outbox), new DirectoryGroups(outbox)];
let dataSource: DataSource;
let drop: () => Promise<void>;

beforeAll(async () => {
  const database = await createTestDatabase();
  dataSource = await openDatabase(database.url, 4);
  drop = () => database.drop();
});
afterAll(async () => {
  await dataSource.destroy();
  await drop();
});
beforeEach(() =>
  dataSource.query(
    `truncate directory.directory_user, directory.directory_group, directory.directory_member,
       directory.membership_change, messaging.outbox`,
  ),
);

const within = <T>(work: (manager: EntityManager) => Promise<T>) => dataSource.transaction(work);
const of = (id: string) => ({ provider, id });
const person = (userName: string, other = provider) =>
  within((manager) =>
    users.create(manager, other, { userName, externalId: null, active: true, resource: { title: 'x' } }, traceId),
  );
const group = (displayName: string, other = provider) =>
  within((manager) => groups.create(manager, other, { displayName, externalId: null, resource: {} }));
const add = (id: string, ...members: string[]) =>
  within((manager) => groups.addMembers(manager, of(id), members, traceId));
const events = async () =>
  (await dataSource.query<{ event: string }[]>('select event from messaging.outbox order by id')).map(
    ({ event }) => event,
  );
const isAnyoneWaiting = async () => {
  const waiting = await dataSource.query<unknown[]>(
    `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
  );
  return waiting.length > 0;
};
const namesOf = async (id: string) =>
  (await groupsOf(dataSource.manager, id)).groups.map(({ name, chain }) => [...chain, name].join(' > '));

describe('people of a directory', () => {
  it('I1 are written with the event, or not at all', async () => {
    await expect(
      within(async (manager) => {
        await users.create(
          manager,
          provider,
          { userName: 'ada', externalId: null, active: true, resource: {} },
          traceId,
        );
        throw new Error('killed');
      }),
    ).rejects.toThrow('killed');
    expect(await events()).toEqual([]);
    await person('ada');
    expect(await events()).toEqual(['directory.user-changed']);
  });

  it('have a version that grows with every change, and no event without one', async () => {
    const { id, version } = await person('ada');
    expect(version).toBe(1);
    const change = (what: object, expected?: number) =>
      within((manager) => users.change(manager, { ...of(id), version: expected }, what, traceId));
    expect(await change({ active: true, resource: { title: 'x' } })).toMatchObject({ version: 1 });
    expect(await change({ externalId: 'x-1' })).toMatchObject({ version: 2 });
    expect(await change({ active: false }, 1)).toBeUndefined();
    expect(await change({ active: false }, 2)).toMatchObject({ version: 3 });
    expect(await change({ active: true })).toMatchObject({ version: 4 });
    expect(await events()).toEqual([
      ...['directory.user-changed', 'directory.user-changed'],
      ...['directory.user-deactivated', 'directory.user-changed'],
    ]);
  });

  it('are found by one name only, without regard to case, until they are removed', async () => {
    const { id } = await person('Ada');
    await expect(person('aDA')).rejects.toMatchObject({ code: '23505' });
    await person('ada', 'partner');
    const { id: dev } = await group('dev');
    await add(dev, id);
    expect(await within((manager) => users.remove(manager, of(id), traceId))).toBe(true);
    expect(await within((manager) => users.remove(manager, of(id), traceId))).toBe(false);
    expect(await namesOf(id)).toEqual([]);
    expect((await new DirectoryPeople().read(dataSource.manager, [id]))[0]).toMatchObject({
      directory: { standing: 'removed' },
    });
    await person('ada');
    const [row] = await dataSource.query<{ version: string }[]>('select version from directory.directory_group');
    expect(row!.version).toBe('3');
  });

  it('E14 leave no row in any group, whatever adds them at the same moment, and nobody waits for ever', async () => {
    const crowd = scaled(120, 30);
    const people = await Promise.all(Array.from({ length: crowd }, (_, n) => person(`load-${n}`)));
    const all = people.map(({ id }) => id);
    const ids = await Promise.all(Array.from({ length: 4 }, (_, n) => group(`group-${n}`)));
    const removed = all.filter((_, n) => n % 2 === 0);
    const results = await Promise.all([
      ...removed.map((id) => within((manager) => users.remove(manager, of(id), traceId))),
      ...ids.flatMap(({ id }) => [add(id, ...all), add(id, ...all.toReversed()), ...all.map((one) => add(id, one))]),
      ...ids.map(({ id }) => within((manager) => groups.replaceMembers(manager, of(id), all, traceId))),
    ]);
    expect(results.slice(0, removed.length)).toEqual(removed.map(() => true));
    const left = await dataSource.query<unknown[]>('select from directory.directory_member where member_id = any($1)', [
      removed,
    ]);
    expect(left).toEqual([]);
    for (const { id } of ids) expect(await add(id, ...all)).toMatchObject({ changed: 0 });
  }, 60_000);

  it.each(['the addition', 'the removal'])('E14 are in no group when %s is the first of the two', async (first) => {
    const [ada, dev] = [await person('ada'), await group('dev')];
    const remove = () => within((manager) => users.remove(manager, of(ada.id), traceId));
    const second = await within(async (manager) => {
      if (first === 'the removal') await users.remove(manager, of(ada.id), traceId);
      else await groups.addMembers(manager, of(dev.id), [ada.id], traceId);
      const other = first === 'the removal' ? add(dev.id, ada.id) : remove();
      await waitFor(isAnyoneWaiting, { what: 'the other one to wait for this one' });
      return { other };
    });
    await second.other;
    expect(await dataSource.query('select from directory.directory_member')).toEqual([]);
  });

  it('of another provider are out of reach', async () => {
    const { id } = await person('ada', 'partner');
    expect(await within((manager) => users.change(manager, of(id), { active: false }, traceId))).toBeUndefined();
    expect(await within((manager) => users.remove(manager, of(id), traceId))).toBe(false);
    const { id: dev } = await group('dev');
    expect(await add(dev, id, randomUUID())).toMatchObject({ changed: 0, version: 1 });
    expect(await namesOf(id)).toEqual([]);
  });
});

describe('X32 a plan of who is missing from a complete list, and its application', () => {
  const rules = (missing: 'deactivate' | 'remove' | 'keep', perRunMax = 1_000) => ({
    options: { missing, exceptNames: [], exceptGroups: [] },
    ...{ brake: { perRunMax, percentMax: 100 }, configVersion: 7 },
  });
  const cleanups = new Cleanups();
  const runner = () => new CleanupRunner(dataSource, cleanups, users);

  /** @returns what was planned, and the order to apply it */
  async function planned(pages: readonly (readonly string[])[], by: ReturnType<typeof rules>) {
    const listedAt = new Date(Date.now() + 50_000);
    const reference = (await within((manager) =>
      cleanups.open(manager, { provider, by: 'userName', listedAt, actor: 'somebody' }),
    ))!;
    for (const page of pages) await within((manager) => cleanups.add(manager, reference, page));
    const plan = await within((manager) => cleanups.plan(manager, reference, by));
    return { plan, order: { ...reference, configVersion: by.configVersion, traceId } };
  }
  type Order = Parameters<CleanupRunner['begin']>[1];
  const begin = (order: Order) => within((manager) => runner().begin(manager, order));
  const apply = async (order: Order) => {
    await begin(order);
    return runner().run(order);
  };
  const active = async () =>
    (
      await dataSource.query<{ user_name: string }[]>(
        'select user_name from directory.directory_user where active and deleted_at is null order by 1',
      )
    ).map((row) => row.user_name);

  it.each([
    ['deactivate', ['ada', 'grace']],
    ['remove', ['ada', 'grace']],
    ['keep', ['ada', 'grace', 'linus', 'zoe']],
  ] as const)('leads to what is set: %s', async (missing, left) => {
    for (const name of ['ada', 'grace', 'linus', 'zoe']) await person(name);
    const { plan, order } = await planned([['ADA'], ['grace']], rules(missing));
    expect(plan).toMatchObject({ state: 'planned', held: null, people: [{ userName: 'linus' }, { userName: 'zoe' }] });
    expect(await active()).toEqual(['ada', 'grace', 'linus', 'zoe']);
    expect(await apply(order)).toMatchObject({ state: 'applied', result: { changed: 4 - left.length, skipped: 0 } });
    expect(await active()).toEqual(left);
  });

  it('X51 is held beyond the brake until somebody names how many people it takes, and an empty list always', async () => {
    for (const name of ['ada', 'linus', 'zoe']) await person(name);
    const { plan, order } = await planned([['ada']], rules('remove', 1));
    expect(plan).toMatchObject({ held: 'number', counts: { people: 2 } });
    for (const acceptPeople of [undefined, 1])
      await expect(apply({ ...order, acceptPeople })).rejects.toMatchObject({ code: 'cleanup.held' });
    const empty = await planned([[]], rules('remove'));
    expect(empty.plan).toMatchObject({ held: 'unusable', counts: { people: 3 } });
    await expect(apply({ ...empty.order, acceptPeople: 3 })).rejects.toMatchObject({ code: 'cleanup.list_unusable' });
    expect(await active()).toEqual(['ada', 'linus', 'zoe']);
    expect(await apply({ ...order, acceptPeople: 2 })).toMatchObject({ state: 'applied', result: { changed: 2 } });
    expect(await active()).toEqual(['ada']);
  });

  it('leaves alone whom the provider changes between the plan and their turn', async () => {
    const [, linus] = [await person('ada'), await person('linus'), await person('zoe')];
    const { order } = await planned([['ada']], rules('deactivate'));
    await begin(order);
    await within((manager) => users.change(manager, of(linus.id), { externalId: 'x' }, traceId));
    expect(await runner().run(order)).toMatchObject({ result: { changed: 1, skipped: 1 } });
    expect(await active()).toEqual(['ada', 'linus']);
  });

  it('is done only when nobody is left, also of those whom a second application of it has in hand', async () => {
    for (const name of ['ada', 'linus', 'zoe']) await person(name);
    const { order } = await planned([['ada']], rules('deactivate'));
    await begin(order);
    const second = await within(async (manager) => {
      await manager.query('select from directory.cleanup_person for update');
      return runner().run(order);
    });
    expect(second).toMatchObject({ state: 'planned', people: [{ userName: 'linus' }, { userName: 'zoe' }] });
    expect(await runner().run(order)).toMatchObject({ state: 'applied', people: [], result: { changed: 2 } });
  });
});

describe('groups of a directory', () => {
  it('C67 keep all of 20 members who are added at the same moment', async () => {
    const { id: dev } = await group('dev');
    const people = await Promise.all(Array.from({ length: 20 }, (_, n) => person(`load-${n}`)));
    await Promise.all(people.map(({ id }) => add(dev, id)));
    const [row] = await dataSource.query<{ n: number }[]>('select count(*)::int as n from directory.directory_member');
    expect(row!.n).toBe(20);
    expect(await add(dev, people[0]!.id)).toMatchObject({ changed: 0, version: 21 });
  });

  it('C66 keep their members when they are renamed, and a name is free again once its group is removed', async () => {
    const { id } = await person('ada');
    const { id: dev } = await group('dev');
    await add(dev, id);
    const rename = (displayName: string) =>
      within((manager) => groups.change(manager, of(dev), { displayName }, traceId));
    await rename('sales');
    expect(await namesOf(id)).toEqual(['sales']);
    expect(await rename('sales')).toMatchObject({ version: 3 });
    expect((await events()).filter((event) => event === 'directory.group-changed')).toHaveLength(2);
    await within((manager) => groups.remove(manager, of(dev), traceId));
    expect(await namesOf(id)).toEqual([]);
    expect(await add(dev, id)).toBeUndefined();
    await group('sales');
  });

  it('C69 a removal of a group locks it with all that it is in, in the order of ids, as the removal of a person does', async () => {
    const made = await Promise.all(['a', 'b', 'c'].map(async (name) => (await group(name)).id));
    const [one, other, inner] = made.toSorted();
    for (const outer of [one!, other!]) await add(outer, inner!);
    const lock = 'select from directory.directory_group where id = $1 for update nowait';
    let removed: Promise<boolean> | undefined;
    await within(async (holder) => {
      await holder.query(lock, [other]);
      removed = within((manager) => groups.remove(manager, of(inner!), traceId));
      await waitFor(isAnyoneWaiting, { what: 'the removal to wait' });
      // It holds what is before that one, and nothing behind it.
      await holder.query(lock, [inner]);
    });
    expect(await removed).toBe(true);
  });

  it('P22 count through each other by the shortest way, and cycles end', async () => {
    const { id } = await person('ada');
    const ids: Record<string, string> = {};
    for (const name of ['a', 'b', 'c', 'd']) ids[name] = (await group(name)).id;
    await add(ids['a']!, id);
    await add(ids['b']!, ids['a']!);
    await add(ids['c']!, ids['b']!);
    await add(ids['d']!, ids['c']!, ids['a']!);
    await add(ids['a']!, ids['d']!);
    expect(await namesOf(id)).toEqual(['a', 'a > b', 'a > b > c', 'a > d']);
  });

  it('deeper than is followed are not a whole list, so nothing is taken away on it', async () => {
    const { id } = await person('ada');
    let inner = id;
    for (let depth = 1; depth <= depthMax + 1; depth += 1) {
      const { id: outer } = await group(`g${depth}`);
      await add(outer, inner);
      inner = outer;
    }
    const { groups: found, isWhole } = await groupsOf(dataSource.manager, id);
    expect([found.length, isWhole]).toEqual([depthMax, false]);
  });
});

describe('a large directory', () => {
  const [people, groupCount, own] = [scaled(100_000, 10_000), scaled(5_000, 3_000), 2_000];

  it('P20 flattens somebody in 2,000 groups by indexes, in little time', async () => {
    const { id } = await person('grace');
    await within(async (manager) => {
      await manager.query('set local statement_timeout = 0');
      await manager.query(
        `insert into directory.directory_user (id, provider, user_name, user_name_folded)
       select gen_random_uuid(), 'cognito', 'load-' || n, 'load-' || n from generate_series(1, $1::int) as n`,
        [people],
      );
      await manager.query(
        `insert into directory.directory_group (provider, display_name, display_name_folded)
       select 'cognito', 'group-' || n, 'group-' || n from generate_series(1, $1::int) as n`,
        [groupCount],
      );
      await manager.query(
        `insert into directory.directory_member (group_id, member_id, member_kind)
       select g.id, u.id, 'user' from directory.directory_user as u cross join generate_series(1, 20) as k
       join directory.directory_group as g
         on g.display_name_folded = 'group-' || (1 + (hashtext(u.user_name || k) & 2147483647) % $1::int)
       where u.user_name <> 'grace'
       on conflict do nothing`,
        [groupCount],
      );
      await manager.query(
        `insert into directory.directory_member (group_id, member_id, member_kind)
       select id, $1::uuid, 'user' from directory.directory_group order by display_name_folded limit $2`,
        [id, own],
      );
      // Every tenth group is in another one.
      await manager.query(
        `insert into directory.directory_member (group_id, member_id, member_kind)
       select parent.id, child.id, 'group' from (
         select id, row_number() over (order by id) as n from directory.directory_group) as child
       join (select id, row_number() over (order by id) as n from directory.directory_group) as parent
         on child.n % 10 = 0 and parent.n = child.n / 10
       on conflict do nothing`,
      );
    });
    await dataSource.query('analyze');
    const times: number[] = [];
    for (let round = 0; round < 5; round += 1) {
      const startedAt = performance.now();
      const { groups: found, isWhole } = await groupsOf(dataSource.manager, id);
      times.push(performance.now() - startedAt);
      expect(found.length).toBeGreaterThanOrEqual(own);
      expect(isWhole).toBe(true);
    }
    const plan = await dataSource.query<{ 'QUERY PLAN': string }[]>(`explain (analyze, buffers) ${flattened}`, [
      id,
      32,
      10_001,
    ]);
    const text = plan.map((row) => row['QUERY PLAN']).join('\n');
    const took = /Execution Time.*/.exec(text)?.[0] ?? '';
    process.stderr.write(
      `${people} people, ${groupCount} groups: ${times.map((ms) => ms.toFixed(0)).join(', ')} ms; ${took}\n`,
    );
    expect(text).not.toMatch(/Seq Scan on directory_member/);
    expect(Math.min(...times)).toBeLessThan(500);
  }, 300_000);
});
