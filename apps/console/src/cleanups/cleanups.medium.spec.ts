import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { CleanupState, ConfigDocument, Problem } from '@gatehouse/contracts';
import type { CleanupRequest, ConfigDocumentInput } from '@gatehouse/contracts';
import { ConsoleUnderTest } from '../../test/console-under-test.js';
import { providers } from '../../test/known-people.js';

type Directory = NonNullable<NonNullable<ConfigDocumentInput['mappings']>[string]['directory']>;
type Settings = ConfigDocumentInput['settings'];
type Body = Partial<Record<'cleanup' | 'apply' | 'listedAt' | 'by' | 'reason', string>> & {
  values?: readonly string[];
  more?: boolean;
  acceptPeople?: number;
};

describe('X32 whom a complete list of the provider lacks, over the API', () => {
  const console = ConsoleUnderTest.shared();
  const query = (text: string, values: unknown[] = []) => console.people.query(text, values);
  const later = () => new Date(Date.now() + 50_000).toISOString();
  const reason = 'the yearly clean-up';
  let ids: Record<string, string>;

  async function configure(directory: Directory = {}, settings: Settings = {}): Promise<void> {
    const document = ConfigDocument.parse({ version: 1, providers, mappings: { company: { directory } }, settings });
    await query(`insert into console.config_version (document, actor) values ($1, 'test')`, [JSON.stringify(document)]);
  }

  async function person(name: string, more: { provider?: string; external?: string; active?: boolean } = {}) {
    const id = randomUUID();
    const { provider = 'company', external = null, active = true } = more;
    await query(
      `insert into directory.directory_user (id, provider, user_name, user_name_folded, external_id, active)
       values ($1, $2, $3, lower($3), $4, $5)`,
      [id, provider, name, external, active],
    );
    return id;
  }

  const send = (body: Body, provider = 'company') => console.post(`providers/${provider}/cleanup`, body);
  const ask = async (body: Body) => {
    const answer = await send(body);
    const told: unknown = await answer.json();
    if (answer.status !== 200) throw new Error(JSON.stringify(told));
    return CleanupState.parse(told);
  };
  const list = (values: readonly string[], by: 'userName' | 'externalId' | 'id' = 'userName') =>
    ask({ listedAt: later(), by, values });
  const apply = (plan: CleanupState, more: Body = {}) => ask({ apply: plan.id, reason, ...more });
  const refusal = async (body: Body, provider?: string) => {
    const answer = await send(body, provider);
    return [answer.status, Problem.parse(await answer.json()).code];
  };
  const names = ({ people }: CleanupState) => people.map(({ userName }) => userName);
  const standing = async (name: string) => {
    const [row] = await query('select active, deleted_at, version from directory.directory_user where id = $1', [ids[name]]); // prettier-ignore
    const { active, deleted_at: deletedAt, version } = row!;
    return [deletedAt ? 'removed' : active ? 'active' : 'inactive', Number(version)];
  };
  const events = async () =>
    (await query('select event, key from messaging.outbox order by id')).map(({ event, key }) => [event, key]);

  beforeEach(async () => {
    await query('truncate directory.cleanup cascade');
    ids = {};
    for (const [name, more] of [
      ['Ada', { external: 'A' }],
      ['grace', { external: 'G' }],
      ['linus', {}],
      ['zoe', { external: 'z', active: false }],
    ] as const)
      ids[name] = await person(name, more);
    ids['eve'] = await person('eve', { provider: 'other' });
  });

  it('is planned first, changes nothing by that, and is applied once', async () => {
    await configure();
    const plan = await list(['ADA', 'nobody']);
    expect(plan).toMatchObject({
      ...{ state: 'planned', action: 'deactivate', held: null, result: null },
      counts: { listed: 2, compared: 3, known: 1, withoutKey: 0, changedSince: 0, exceptNames: 0, exceptGroups: 0, people: 2 }, // prettier-ignore
    });
    expect(names(plan)).toEqual(['grace', 'linus']);
    expect(await events()).toEqual([]);
    const done = await apply(plan);
    expect(done).toMatchObject({ state: 'applied', people: [], result: { changed: 2, skipped: 0 } });
    expect(await Promise.all(['Ada', 'grace', 'linus', 'zoe', 'eve'].map(standing))).toEqual([
      ...[['active', 1], ['inactive', 2], ['inactive', 2], ['inactive', 1], ['active', 1]], // prettier-ignore
    ]);
    expect((await events()).toSorted()).toEqual(
      [ids['grace'], ids['linus']].map((id) => ['directory.user-deactivated', id]).toSorted(),
    );
    expect(await refusal({ apply: plan.id, reason })).toEqual([409, 'cleanup.missing']);
    const told = await console.get(`providers/company/cleanup/${plan.id}`);
    expect(CleanupState.parse(await told.json())).toEqual(done);
    const audit = await query(`select action from console.audit where object = $1 order by id`, [`cleanup/${plan.id}`]);
    expect(audit.map(({ action }) => action)).toEqual(['cleanup.planned', 'cleanup.applied']);
  });

  it('takes a list in parts, and compares nothing before the last', async () => {
    await configure();
    const first = await ask({ listedAt: later(), by: 'userName', values: ['ada'], more: true });
    expect(first).toMatchObject({ state: 'listing', counts: null, people: [] });
    expect(await refusal({ apply: first.id, reason })).toEqual([409, 'cleanup.missing']);
    await ask({ cleanup: first.id, values: ['linus', 'ada'], more: true });
    const plan = await ask({ cleanup: first.id, values: [] });
    expect([plan.counts?.listed, names(plan)]).toEqual([2, ['grace']]);
    expect(await refusal({ cleanup: first.id, values: ['grace'] })).toEqual([409, 'cleanup.missing']);
    expect(await refusal({ cleanup: first.id, values: ['grace'] }, 'nobody')).toEqual([404, 'api.not_found']);
    const unknown = await console.get(`providers/company/cleanup/${randomUUID()}`);
    expect([unknown.status, Problem.parse(await unknown.json()).code]).toEqual([404, 'api.not_found']);
  });

  it('knows people by external id, with case, and by our id; who has none is never missing', async () => {
    await configure();
    const external = await list(['A', 'g'], 'externalId');
    expect([external.counts?.withoutKey, names(external)]).toEqual([1, ['grace']]);
    expect(names(await list([ids['Ada']!, ids['linus']!], 'id'))).toEqual(['grace']);
  });

  it('removes where that is set, inactive people too, and does nothing where that is set', async () => {
    await configure({ cleanup: { missing: 'remove' } });
    await query(
      `with made as (insert into directory.directory_group (provider, display_name, display_name_folded) values ('company', 'g', 'g') returning id)
       insert into directory.directory_member (group_id, member_id, member_kind) select id, $1, 'user' from made`,
      [ids['grace']],
    );
    const plan = await list(['ada']);
    expect(names(plan)).toEqual(['grace', 'linus', 'zoe']);
    expect((await apply(plan)).result).toEqual({ changed: 3, skipped: 0 });
    expect(await Promise.all(['grace', 'zoe'].map(standing))).toEqual([['removed', 2], ['removed', 2]]); // prettier-ignore
    expect(await query('select from directory.directory_member')).toEqual([]);
    await configure({ cleanup: { missing: 'keep' } });
    ids['dave'] = await person('dave');
    expect((await apply(await list(['ada']))).result).toEqual({ changed: 0, skipped: 0 });
    expect(await standing('dave')).toEqual(['active', 1]);
  });

  it('spares names and groups, through groups too', async () => {
    await configure({ cleanup: { exceptNames: ['LIN*'], exceptGroups: ['regex:vip-.*'] } });
    await query(
      `with made as (
         insert into directory.directory_group (id, provider, display_name, display_name_folded)
         values ($1, 'company', 'VIP-all', 'vip-all'), ($2, 'company', 'team', 'team') returning id
       ) insert into directory.directory_member (group_id, member_id, member_kind)
       select group_id, member_id, kind from (values ($1::uuid, $2::uuid, 'group'), ($2, $1, 'group'), ($2, $3, 'user')) as m (group_id, member_id, kind), (select count(*) from made) as c`,
      [randomUUID(), randomUUID(), ids['grace']],
    );
    ids['dave'] = await person('dave');
    const plan = await list(['ada']);
    expect(plan.counts).toMatchObject({ exceptNames: 1, exceptGroups: 1, people: 1 });
    expect(names(plan)).toEqual(['dave']);
  });

  it('a list from the future is none: whoever came since would be missing', async () => {
    await configure();
    const answer = await send({ listedAt: new Date(Date.now() + 120_000).toISOString(), by: 'userName', values: ['ada'] }); // prettier-ignore
    expect([answer.status, Problem.parse(await answer.json()).errors]).toEqual([
      400,
      [{ path: 'listedAt', message: expect.stringContaining('in the future') }],
    ]);
    expect(await query('select from directory.cleanup')).toEqual([]);
  });

  it('spares who came or changed since the list was begun', async () => {
    await configure();
    const plan = await ask({ listedAt: new Date(Date.now() - 60_000).toISOString(), by: 'userName', values: ['ada'] });
    expect(plan.counts).toMatchObject({ changedSince: 2, people: 0 });
  });

  it.each<[string, () => Promise<unknown>]>([
    ['somebody of it was changed', () => query(`update directory.directory_user set version = 9 where id = $1`, [ids['grace']])],
    ['somebody of it was removed', () => query(`update directory.directory_user set deleted_at = now() where id = $1`, [ids['grace']])],
    ['another configuration was applied', () => configure()],
  ])('X44 is refused as stale when %s', async (_, change) => {
    await configure();
    const plan = await list(['ada']);
    await change();
    expect(await refusal({ apply: plan.id, reason })).toEqual([412, 'cleanup.stale']);
    expect(await standing('linus')).toEqual(['active', 1]);
  }); // prettier-ignore

  it('is refused an hour after it was planned, and to another provider', async () => {
    await configure();
    const plan = await list(['ada']);
    await query(`update directory.cleanup set planned_at = now() - interval '61 minutes'`);
    expect(await refusal({ apply: plan.id, reason })).toEqual([409, 'cleanup.missing']);
    await query(`update directory.cleanup set planned_at = now(), provider = 'other'`);
    expect(await refusal({ apply: plan.id, reason })).toEqual([409, 'cleanup.missing']);
  });

  it('X51 X52 is held by the brake until somebody says the exact number', async () => {
    await configure({}, { brake: { perRunMax: 1 } });
    const plan = await list(['ada']);
    expect(plan).toMatchObject({ held: 'number', counts: { people: 2 } });
    for (const acceptPeople of [undefined, 1, 3])
      expect(await refusal({ apply: plan.id, reason, acceptPeople })).toEqual([409, 'cleanup.held']);
    expect((await apply(plan, { acceptPeople: 2 })).result).toEqual({ changed: 2, skipped: 0 });
  });

  it('X52 an empty list, and one of somebody else, are none, whatever number is said', async () => {
    await configure();
    for (const values of [[], ['ada@example.com', 'x']]) {
      const plan = await list(values);
      expect(plan).toMatchObject({ held: 'unusable', counts: { people: 3 } });
      expect(await refusal({ apply: plan.id, reason, acceptPeople: 3 })).toEqual([409, 'cleanup.list_unusable']);
    }
  });

  it('goes on where it was cut off, and leaves alone whom the provider changed meanwhile', async () => {
    await configure();
    const plan = await list(['ada']);
    await query(`update directory.cleanup set begun_at = now(), changed = 1`);
    await query('delete from directory.cleanup_person where directory_user_id = $1', [ids['grace']]);
    expect((await apply(plan)).result).toEqual({ changed: 2, skipped: 0 });
  });

  it.each<[string, unknown]>([
    ['no list', {}],
    ['a list without a key', { listedAt: '2026-01-01T00:00:00Z', values: ['x'] }],
    ['a list and an order at once', { apply: randomUUID(), reason, values: ['x'] }],
    ['an order without a reason', { apply: randomUUID() }],
    ['NUL', { listedAt: '2026-01-01T00:00:00Z', by: 'userName', values: ['\0'] }],
  ])('refuses %s', async (_, body) => {
    await configure();
    expect(await refusal(body as CleanupRequest & Body)).toEqual([400, 'api.request_invalid']);
  });
});
