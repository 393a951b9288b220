import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { scaled } from '@gatehouse/testing';
import { ada } from '../test/ada.js';
import { Installation } from '../test/installation.js';

let gatehouse: Installation;
beforeAll(async () => void (gatehouse = await Installation.open()));
afterAll(() => gatehouse.close());
beforeEach(() => gatehouse.empty());

const provider = { name: 'Company', issuer: 'https://idp.example', clientId: 'c' };
const configure = (to: string) =>
  gatehouse.configure({
    providers: { company: provider, other: provider },
    mappings: { company: { groups: { rules: [{ from: 'dev', to }] } } },
  });

const pass = async () => {
  const rows = await gatehouse.dataSource.query<Record<string, unknown>[]>(
    'select config_version, total, done, finished_at is not null as finished from mapping.remap',
  );
  return rows[0];
};

describe('a changed mapping', () => {
  it('reaches people who do not sign in', async () => {
    await configure('jira-developers');
    const id = await gatehouse.identity('company', { ...ada, groups: ['dev'] });
    const { account } = await gatehouse.map(id);
    await configure('jira-engineers');
    await gatehouse.remap('company');
    const due = (await gatehouse.published()).filter(({ event }) => event === 'identity.mapping-due');
    expect(due).toEqual([{ event: 'identity.mapping-due', key: id, queue: 'claim-mapping.bulk' }]);
    await gatehouse.map(id, 'bulk');
    const desired = await gatehouse.desiredOf(account!);
    expect(desired).toMatchObject({ version: 2, content: { groups: { wanted: ['jira-engineers'] } } });
    expect((await gatehouse.published()).at(-1)).toEqual({
      event: 'access.desired',
      key: account,
      queue: 'group-sync.bulk',
    });
  });

  describe('L08 whom it changes nothing of', () => {
    const applied = `insert into sync.jira_account (account_id, jira_key, username, active, state, applied_version, verified_at)
      select account_id, 'JIRAUSER1', 'ada', true, 'ready', version, now() from mapping.desired_access`;
    const published = async () =>
      (await gatehouse.published()).filter(({ event }) => event === 'access.desired').length;

    async function remapped(...meanwhile: string[]): Promise<number> {
      await configure('jira-developers');
      const id = await gatehouse.identity('company', { ...ada, groups: ['dev'] });
      await gatehouse.map(id);
      for (const statement of [applied, ...meanwhile]) await gatehouse.dataSource.query(statement);
      const before = await published();
      await gatehouse.map(id, 'bulk');
      return (await published()) - before;
    }

    it('is not read in Jira', async () => expect(await remapped()).toBe(0));

    it.each([
      ['was not applied', `update sync.jira_account set applied_version = null`],
      ['is not active', `update sync.jira_account set active = false`],
      ['is refused', `update sync.jira_account set state = 'refused'`],
      ['waits for a seat', `update sync.jira_account set code = 'jira.licence_full'`],
      ['was left by a killed run', `update sync.jira_account set under_way = '{}'`],
      ['is doubted', `update sync.jira_account set verified_at = null`],
      ['is to be verified', `update sync.jira_account set verify_from = now() + interval '10 seconds'`],
      [
        'waits for a word',
        `insert into sync.held_removal (account_id, group_folded, group_name, because, scope, config_version, version)
         select account_id, 'x', 'x', 'managed', 'run', 1, 1 from sync.jira_account`,
      ],
    ])('but is, when it %s', async (_, statement) => expect(await remapped(statement)).toBe(1));

    it('and at a sign-in always', async () => {
      await configure('jira-developers');
      const id = await gatehouse.identity('company', { ...ada, groups: ['dev'] });
      await gatehouse.map(id);
      await gatehouse.dataSource.query(applied);
      await gatehouse.map(id);
      expect(await published()).toBe(2);
    });
  });

  it('reaches only the people of its provider, each once', async () => {
    await configure('x');
    const ours = [await gatehouse.identity('company', ada), await gatehouse.identity('company', ada)];
    await gatehouse.identity('other', ada);
    await gatehouse.remap('company');
    expect((await gatehouse.published()).map(({ key }) => key)).toEqual(ours.toSorted());
    expect(await pass()).toEqual(expect.objectContaining({ total: 2, done: 2, finished: true }));
    expect(gatehouse.settled).toBe(1);
  });

  it('takes nothing away on a list that did not come: the existing rule', async () => {
    await gatehouse.configure({
      providers: { company: provider },
      mappings: { company: { groups: { keepExisting: false, rules: [{ from: 'dev', to: 'x' }] } } },
    });
    const id = await gatehouse.identity('company', { ...ada, groups: undefined });
    const { account } = await gatehouse.map(id);
    await gatehouse.configure({
      providers: { company: provider },
      mappings: { company: { groups: { keepExisting: false, rules: [{ from: 'dev', to: 'y' }] } } },
    });
    await gatehouse.remap('company');
    await gatehouse.map(id, 'bulk');
    expect(await gatehouse.desiredOf(account!)).toMatchObject({ content: { groups: { wanted: [], managed: [] } } });
  });
});

