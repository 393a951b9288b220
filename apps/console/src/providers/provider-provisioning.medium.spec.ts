import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { ProviderProvisioning } from '@gatehouse/contracts';
import { ConsoleUnderTest } from '../../test/console-under-test.js';

const crowd = 20_000;
const answeredWithinMs = 2_000;

describe('P20 how far the directory of a provider has got, over the API', () => {
  const console = ConsoleUnderTest.shared();
  const read = async () =>
    ProviderProvisioning.parse(await (await console.get('providers/company/provisioning')).json());

  interface Times {
    readonly settledSecondsAgo?: number;
    readonly outcome?: 'applied' | 'superseded' | 'parked' | 'discarded';
    readonly ageSeconds?: number;
    readonly dueSecondsAgo?: number;
  }

  async function job(
    event: string,
    name: string,
    key: string,
    { settledSecondsAgo, outcome = 'applied', ageSeconds = 60, dueSecondsAgo }: Times = {},
  ): Promise<void> {
    const isSettled = settledSecondsAgo !== undefined;
    await console.people.query(
      `insert into messaging.outbox
         (event, job, queue, key, payload, trace_id, state, outcome, created_at, settled_at, not_before)
       values ($1, $2, 'a.provisioning', $3, '{}', 'trace', $4, $5, now() - make_interval(secs => $6),
         now() - make_interval(secs => $7), now() - make_interval(secs => $8))`,
      [
        event,
        name,
        key,
        isSettled ? 'settled' : 'open',
        isSettled ? outcome : null,
        ageSeconds,
        settledSecondsAgo ?? null,
        dueSecondsAgo ?? null,
      ],
    );
  }

  it('counts nothing where nothing is', async () => {
    await console.people.configure({ rules: [] });
    expect(await read()).toEqual({
      provider: 'company',
      people: { active: 0, inactive: 0, removed: 0 },
      leftOut: 0,
      groups: 0,
      lastRequestAt: null,
      pending: { people: 0, groups: 0, everybody: false, jobs: 0, oldestSeconds: null, isWhole: true },
      parked: 0,
      refused: [],
      peopleDoneLately: 0,
      etaSeconds: 0,
    });
    expect((await console.get('providers/nobody/provisioning')).status).toBe(404);
  });

  it('tells who is on the way, who is done, refused or parked, and of nobody else', async () => {
    const config = await console.people.configure({ rules: [] });
    const { accountId } = await console.people.signedIn('ada', [], config);
    const ada = await console.people.inDirectory({ userName: 'ada' }, { accountId });
    const [dave, eve, grace, contractor] = await Promise.all(
      ['dave', 'eve', 'grace', 'carl'].map(async (userName) => {
        const id = randomUUID();
        await console.people.query(
          `insert into directory.directory_user (id, provider, user_name, user_name_folded, active, deleted_at)
           values ($1, 'company', $2, $2, $2 <> 'dave', case when $2 = 'eve' then now() end)`,
          [id, userName],
        );
        return id;
      }),
    );
    const stranger = randomUUID();
    await console.people.query(
      `insert into directory.directory_user (id, provider, user_name, user_name_folded) values ($1, 'other', 'ada', 'ada')`,
      [stranger],
    );
    await console.people.query(
      `insert into mapping.account_directory_user (directory_user_id, refused_code)
       values ($1, 'match.identity_not_linked'), ($2, 'entry.group_required'), ($3, 'directory.user_left_out')`,
      [dave, eve, contractor],
    );
    await console.people.query(
      `with token as (
         insert into console.scim_token (provider, name, token_hash, created_by) values ('company', 'x', $1, 'test') returning id
       ) insert into directory.token_use (token_id, last_used_at) select id, '2026-01-02T03:04:05Z' from token`,
      [randomUUID()],
    );
    // Mapped, and its account on the way: one person. A fact about later is not on its way.
    await job('directory.user-changed', 'map-directory-user', ada, { settledSecondsAgo: 10 });
    await job('access.desired', 'reconcile-account', accountId, { ageSeconds: 90 });
    await job('directory.user-changed', 'map-directory-user', grace!, { settledSecondsAgo: 30 });
    await job('directory.user-changed', 'map-directory-user', stranger, { ageSeconds: 500 });
    await console.people.query(
      `insert into messaging.outbox (event, job, queue, key, payload, trace_id, not_before)
       values ('account.seats-due', 'reconcile-account', 'a.bulk', $1, '{}', 'trace', now() + interval '1 hour')`,
      [accountId],
    );
    await console.people.query(
      `insert into messaging.parked_job (job, queue, key, payload, trace_id, code, message, attempts, outbox_ids)
       values ('map-directory-user', 'a', $1, '{}', 't', 'job.failed', 'x', 1, '{}'),
         ('map-directory-user', 'a', $2, '{}', 't', 'job.failed', 'x', 1, '{}')`,
      [dave, stranger],
    );
    const told = await read();
    expect(told).toMatchObject({
      people: { active: 3, inactive: 1, removed: 1 },
      leftOut: 1,
      groups: 2,
      lastRequestAt: '2026-01-02T03:04:05.000Z',
      pending: { people: 1, groups: 0, everybody: false, jobs: 1, isWhole: true },
      parked: 1,
      refused: [{ code: 'match.identity_not_linked', people: 1 }],
      peopleDoneLately: 1,
    });
    expect(told.pending.oldestSeconds).toBeGreaterThanOrEqual(90);
    expect(told.pending.oldestSeconds).toBeLessThan(120);
    // One person in half a minute, and one is left.
    expect(told.etaSeconds).toBeGreaterThanOrEqual(30);
    expect(told.etaSeconds).toBeLessThan(45);
  });

  it('promises no end of what leads to people whom nobody has counted', async () => {
    const config = await console.people.configure({ rules: [] });
    const { accountId } = await console.people.signedIn('ada', [], config);
    const ada = await console.people.inDirectory({ userName: 'ada' }, { accountId });
    await job('directory.user-changed', 'map-directory-user', ada, { settledSecondsAgo: 10 });
    const group = randomUUID();
    await console.people.query(
      `insert into directory.directory_group (id, provider, display_name, display_name_folded) values ($1, 'company', 'ops', 'ops')`,
      [group],
    );
    const settle = () => console.people.query(`delete from messaging.outbox where state <> 'settled'`);
    for (const [event, name, key, pending] of [
      ['directory.group-changed', 'fan-out-group', group, { people: 0, groups: 1, everybody: false, jobs: 1 }],
      ['mapping.changed', 'remap-provider', 'company', { people: 0, groups: 0, everybody: true, jobs: 1 }],
      ['directory-sync.due', 'pull-directory', 'company', { people: 0, groups: 0, everybody: true, jobs: 1 }],
    ] as const) {
      await job(event, name, key);
      expect(await read()).toMatchObject({ pending, etaSeconds: null });
      await settle();
      await job(event, name, 'another');
      expect(await read()).toMatchObject({ pending: { jobs: 0 }, etaSeconds: 0 });
      await settle();
    }
    await job('account.rename-due', 'rename-account', accountId);
    expect(await read()).toMatchObject({ pending: { people: 1, jobs: 1 } });
    await console.people.query(
      `insert into messaging.parked_job (job, queue, key, payload, trace_id, code, message, attempts, outbox_ids)
       values ('pull-directory', 'a', 'company', '{}', 't', 'cognito.credentials_refused', 'x', 1, '{}')`,
    );
    expect(await read()).toMatchObject({ parked: 1 });
  });

  it('tells no lag of what was planned for later and has just fallen due', async () => {
    const config = await console.people.configure({ rules: [] });
    const { accountId } = await console.people.signedIn('ada', [], config);
    await console.people.inDirectory({ userName: 'ada' }, { accountId });
    await job('account.seats-due', 'reconcile-account', accountId, { ageSeconds: 610, dueSecondsAgo: 10 });
    const { pending } = await read();
    expect(pending.oldestSeconds).toBeGreaterThanOrEqual(10);
    expect(pending.oldestSeconds).toBeLessThan(60);
  });

  it('takes nobody for done who was parked, and draws no pace from them', async () => {
    const config = await console.people.configure({ rules: [] });
    const linked = async (userName: string) => {
      const { accountId } = await console.people.signedIn(userName, [], config);
      const id = randomUUID();
      await console.people.query(
        `with person as (
           insert into directory.directory_user (id, provider, user_name, user_name_folded) values ($1, 'company', $2, $2)
         ) insert into mapping.account_directory_user (directory_user_id, account_id) values ($1, $3)`,
        [id, userName, accountId],
      );
      return { accountId, id };
    };
    const [ada, bob, carl] = [await linked('ada'), await linked('bob'), await linked('carl')];
    await job('access.desired', 'reconcile-account', ada.accountId);
    await job('access.desired', 'reconcile-account', bob.accountId, { settledSecondsAgo: 20, outcome: 'parked' });
    // Parked twice and then discarded: the older failure is told by the newer one.
    await job('access.desired', 'reconcile-account', carl.accountId, { settledSecondsAgo: 20, outcome: 'superseded' });
    await job('access.desired', 'reconcile-account', carl.accountId, { settledSecondsAgo: 10, outcome: 'discarded' });
    expect(await read()).toMatchObject({ pending: { people: 1 }, peopleDoneLately: 0, etaSeconds: null });
    // Mapped without a fault, and stuck on the way to Jira.
    await job('directory.user-changed', 'map-directory-user', bob.id, { settledSecondsAgo: 30 });
    await console.people.query(
      `insert into messaging.parked_job (job, queue, key, payload, trace_id, code, message, attempts, outbox_ids)
       values ('reconcile-account', 'a', $1, '{}', 't', 'job.failed', 'x', 1, '{}')`,
      [bob.accountId],
    );
    expect(await read()).toMatchObject({ parked: 1, peopleDoneLately: 0, etaSeconds: null });
  });

  it('S66 knows the last request also after its token was revoked', async () => {
    await console.people.configure({ rules: [] });
    await console.people.query(
      `insert into directory.token_use (token_id, provider, last_used_at) values ($1, 'company', '2026-01-02T03:04:05Z'),
         ($2, 'other', '2026-02-02T03:04:05Z')`,
      [randomUUID(), randomUUID()],
    );
    expect(await read()).toMatchObject({ lastRequestAt: '2026-01-02T03:04:05.000Z' });
  });

  it(`answers at once of ${crowd} people with as many jobs`, async () => {
    await console.people.configure({ rules: [] });
    await console.people.query(
      `with person as (
         insert into directory.directory_user (provider, user_name, user_name_folded)
         select 'company', 'load-' || n, 'load-' || n from generate_series(1, $1::int) as n returning id
       ), account as (
         insert into mapping.account (id, name_folded) select id, id::text from person returning id
       ), link as (
         insert into mapping.account_directory_user (directory_user_id, account_id) select id, id from account returning 1
       ) insert into messaging.outbox (event, job, queue, key, payload, trace_id, state, outcome, settled_at)
       select 'access.desired', 'reconcile-account', 'a.provisioning', id, '{}', 'trace',
         case when n % 2 = 0 then 'settled' else 'open' end, case when n % 2 = 0 then 'applied' end,
         case when n % 2 = 0 then now() - interval '1 minute' end
       from (select id, row_number() over () as n from account) as numbered`,
      [crowd],
    );
    await console.people.query('analyze');
    // Many at once, of whom PostgreSQL has no statistics yet.
    await console.people.query(
      `insert into messaging.parked_job (job, queue, key, payload, trace_id, code, message, attempts, outbox_ids)
       select job, 'a', key, '{}', 't', 'job.failed', 'x', 1, '{}' from messaging.outbox
       where state = 'settled' order by id limit $1`,
      [crowd / 4],
    );
    const startedAt = performance.now();
    const told = await read();
    const tookMs = performance.now() - startedAt;
    process.stderr.write(`provisioning of ${crowd} people answered in ${Math.round(tookMs)} ms\n`);
    expect(told).toMatchObject({
      people: { active: crowd },
      pending: { people: crowd / 2 },
      parked: crowd / 4,
      peopleDoneLately: crowd / 4,
    });
    // A quarter in a minute, and a half is left.
    expect(told.etaSeconds).toBeGreaterThan(115);
    expect(told.etaSeconds).toBeLessThan(150);
    expect(tookMs).toBeLessThan(answeredWithinMs);
  }, 60_000);
});
