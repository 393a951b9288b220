import { describe, expect, it } from '@jest/globals';
import { DriftSweepList, Problem, ResyncAnswer, ResyncItemPage, ResyncState } from '@gatehouse/contracts';
import { ConsoleUnderTest } from '../../test/console-under-test.js';

const reason = 'a test';

describe('U19 a resync, over the API', () => {
  const console = ConsoleUnderTest.shared();
  const count = async (selection: object) => {
    const answer = await console.post('resyncs', { selection, reason, dryRun: true });
    return ResyncAnswer.parse(await answer.json()).total;
  };
  const start = async (selection: object) =>
    ResyncAnswer.parse(await (await console.post('resyncs', { selection, reason })).json());
  const read = async (id: string) => ResyncState.parse(await (await console.get(`resyncs/${id}`)).json());

  async function people(): Promise<{ ada: string; grace: string; linus: string }> {
    await console.people.query('truncate console.resync cascade');
    const config = await console.people.configure({ rules: [{ from: 'dev', to: 'Jira-Developers' }] });
    const [ada, grace, linus] = await Promise.all([
      console.people.signedIn('ada', ['dev'], config),
      console.people.signedIn('grace', ['dev'], config),
      console.people.signedIn('linus', [], config),
    ]);
    await console.people.ran(linus.accountId, { outcome: 'refused', code: 'match.creation_off', state: 'refused' });
    return { ada: ada.accountId, grace: grace.accountId, linus: linus.accountId };
  }

  it('a dry run counts by each filter and writes nothing', async () => {
    const { ada } = await people();
    expect(await count({ all: true })).toBe(3);
    expect(await count({ provider: 'company' })).toBe(3);
    expect(await count({ provider: 'another' })).toBe(0);
    const inDirectory = await console.people.inDirectory({ userName: 'ada' }, { accountId: ada });
    await console.people.query(`update directory.directory_user set provider = 'another' where id = $1`, [inDirectory]);
    expect(await count({ provider: 'another' })).toBe(1);
    expect(await count({ group: 'JIRA-developers' })).toBe(2);
    expect(await count({ state: 'refused' })).toBe(1);
    expect(await count({ state: 'pending', group: 'jira-developers', accounts: [ada] })).toBe(1);
    const [written] = await console.people.query(
      `select (select count(*) from console.resync) + (select count(*) from messaging.outbox) as rows`,
    );
    expect(written).toEqual({ rows: '0' });
  });

  it('P20 X57 tells progress, pace and what became of each, by whatever run', async () => {
    const { ada, grace } = await people();
    const { total, resync } = await start({ group: 'jira-developers' });
    expect(total).toBe(2);
    expect(resync).toMatchObject({ state: 'running', sent: 0, done: 0, etaSeconds: null });
    const { id } = resync!;
    const [row] = await console.people.query('select event, queue, key from messaging.outbox');
    expect(row).toEqual({ event: 'resync.due', queue: 'group-sync.bulk', key: id });

    const last = [ada, grace].toSorted().at(-1)!;
    await console.people.query('insert into sync.resync_progress (resync_id, cursor, sent) values ($1, $2, 2)', [
      id,
      last,
    ]);
    await console.people.query(`update console.resync set created_at = created_at - interval '1 minute'`);
    await console.people.ran(ada, { outcome: 'applied', plan: { changes: [{ kind: 'activate' }] } });
    const half = await read(id);
    expect(half).toMatchObject({ state: 'running', sent: 2, done: 1, outcomes: { applied: 1 } });
    expect(half.etaSeconds).toBeGreaterThan(50);

    await console.people.ran(grace, { outcome: 'failed', code: 'jira.request_refused' });
    await console.people.query('update sync.resync_progress set finished_at = now()');
    await console.people.query(
      `update messaging.outbox set state = 'settled', outcome = 'applied', settled_at = now()`,
    );
    expect(await read(id)).toMatchObject({
      state: 'done',
      done: 2,
      outcomes: { applied: 1, failed: 1 },
      etaSeconds: 0,
    });

    const seen: ResyncItemPage['items'] = [];
    for (let next: string | null = ''; next !== null;) {
      const page = await console.get(`resyncs/${id}/items?limit=1${next === '' ? '' : `&after=${next}`}`);
      const { items, next: following }: ResyncItemPage = ResyncItemPage.parse(await page.json());
      seen.push(...items);
      next = following;
    }
    expect(seen.map(({ account, outcome, changes }) => [account, outcome, changes]).toSorted()).toEqual(
      [
        [ada, 'applied', 1],
        [grace, 'failed', 0],
      ].toSorted(),
    );
    const failed = await console.get(`resyncs/${id}/items?outcome=failed`);
    expect(ResyncItemPage.parse(await failed.json()).items).toMatchObject([
      { account: grace, code: 'jira.request_refused' },
    ]);
  });

  it('is paused, resumed and cancelled once, each told to the audit with its reason', async () => {
    await people();
    const { id } = (await start({ all: true })).resync!;
    const turn = async (verb: string) => (await console.post(`resyncs/${id}/${verb}`, { reason: `to ${verb}` })).status;
    expect([await turn('resume'), await turn('pause'), await turn('pause'), await turn('resume')]).toEqual([
      409, 200, 409, 200,
    ]);
    expect([await turn('cancel'), await turn('resume')]).toEqual([200, 409]);
    expect(await read(id)).toMatchObject({ state: 'cancelled' });
    const told = await console.people.query(
      `select action, details ->> 'reason' as reason from console.audit where object = $1 order by id`,
      [`resync/${id}`],
    );
    expect(told).toEqual([
      { action: 'resync.started', reason },
      { action: 'resync.paused', reason: 'to pause' },
      { action: 'resync.running', reason: 'to resume' },
      { action: 'resync.cancelled', reason: 'to cancel' },
    ]);
  });

  it('what means nobody, everybody and somebody at once, or is not there is refused; five at once are enough', async () => {
    await people();
    const status = async (body: object) => (await console.post('resyncs', body)).status;
    expect(await status({ selection: {}, reason })).toBe(400);
    expect(await status({ selection: { all: true, state: 'ready' }, reason })).toBe(400);
    expect(await status({ selection: { all: true } })).toBe(400);
    expect((await console.get('resyncs/00000000-0000-4000-8000-000000000000')).status).toBe(404);
    for (let nth = 0; nth < 5; nth += 1) expect(await status({ selection: { all: true }, reason })).toBe(200);
    const sixth = await console.post('resyncs', { selection: { all: true }, reason });
    expect(Problem.parse(await sixth.json()).code).toBe('resync.not_possible');
  });
});

describe('X46 what sweeps have found, over the API', () => {
  const console = ConsoleUnderTest.shared();

  it('counts by the runs of the sweep', async () => {
    const config = await console.people.configure({ rules: [] });
    const { accountId } = await console.people.signedIn('ada', [], config);
    await console.people.query(`insert into sync.drift_sweep (scope, trace_id, sent) values ('all', 'sweep', 2)`);
    await console.people.ran(accountId, { outcome: 'applied' });
    await console.people.query(`update sync.reconcile_run set trace_id = 'sweep', lane = 'bulk'`);
    const { items } = DriftSweepList.parse(await (await console.get('drift-sweeps')).json());
    expect(items).toMatchObject([
      { scope: 'all', sent: 2, checked: 1, differing: 1, repaired: 1, startedAt: expect.any(String), finishedAt: null },
    ]);
  });
});
