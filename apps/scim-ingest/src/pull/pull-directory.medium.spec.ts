import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { CognitoStandIn, emptyTables, testScale, waitFor } from '@gatehouse/testing';
import { RunningScim } from '../../test/running-scim.js';
import { knownPeople, unmarkFormerRows } from './pulled-people.store.js';

interface SyncRow {
  readonly id: string;
  readonly state: string;
  readonly phase: string;
  readonly pass: number;
  readonly people_seen: number;
  readonly people_created: number;
  readonly people_changed: number;
  readonly people_skipped: number;
  readonly people_absent: number;
  readonly people_removed: number;
  readonly groups_skipped: number;
  readonly groups_removed: number;
  readonly members_changed: number;
  readonly problem_code: string | null;
}

const crowd = testScale < 1 ? 300 : 50_000;
const withinMs = 30_000 + crowd * 20;

describe('a directory that is read from a Cognito user pool', () => {
  const provider = 'pool';
  let cognito: CognitoStandIn;
  let scim: RunningScim;

  beforeAll(async () => {
    cognito = await CognitoStandIn.start();
    const { userPoolId, region, address } = cognito;
    const { accessKeyId, secretAccessKey } = CognitoStandIn.credentials;
    const pullSync = { userPoolId, region, endpoint: address, accessKeyId, requestsPerSecond: 25 };
    scim = await RunningScim.start({
      document: {
        version: 1,
        providers: { [provider]: { name: 'Pool', issuer: 'https://pool.example', clientId: 'c', pullSync } },
        mappings: { [provider]: { directory: { cleanup: { missing: 'remove' } } } },
        settings: {},
      },
      secrets: { [`providers.${provider}.pullSync.secretAccessKey`]: secretAccessKey },
    });
  }, 60_000);
  afterAll(async () => {
    await scim.stop();
    await cognito.close();
  });

  beforeEach(async () => {
    cognito.users.clear();
    cognito.groups.clear();
    cognito.faults.length = 0;
    cognito.pageSize = 60;
    cognito.delayMs = 0;
    cognito.answered.length = 0;
    await emptyTables(
      scim.client,
      ...['pull_sync', 'pulled_person', 'pulled_group', 'pulled_member'].map((table) => `directory.${table}`),
      ...['directory.directory_user', 'directory.directory_group', 'directory.directory_member'],
      ...['directory.membership_change', 'console.directory_sync_order', 'messaging.outbox', 'messaging.parked_job'],
    );
  });

  async function publish(): Promise<void> {
    const traceId = randomBytes(16).toString('hex');
    await scim.client.query(
      `insert into messaging.outbox (event, job, queue, key, payload, trace_id)
       values ('directory-sync.due', 'pull-directory', 'scim-ingest.bulk', $1, $2, $3)`,
      [provider, { provider, traceId }, traceId],
    );
    await scim.client.query(`select pg_notify('gatehouse_outbox', 'scim-ingest.bulk')`);
  }

  async function order(syncId: string, kind: 'start' | 'cancel' | 'release'): Promise<void> {
    await scim.client.query(
      `insert into console.directory_sync_order (sync_id, provider, kind, actor, reason, trace_id)
       values ($1, $2, $3, 'test', 'a test', $4)`,
      [syncId, provider, kind, randomBytes(16).toString('hex')],
    );
    await publish();
  }

  async function until(id: string, isSo: (row: SyncRow) => boolean): Promise<SyncRow> {
    let seen: SyncRow | undefined;
    const look = async () => {
      seen = (await scim.client.query<SyncRow>('select * from directory.pull_sync where id = $1', [id])).rows[0];
      return seen !== undefined && isSo(seen);
    };
    await waitFor(look, { timeoutMs: withinMs, what: 'the sync' }).catch(() => expect(seen).toBe('as expected'));
    return seen!;
  }

  const start = async () => {
    const id = randomUUID();
    await order(id, 'start');
    return id;
  };
  const ended = ({ state }: SyncRow) => state === 'done' || state === 'held' || state === 'cancelled';
  const sync = async () => until(await start(), ended);

  const people = async () =>
    (
      await scim.client.query<{ id: string; name: string; external_id: string; active: boolean; resource: object }>(
        `select id, user_name as name, external_id, active, resource from directory.directory_user
         where deleted_at is null order by user_name`,
      )
    ).rows;
  const names = async () => (await people()).map(({ name }) => name);
  const members = async (group: string) =>
    (
      await scim.client.query<{ name: string }>(
        `select person.user_name as name from directory.directory_member as member
         join directory.directory_group as known on known.id = member.group_id and known.deleted_at is null
         join directory.directory_user as person on person.id = member.member_id
         where known.display_name = $1 order by 1`,
        [group],
      )
    ).rows.map(({ name }) => name);
  const events = async () =>
    (
      await scim.client.query<{ event: string; count: number }>(
        `select event, count(*)::int as count from messaging.outbox
         where event not like 'directory-sync%' group by event order by event`,
      )
    ).rows;

  it('S67 brings people, groups and members page by page, with the events of a push and ids of its own', async () => {
    const [ada, grace] = [cognito.add('ada'), cognito.add('grace', { Enabled: false })];
    for (let index = 0; index < 5; index += 1) cognito.add(`someone-${index}`);
    cognito.groups.set('dev', new Set([ada.sub, grace.sub])).set(`${cognito.userPoolId}_Google`, new Set([ada.sub]));
    cognito.pageSize = 2;
    expect(await sync()).toMatchObject({ state: 'done', people_created: 7, people_removed: 0, members_changed: 2 });
    const [known] = await people();
    expect(known).toMatchObject({ name: 'ada', external_id: ada.sub, active: true });
    expect(known!.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4/);
    expect(known!.id).not.toBe(ada.sub);
    expect(known!.resource).toMatchObject({ displayName: 'The ada', emails: [{ value: 'ada@example.com' }] });
    expect((await people()).find(({ name }) => name === 'grace')).toMatchObject({ active: false });
    expect(await members('dev')).toEqual(['ada', 'grace']);
    expect(await members(`${cognito.userPoolId}_Google`)).toEqual([]);
    expect(await events()).toEqual([
      { event: 'directory.group-changed', count: 1 },
      { event: 'directory.user-changed', count: 6 },
      { event: 'directory.user-deactivated', count: 1 },
    ]);
  }, 60_000);

  it('says nothing where nothing has changed, and what has changed once', async () => {
    const [ada, grace, linus] = [cognito.add('ada'), cognito.add('grace'), cognito.add('linus')];
    cognito.groups.set('dev', new Set([ada.sub, grace.sub]));
    await sync();
    await emptyTables(scim.client, 'messaging.outbox');
    expect(await sync()).toMatchObject({ people_seen: 3, people_created: 0, people_changed: 0, members_changed: 0 });
    expect(await events()).toEqual([]);

    cognito.add('ada', { sub: ada.sub, Enabled: false });
    cognito.groups.set('dev', new Set([grace.sub, linus.sub]));
    expect(await sync()).toMatchObject({ people_changed: 1, members_changed: 2 });
    expect(await members('dev')).toEqual(['grace', 'linus']);
    expect(await events()).toEqual([
      { event: 'directory.group-changed', count: 2 },
      { event: 'directory.user-deactivated', count: 1 },
    ]);
  }, 60_000);

  it('P31 removes whom a complete listing does not have, after asking for each by their own id', async () => {
    const gone = cognito.add('gone');
    cognito.add('ada');
    cognito.groups.set('old', new Set([gone.sub])).set('dev', new Set());
    await sync();
    cognito.remove(gone);
    cognito.groups.delete('old');
    cognito.answered.length = 0;
    expect(await sync()).toMatchObject({ people_absent: 1, people_removed: 1, groups_removed: 1 });
    expect(await names()).toEqual(['ada']);
    expect(cognito.count('ListUsers')).toBe(2);
    // Somebody who comes back is another row, as after a push.
    cognito.users.set(gone.sub, gone);
    expect(await sync()).toMatchObject({ people_created: 1, people_removed: 0 });
    expect(await names()).toEqual(['ada', 'gone']);
  }, 60_000);

  it.each([
    ['exceptNames', { missing: 'remove', exceptNames: ['svc-*'] }, ['svc-build']],
    ['exceptGroups', { missing: 'remove', exceptGroups: ['Robots*'] }, ['svc-build']],
    ['keep', { missing: 'keep' }, ['gone', 'svc-build']],
  ])(
    'X32 directory.cleanup spares people: %s',
    async (_, cleanup, spared) => {
      for (const name of ['gone', 'svc-build']) cognito.add(name);
      cognito.groups.set('robots', new Set([...cognito.users.values()].flatMap((one) => (one.Username === 'svc-build' ? [one.sub] : [])))); // prettier-ignore
      await sync();
      for (const user of [...cognito.users.values()]) cognito.remove(user);
      await configure(cleanup);
      for (const removed of [2 - spared.length, 0]) {
        expect(await sync()).toMatchObject({ state: 'done', people_absent: spared.length + removed, people_removed: removed }); // prettier-ignore
        expect(await names()).toEqual(spared);
        expect(await members('robots')).toEqual(['svc-build']);
      }
      await configure({ missing: 'remove' });
      expect(await sync()).toMatchObject({ people_removed: spared.length });
    },
    60_000,
  );

  it('X32 P31 whoever is excepted counts for no brake, however many they are', async () => {
    const excepted = Array.from({ length: 12 }, (_, index) => `svc-${String(index).padStart(2, '0')}`);
    for (const name of [...excepted, 'gone', 'here']) cognito.add(name);
    await sync();
    for (const user of [...cognito.users.values()]) if (user.Username !== 'here') cognito.remove(user);
    await configure({ missing: 'remove', exceptNames: ['svc-*'] });
    for (const removed of [1, 0])
      expect(await sync()).toMatchObject({ state: 'done', people_absent: 12 + removed, people_removed: removed });
    expect(await names()).toEqual(['here', ...excepted]);
    await configure({ missing: 'remove' });
    expect(await sync()).toMatchObject({ state: 'held', people_absent: 12, people_removed: 0 });
  }, 60_000);

  it('X32 whom directory.cleanup deactivates stays deactivated, and is who they were when they come back', async () => {
    const [ada, gone] = [cognito.add('ada'), cognito.add('gone')];
    await sync();
    const before = (await people()).find(({ name }) => name === 'gone');
    await configure({ missing: 'deactivate' });
    cognito.remove(gone);
    expect(await sync()).toMatchObject({ state: 'done', people_absent: 1, people_removed: 1 });
    expect((await people()).map(({ name, active }) => [name, active])).toEqual([
      ['ada', true],
      ['gone', false],
    ]);
    // Nothing is left to be done: they do not count again.
    await emptyTables(scim.client, 'messaging.outbox');
    expect(await sync()).toMatchObject({ state: 'done', people_absent: 0, people_removed: 0 });
    expect(await events()).toEqual([]);
    cognito.users.set(gone.sub, gone);
    expect(await sync()).toMatchObject({ people_created: 0, people_changed: 1 });
    expect((await people()).find(({ name }) => name === 'gone')).toMatchObject({ id: before!.id, active: true });
    // Who was only deactivated is removed where that is wanted later.
    for (const user of [ada, gone]) cognito.remove(user);
    await sync();
    await configure({ missing: 'remove' });
    expect(await sync()).toMatchObject({ people_removed: 2 });
    expect(await names()).toEqual([]);
  }, 60_000);

  const configure = (cleanup: object) =>
    scim.client.query(
      `insert into console.config_version (document, actor)
       select jsonb_set(document, array['mappings', $1], jsonb_build_object('directory', jsonb_build_object('cleanup', $2::jsonb))), 'test'
       from console.config_version order by version desc limit 1`,
      [provider, JSON.stringify(cleanup)],
    );

  it('P31 removes nobody whom a page has left out and a question for them finds', async () => {
    const [ada] = [cognito.add('ada'), cognito.add('grace')];
    await sync();
    cognito.faults.push({ status: 200, body: JSON.stringify({ Users: [] }) });
    expect(await sync()).toMatchObject({ state: 'done', people_seen: 0, people_absent: 2, people_removed: 0 });
    expect(await names()).toEqual(['ada', 'grace']);
    expect(cognito.users.get(ada.sub)).toBeDefined();
  }, 60_000);

  it('P31 never touches who was pushed and was in no listing', async () => {
    cognito.add('ada');
    await scim.client.query(
      `insert into directory.directory_user (provider, user_name, user_name_folded, external_id)
       values ($1, 'pushed', 'pushed', 'of-somebody-else')`,
      [provider],
    );
    await sync();
    await sync();
    expect(await names()).toEqual(['ada', 'pushed']);
  }, 60_000);

  it('P31 holds when too many are missing, lets go what is released, and judges anew by a later listing', async () => {
    const all = Array.from({ length: 15 }, (_, index) => cognito.add(`person-${index}`));
    await sync();
    for (const user of all.slice(0, 12)) cognito.remove(user);
    const held = await sync();
    expect(held).toMatchObject({ state: 'held', people_absent: 12, people_removed: 0 });
    expect(await names()).toHaveLength(15);

    const later = await sync();
    expect(later).toMatchObject({ state: 'held', people_absent: 12 });
    // The one that was looked at is not the newest any more.
    await order(held.id, 'release');
    expect(await until(held.id, ({ state }) => state === 'superseded')).toMatchObject({ people_removed: 0 });
    await order(later.id, 'release');
    expect(await until(later.id, ({ state }) => state === 'done')).toMatchObject({ people_removed: 12 });
    expect(await names()).toHaveLength(3);
  }, 60_000);

  it.each([
    ['a page without people', { status: 200, body: '{}' }, 'cognito.answer_malformed'],
    ['a page that is no JSON', { status: 200, body: '<html>sign in</html>' }, undefined],
    ['a page with a person without a sub', { status: 200, body: oneUser([]) }, 'cognito.answer_malformed'],
    ['a person without Enabled', { status: 200, body: oneUser([], false) }, 'cognito.answer_malformed'],
    [
      '61 people',
      { status: 200, body: JSON.stringify({ Users: Array(61).fill(userOf([])) }) },
      'cognito.answer_malformed',
    ],
    ['no permission', { status: 400, body: '{"__type":"NotAuthorizedException"}' }, 'cognito.credentials_refused'],
    ['a missing pool', { status: 400, body: '{"__type":"ResourceNotFoundException"}' }, 'cognito.pool_missing'],
  ] as const)(
    'P31 %s stops the listing, removes nobody, and a retry goes on',
    async (_, fault, code) => {
      const ada = cognito.add('ada');
      cognito.add('grace');
      await sync();
      cognito.users.clear();
      cognito.faults.push(fault);
      const id = await start();
      const stopped = await until(id, ({ problem_code: problem }) => problem !== null);
      expect(stopped).toMatchObject({ state: 'running', people_removed: 0 });
      if (code !== undefined) expect(stopped.problem_code).toBe(code);
      expect(await names()).toEqual(['ada', 'grace']);
      const parked = await scim.client.query<{ detail: string }>('select detail from messaging.parked_job');
      expect(JSON.stringify(parked.rows)).not.toContain('sign in');

      cognito.add('ada', { sub: ada.sub });
      await publish();
      expect(await until(id, ({ state }) => state === 'done')).toMatchObject({ people_removed: 1 });
      expect(await names()).toEqual(['ada']);
    },
    60_000,
  );

  it('waits out throttling that ends soon, without a word', async () => {
    cognito.add('ada');
    cognito.faults.push('throttle', 'throttle');
    expect(await sync()).toMatchObject({ state: 'done', people_created: 1, problem_code: null });
  }, 60_000);

  it('says that it is throttled when that goes on, parks nothing, and goes on afterwards', async () => {
    cognito.add('ada');
    cognito.faults.push(...Array<'throttle'>(40).fill('throttle'));
    const id = await start();
    await until(id, ({ problem_code: problem }) => problem === 'cognito.rate_limited');
    cognito.faults.length = 0;
    expect(await until(id, ended)).toMatchObject({ state: 'done', people_created: 1, problem_code: null });
    expect((await scim.client.query('select from messaging.parked_job')).rowCount).toBe(0);
  }, 60_000);

  it('begins a listing anew when its token is refused or its answer was lost, and forgets nobody it has seen', async () => {
    for (let index = 0; index < 10; index += 1) cognito.add(`person-${index}`);
    cognito.pageSize = 3;
    cognito.delayMs = 100;
    const id = await start();
    await until(id, ({ people_seen: seen }) => seen >= 3);
    cognito.forgetTokens();
    cognito.faults.push('lose-the-answer');
    const done = await until(id, ({ state }) => state === 'done');
    expect(done.pass).toBeGreaterThan(1);
    expect(done).toMatchObject({ people_created: 10, people_removed: 0 });
  }, 60_000);

  it('ends when somebody cancels, and when the pool is another one', async () => {
    for (let index = 0; index < 10; index += 1) cognito.add(`person-${index}`);
    cognito.pageSize = 1;
    cognito.delayMs = 200;
    const id = await start();
    await until(id, ({ people_seen: seen }) => seen > 0);
    await order(id, 'cancel');
    expect(await until(id, ended)).toMatchObject({ state: 'cancelled', people_removed: 0 });
    const other = randomUUID();
    await scim.client.query(
      `insert into directory.pull_sync (id, provider, cause, trace_id, source) values ($1, $2, 'schedule', 't', 'eu-west-1/x')`,
      [other, provider],
    );
    await publish();
    expect(await until(other, ended)).toMatchObject({ problem_code: 'directory_sync.source_changed' });
  }, 60_000);

  it('takes no one whom only they themselves have vouched for, and no second spelling of a name', async () => {
    cognito.add('ada', { UserStatus: 'UNCONFIRMED' });
    cognito.add('Grace', { sub: '00000000-0000-4000-8000-000000000001' });
    cognito.add('grace', { sub: '00000000-0000-4000-8000-000000000002' });
    expect(await sync()).toMatchObject({ state: 'done', people_created: 1, people_skipped: 2 });
    expect(await names()).toEqual(['Grace']);
  }, 60_000);

  it.each(['remove', 'deactivate'])(
    'P18 somebody made anew under the same name is another person, once the former one is gone: %s',
    async (missing) => {
      const first = cognito.add('ada');
      await sync();
      await configure({ missing });
      cognito.remove(first);
      const second = cognito.add('ada');
      expect(await sync()).toMatchObject({ people_created: 0, people_skipped: 1, people_removed: 1 });
      expect(await sync()).toMatchObject({ people_created: 1, people_skipped: 0, people_absent: 0 });
      expect((await people()).map(({ external_id: id, active }) => [id, active])).toEqual([[second.sub, true]]);
      await configure({ missing: 'remove' });
    },
    60_000,
  );

  it.each([
    ['disabled', [{ Enabled: false }]],
    ['archived', [{ UserStatus: 'ARCHIVED' }]],
    ['gone, and there once more without a proof', ['gone', { UserStatus: 'UNCONFIRMED' }]],
  ] as const)(
    'P18 a name is free also after somebody who was inactive before: %s',
    async (_, states) => {
      const first = cognito.add('ada');
      await sync();
      await configure({ missing: 'deactivate' });
      for (const state of states) {
        if (state === 'gone') cognito.remove(first);
        else cognito.add('ada', { ...state, sub: first.sub });
        await sync();
      }
      cognito.remove(first);
      const second = cognito.add('ada');
      // Asked for, and nothing is taken away.
      expect(await sync()).toMatchObject({ people_skipped: 1, people_absent: 1, people_removed: 0 });
      expect(await sync()).toMatchObject({ people_created: 1, people_skipped: 0, people_absent: 0 });
      expect((await people()).map(({ external_id: id, active }) => [id, active])).toEqual([[second.sub, true]]);
      await configure({ missing: 'remove' });
    },
    60_000,
  );

  it('P18 P31 whoever was inactive counts for no brake, is asked for once, and keeps the name where that is kept', async () => {
    const all = Array.from({ length: 12 }, (_, index) => cognito.add(`person-${index}`, { Enabled: false }));
    await sync();
    await configure({ missing: 'deactivate', exceptNames: ['person-11'] });
    for (const { sub, Username } of all) {
      cognito.users.delete(sub);
      cognito.add(Username);
    }
    await emptyTables(scim.client, 'messaging.outbox');
    cognito.answered.length = 0;
    expect(await sync()).toMatchObject({ state: 'done', people_absent: 12, people_removed: 0, people_skipped: 12 });
    expect(cognito.count('ListUsers')).toBe(1 + 11);
    expect(await events()).toEqual([]);
    expect(await sync()).toMatchObject({ people_created: 11, people_skipped: 1 });
    expect((await people()).find(({ name }) => name === 'person-11')).toMatchObject({ active: false });
    await configure({ missing: 'remove' });
  }, 60_000);

  it('P31 a pool that was made anew puts nobody out by their names: the brake sees everybody', async () => {
    const olds = Array.from({ length: 12 }, (_, index) => cognito.add(`person-${index}`));
    await sync();
    for (const old of olds) cognito.remove(old);
    for (const { Username } of olds) cognito.add(Username);
    expect(await sync()).toMatchObject({ state: 'held', people_absent: 12, people_removed: 0, people_skipped: 12 });
    expect((await people()).map(({ external_id: id }) => id).sort()).toEqual(olds.map(({ sub }) => sub).sort());
    await configure({ missing: 'keep' });
    expect(await sync()).toMatchObject({ state: 'done', people_removed: 0, people_skipped: 12 });
    await configure({ missing: 'remove' });
  }, 60_000);

  it('a group that is made anew in another spelling is the same one, and nobody leaves it for that', async () => {
    const [ada, grace, linus] = [cognito.add('ada'), cognito.add('grace'), cognito.add('linus')];
    cognito.groups.set('Dev', new Set([ada.sub, grace.sub]));
    await sync();
    const before = await groups();
    cognito.groups.clear();
    cognito.groups.set('dev', new Set([ada.sub, linus.sub]));
    expect(await sync()).toMatchObject({ groups_skipped: 0, groups_removed: 0, members_changed: 2 });
    expect(await groups()).toEqual([{ ...before[0], name: 'dev', external_id: 'dev' }]);
    expect(await members('dev')).toEqual(['ada', 'linus']);
    expect(await sync()).toMatchObject({ groups_skipped: 0, groups_removed: 0, members_changed: 0 });
    cognito.groups.clear();
    expect(await sync()).toMatchObject({ groups_removed: 1 });
  }, 60_000);

  it.each(['DEV', 'dev'])(
    'of two spellings of a group the known one stays, whichever is listed first: beside %s',
    async (other) => {
      const [ada, grace] = [cognito.add('ada'), cognito.add('grace')];
      cognito.groups.set('Dev', new Set([ada.sub]));
      await sync();
      const before = await groups();
      cognito.groups.set(other, new Set([grace.sub]));
      cognito.pageSize = 1;
      for (let round = 0; round < 2; round += 1) {
        expect(await sync()).toMatchObject({ groups_skipped: 1, groups_removed: 0, members_changed: 0 });
        expect(await groups()).toEqual(before);
        expect(await members('Dev')).toEqual(['ada']);
      }
    },
    60_000,
  );

  const groups = async () =>
    (
      await scim.client.query<{ id: string; name: string; external_id: string }>(
        `select id, display_name as name, external_id from directory.directory_group
         where deleted_at is null order by display_name`,
      )
    ).rows;

  it('goes on where a push has deleted somebody of the pool, or exchanged the ids of two', async () => {
    for (const name of ['ada', 'grace', 'linus']) cognito.add(name);
    await sync();
    await scim.client.query(`update directory.directory_user set deleted_at = now() where user_name = 'ada'`);
    await scim.client.query(
      `update directory.directory_user as one set external_id = other.external_id from directory.directory_user as other
       where one.user_name in ('grace', 'linus') and other.user_name in ('grace', 'linus') and other.id <> one.id`,
    );
    expect(await sync()).toMatchObject({ state: 'done', people_created: 1, people_absent: 0 });
    const marks = await scim.client.query(
      `select from directory.pulled_person as pulled join directory.directory_user as person
       on person.id = pulled.directory_user_id and person.external_id = pulled.external_id and person.deleted_at is null`,
    );
    expect(marks.rowCount).toBe(3);
  }, 60_000);

  it('F22 a page of people is looked for by keys among all that a provider has', async () => {
    await scim.client.query(
      `with person as (
         insert into directory.directory_user (provider, user_name, user_name_folded, external_id)
         select $1, 'person-' || n, 'person-' || n, 'external-' || n from generate_series(1, 20000) as n
         returning id, provider, external_id
       ) insert into directory.pulled_person (directory_user_id, provider, external_id, seen_in)
       select id, provider, external_id, gen_random_uuid() from person`,
      [provider],
    );
    await scim.client.query('analyze directory.directory_user, directory.pulled_person');
    const { rows: page } = await scim.client.query<{ id: string; external_id: string; user_name: string }>(
      'select id, external_id, user_name from directory.directory_user limit 60',
    );
    const externalIds = page.map((person) => person.external_id);
    const asked: [string, string[]][] = [
      [knownPeople, page.map((person) => person.user_name)],
      [unmarkFormerRows, page.map((person) => person.id)],
    ];
    for (const [text, others] of asked) {
      const values = [provider, externalIds, others];
      const { rows: plan } = await scim.client.query<Record<string, string>>(`explain ${text}`, values);
      const lines = plan.map((line) => line['QUERY PLAN']);
      expect(lines.filter((line) => /Seq Scan/.test(line!))).toEqual([]);
      expect(lines.filter((line) => /Index Cond: .*external_id/.test(line!))).toHaveLength(1);
    }
  }, 60_000);

  it('X24 the schedule begins a listing when it is time, once', async () => {
    cognito.add('ada');
    const due = async () => {
      const traceId = randomBytes(16).toString('hex');
      await scim.client.query(
        `insert into messaging.outbox (event, job, queue, key, payload, trace_id)
         values ('directory-syncs.due', 'start-directory-syncs', 'scim-ingest.bulk', 'all', $1, $2)`,
        [{ traceId }, traceId],
      );
      await scim.client.query(`select pg_notify('gatehouse_outbox', 'scim-ingest.bulk')`);
      const isDone = async () =>
        (
          await scim.client.query(
            `select from messaging.outbox where trace_id = $1 and job = 'start-directory-syncs' and state = 'settled'`,
            [traceId],
          )
        ).rowCount === 1;
      await waitFor(isDone, { timeoutMs: 20_000, what: 'the job' });
    };
    await due();
    await waitFor(async () => (await names()).length === 1, { timeoutMs: 20_000, what: 'ada' });
    await due();
    const { rows } = await scim.client.query<{ cause: string }>('select cause from directory.pull_sync');
    expect(rows).toEqual([{ cause: 'schedule' }]);
  }, 60_000);

  it(
    `F22 ${crowd} people in one group are read from a pool with memory that does not grow with them`,
    async () => {
      const subs = Array.from({ length: crowd }, (_, index) => cognito.add(`load-${index}`).sub);
      cognito.groups.set('everybody', new Set(subs));
      const before = process.memoryUsage().heapUsed;
      expect(await sync()).toMatchObject({ state: 'done', people_created: crowd, members_changed: crowd });
      const grown = (process.memoryUsage().heapUsed - before) / 1_048_576;
      process.stderr.write(`${crowd} people read from a pool: the heap has grown by ${Math.round(grown)} MB\n`);
      expect(grown).toBeLessThan(150);
    },
    2 * withinMs,
  );
});

function userOf(Attributes: readonly object[], withEnabled = true) {
  return { Username: 'x', UserStatus: 'CONFIRMED', Attributes, ...(withEnabled ? { Enabled: true } : {}) };
}

function oneUser(attributes: readonly object[], withEnabled = true): string {
  return JSON.stringify({ Users: [userOf(attributes, withEnabled)] });
}