describe('many people', () => {
  const pages = Math.ceil(scaled(10_000, 1_200) / 500);
  const people = pages * 500 - 100;
  const add = (count: number) =>
    gatehouse.dataSource.query(
      `insert into gateway.identity (provider, issuer, subject, claims)
       select 'company', 'https://idp.example', n::text, '{}' from generate_series(1, $1::int) n`,
      [count],
    );
  const sent = async () => {
    const rows = await gatehouse.dataSource.query<{ rows: number; people: number; largest: number; commits: number }[]>(
      `select sum(n)::int as rows, count(distinct id)::int as commits, max(n)::int as largest,
         (select count(distinct key)::int from messaging.outbox) as people
       from (select xmin::text as id, count(*) as n from messaging.outbox group by xmin) as committed`,
    );
    return rows[0]!;
  };

  it('I1 are sent on page by page: bounded commits, everybody once', async () => {
    await configure('x');
    await add(people);
    await gatehouse.remap('company');
    expect(await sent()).toEqual({ rows: people, people, largest: 500, commits: pages });
    expect(await pass()).toMatchObject({ total: people, done: people, finished: true });
  }, 120_000);

  it('F01 a kill in the middle resumes after the last page that was committed', async () => {
    await configure('x');
    await add(people);
    await expect(gatehouse.remap('company', { killedAfterPages: 1 })).rejects.toThrow('killed');
    expect(await pass()).toMatchObject({ done: 500, finished: false });
    await gatehouse.remap('company');
    expect(await sent()).toMatchObject({ rows: people, people });
    expect(await pass()).toMatchObject({ done: people, finished: true });
    await gatehouse.remap('company');
    expect(await sent()).toMatchObject({ rows: people });
  }, 120_000);

  it('F27 a newer configuration starts from the beginning', async () => {
    await configure('x');
    await add(people);
    await expect(gatehouse.remap('company', { killedAfterPages: 1 })).rejects.toThrow('killed');
    const before = await pass();
    await configure('y');
    await gatehouse.remap('company');
    expect(await sent()).toMatchObject({ rows: people + 500, people });
    expect((await pass())!['config_version']).toBe((before!['config_version'] as number) + 1);
  }, 120_000);

  it('F19 two deliveries at once share the pages', async () => {
    await configure('x');
    await add(people);
    await Promise.all([gatehouse.remap('company'), gatehouse.remap('company')]);
    expect(await sent()).toMatchObject({ rows: people, people });
    expect(await pass()).toMatchObject({ done: people, finished: true });
  }, 120_000);
});

it('F27 a run never settles the news of a configuration that it did not read', async () => {
  await configure('x');
  const id = await gatehouse.identity('company', { ...ada, groups: ['dev'] });
  // A process whose notification was lost: its cache is a moment old and says so of nothing.
  const reader = gatehouse.reader();
  await reader.current();
  await configure('y');
  const { account } = await gatehouse.map(id, 'bulk', reader);
  expect(await gatehouse.desiredOf(account!)).toMatchObject({ content: { groups: { wanted: ['y'] } } });
});
