import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  BulkActionState,
  BulkPreview,
  FailureGroups,
  LaneList,
  OperationsView,
  ParkedPage,
  Problem,
  ScheduleList,
  WorkerList,
} from '@gatehouse/contracts';
import type { Role } from '@gatehouse/contracts';
import { emptyTables, waitFor } from '@gatehouse/testing';
import { Surroundings } from '../../test/running-console.js';
import type { RunningConsole } from '../../test/running-console.js';

const json = { 'content-type': 'application/json' };
const reason = 'Jira is repaired';
const interactive = 'group-sync.interactive';

describe('operations over the admin API', () => {
  let surroundings: Surroundings;
  let running: RunningConsole;
  let tokens: Record<'viewer' | 'operator' | 'auditor', string>;

  beforeAll(async () => {
    surroundings = await Surroundings.open();
    running = await surroundings.start();
    const tokenOf = (role: Role) => running.tokenOf(role);
    tokens = {
      viewer: await tokenOf('viewer'),
      operator: await tokenOf('operator'),
      auditor: await tokenOf('auditor'),
    };
    await surroundings.operations.start();
  });
  afterAll(async () => {
    await surroundings.operations.stop();
    await surroundings.close();
  });
  beforeEach(async () => {
    surroundings.operations.forgetSnapshot();
    const messaging = ['parked_job', 'outbox', 'bulk_action', 'lane_state'].map((table) => `messaging.${table}`);
    await emptyTables(surroundings.dataSource, ...messaging, 'console.audit');
  });

  const get = async (path: string) => (await running.request(path)).json();

  async function post(path: string, body?: unknown, headers: Record<string, string> = {}) {
    const init = body === undefined ? { headers } : { headers: { ...json, ...headers }, body: JSON.stringify(body) };
    const answer = await running.request(path, { method: 'POST', ...init });
    return { status: answer.status, body: await answer.json() };
  }

  const as = (role: keyof typeof tokens) => ({ authorization: `Bearer ${tokens[role]}` });
  const problem = (code: string, status: number) => ({ status, body: expect.objectContaining({ code, status }) });

  async function park(queue = interactive, code = 'jira.conflict'): Promise<string> {
    const [row] = await surroundings.dataSource.query<{ id: string }[]>(
      `insert into messaging.parked_job (job, queue, key, payload, trace_id, code, message, detail, attempts, outbox_ids)
       values ('reconcile-account', $1, gen_random_uuid(), '{}', repeat('ab', 16), $2, 'Public.', 'user "ada" is locked', 8, '{}')
       returning id`,
      [queue, code],
    );
    return row!.id;
  }

  const audit = () =>
    surroundings.dataSource.query<unknown[]>('select actor, action, object, details from console.audit order by id');

  it('Q01 opens with one sentence, and red names the lane nobody works', async () => {
    await surroundings.dataSource.query(
      `insert into messaging.outbox (event, job, queue, key, payload, trace_id, created_at)
       values ('e', 'reconcile-account', $1, 'k', '{}', repeat('ab', 16), now() - interval '46 seconds')`,
      [interactive],
    );
    const view = OperationsView.parse(await get('operations'));
    expect(view.verdict).toMatchObject({ state: 'red', cause: 'no-worker' });
    expect(view.alerts.map(({ sentence }) => sentence)).toContainEqual(
      expect.stringMatching(
        /^group-sync\.interactive is late by 4\d s because no worker takes its jobs: start group-sync\.$/,
      ),
    );
    expect(view.jira).toMatchObject({ breaker: 'closed', code: null });
    expect(view.lanes.map(({ queue }) => queue)).toContain(interactive);
    expect(LaneList.parse(await get('lanes')).items).toEqual(view.lanes);
    expect(WorkerList.parse(await get('workers')).lanesWithoutWorker).toContain(interactive);
  });

  describe('Q14 a pause', () => {
    const pause = { reason: 'Jira upgrade' };

    it('has a name, a reason and an end, and is audited', async () => {
      const resumeAt = new Date(Date.now() + 3_600_000).toISOString();
      expect(await post(`lanes/${interactive}/pause`, { ...pause, resumeAt }, as('operator'))).toMatchObject({
        status: 200,
      });
      const { items } = LaneList.parse(await get('lanes'));
      expect(items.find(({ queue }) => queue === interactive)!.paused).toMatchObject({
        by: expect.stringMatching(/^token:operator-/),
        reason: 'Jira upgrade',
        resumeAt,
      });
      expect(await post(`lanes/${interactive}/resume`, { reason })).toMatchObject({ status: 200 });
      expect(await post(`lanes/${interactive}/resume`, { reason })).toMatchObject(problem('lane.not_paused', 409));
      expect(await audit()).toMatchObject([
        { action: 'lane.paused', object: `lane/${interactive}`, details: { reason: 'Jira upgrade', resumeAt } },
        { action: 'lane.resumed', details: { reason } },
        { action: 'lane.resumed' },
      ]);
    });

    it('of the offboarding lane needs an admin', async () => {
      const path = 'lanes/group-sync.offboarding/pause';
      expect(await post(path, pause, as('operator'))).toMatchObject(problem('lane.pause_needs_admin', 403));
      expect(await post(path, pause)).toMatchObject({ status: 200 });
    });

    it.each([
      ['without a reason', interactive, {}, 'api.request_invalid', 400],
      [
        'that ends in the past',
        interactive,
        { ...pause, resumeAt: '2020-01-01T00:00:00Z' },
        'api.request_invalid',
        400,
      ],
      ['of a lane that is not there', 'group-sync.nothing', pause, 'api.not_found', 404],
    ])('%s is refused', async (_, queue, body, code, status) => {
      expect(await post(`lanes/${queue}/pause`, body)).toMatchObject(problem(code, status));
    });

    it('without any body is told what belongs into it', async () => {
      const asked = (init: { headers?: Record<string, string>; body?: string }) =>
        running.request(`lanes/${interactive}/pause`, { method: 'POST', ...init });
      const json = { 'content-type': 'application/json' };
      const lacking = { status: 400, errors: [{ path: 'reason' }] };
      expect(await (await asked({})).json()).toMatchObject(lacking);
      expect(await (await asked({ headers: json })).json()).toMatchObject(lacking);
      const broken = { status: 400, errors: [{ message: expect.stringContaining('JSON') }] };
      expect(await (await asked({ headers: json, body: '{no' })).json()).toMatchObject(broken);
    });
  });

  it('Q06 groups failures, tells whether a retry can help, and leads from the group to its jobs', async () => {
    for (let count = 0; count < 3; count += 1) await park();
    await park(interactive, 'jira.group_missing');
    const { items } = FailureGroups.parse(await get('failures'));
    expect(items).toMatchObject([
      { code: 'jira.conflict', count: 3, affected: 3, class: 'transient', sentence: 'user <name> is locked' },
      { code: 'jira.group_missing', count: 1, class: 'business', action: expect.stringContaining('Create the group') },
    ]);
    const jobs = ParkedPage.parse(await get(`parked?group=${items[0]!.id}`)).items;
    expect(jobs.map(({ code }) => code)).toEqual(['jira.conflict', 'jira.conflict', 'jira.conflict']);
    expect(jobs[0]!.retry).toBe('reconcile again from current intent'); // Q13
    expect(await (await running.request('failures/0000')).json()).toMatchObject({ code: 'api.not_found' });
  });

  it('Q09 discards one job with a reason, and an offboarding only by an admin', async () => {
    const id = await park();
    expect(await post(`parked/${id}/discard`, {})).toMatchObject(problem('api.request_invalid', 400));
    expect(await post(`parked/${id}/discard`, { reason: 'a test person' }, as('operator'))).toEqual({
      status: 200,
      body: { id, result: 'discarded' },
    });
    expect(await post(`parked/${id}/discard`, { reason })).toMatchObject(problem('job.already_resolved', 409));
    expect(await audit()).toMatchObject([
      { action: 'parked.discarded', object: `parked/${id}`, details: { reason: 'a test person' } },
    ]);

    const offboarding = await park('group-sync.offboarding');
    const path = `parked/${offboarding}/discard`;
    expect(await post(path, { reason }, as('operator'))).toMatchObject(problem('job.discard_needs_admin', 403));
    expect(await post(path, { reason })).toMatchObject({ status: 200 });
  });

  describe('Q08 one action on many jobs', () => {
    const key = () => ({ 'idempotency-key': randomUUID() });

    it('is previewed, confirmed, worked off and told', async () => {
      for (let count = 0; count < 3; count += 1) await park();
      const filter = { code: 'jira.conflict' };
      const preview = BulkPreview.parse((await post('parked/actions/preview', { kind: 'discard', filter })).body);
      expect(preview).toMatchObject({
        count: 3,
        offboarding: 0,
        byCode: [{ code: 'jira.conflict', class: 'transient' }],
      });
      const wanted = { kind: 'discard', filter, reason, expectedCount: preview.count };
      const headers = { ...key(), ...as('operator') };
      const made = BulkActionState.parse((await post('parked/actions', wanted, headers)).body);
      const again = BulkActionState.parse((await post('parked/actions', wanted, headers)).body);
      expect(again.id).toBe(made.id);
      const done = await waitFor(
        async () => {
          const state = BulkActionState.parse(await get(`parked/actions/${made.id}`));
          return state.state === 'done' ? state : undefined;
        },
        { what: 'the action to be done', timeoutMs: 10_000 },
      );
      expect(done).toMatchObject({ total: 3, done: 3, left: 0, filter, reason });
      expect(await audit()).toMatchObject([{ action: 'parked.bulk-discard', details: { filter, reason } }]);
      const cancel = await post(`parked/actions/${made.id}/cancel`, { reason });
      expect(cancel).toMatchObject(problem('job.action_not_possible', 409));
    });

    it('is refused when it means something else than what was looked at, and holds no job then', async () => {
      for (let count = 0; count < 12; count += 1) await park();
      const wanted = { kind: 'retry', filter: { all: true }, reason, expectedCount: 2 };
      expect(await post('parked/actions', wanted, key())).toMatchObject(problem('job.count_differs', 409));
      const { kind, filter } = wanted;
      expect((await post('parked/actions/preview', { kind, filter })).body).toMatchObject({ count: 12 });
      expect(await audit()).toEqual([]);
    });

    it.each([
      ['without a key', { all: true }, {}, 'api.idempotency_key_missing', 400],
      ['with a filter that names nothing', {}, { 'idempotency-key': 'a-key-of-mine' }, 'api.request_invalid', 400],
    ])('is refused %s', async (_, filter, headers, code, status) => {
      const wanted = { kind: 'retry', filter, reason, expectedCount: 0 };
      expect(await post('parked/actions', wanted, headers)).toMatchObject(problem(code, status));
    });

    it('discards offboardings only for an admin', async () => {
      await park('group-sync.offboarding');
      const wanted = { kind: 'discard', filter: { all: true }, reason, expectedCount: 1 };
      expect(await post('parked/actions', wanted, { ...key(), ...as('operator') })).toMatchObject(
        problem('job.discard_needs_admin', 403),
      );
    });
  });

  it('Q21 lists schedules, runs and pauses them with a reason', async () => {
    const { items } = ScheduleList.parse(await get('schedules'));
    const { name } = items[0]!;
    expect(await post(`schedules/${name}/pause`, { reason })).toMatchObject({ status: 200 });
    expect(ScheduleList.parse(await get('schedules')).items[0]).toMatchObject({ nextRunAt: null, paused: { reason } });
    expect(await post(`schedules/${name}/run`, { reason })).toMatchObject({ status: 200 });
    expect(await post(`schedules/${name}/resume`, { reason })).toMatchObject({ status: 200 });
    expect(await post(`schedules/${name}/resume`, { reason })).toMatchObject(problem('schedule.not_paused', 409));
    expect(await post('schedules/nothing/run', { reason })).toMatchObject(problem('api.not_found', 404));
    const [ran] = ScheduleList.parse(await get('schedules')).items;
    expect(ran).toMatchObject({ lastOutcome: 'running', paused: null });
  });

  const changes = [
    `lanes/${interactive}/pause`,
    `lanes/${interactive}/resume`,
    `parked/${randomUUID()}/retry`,
    `parked/${randomUUID()}/discard`,
    'parked/actions',
    `parked/actions/${randomUUID()}/cancel`,
    `parked/actions/${randomUUID()}/resume`,
    'schedules/tidy-runs/run',
    'schedules/tidy-runs/pause',
    'schedules/tidy-runs/resume',
    'queues/recover',
  ];

  it.each(changes)('%s changes nothing for a viewer or an auditor', async (path) => {
    for (const role of ['viewer', 'auditor'] as const)
      expect(Problem.parse((await post(path, { reason }, as(role))).body)).toMatchObject({ code: 'api.forbidden' });
    expect(await audit()).toEqual([]);
  });

  it.each([
    'operations',
    'lanes',
    'failures',
    'attempts?job=j&key=k',
    'parked',
    'parked/actions',
    'workers',
    'schedules',
  ])('%s is readable for a viewer and an auditor', async (path) => {
    for (const role of ['viewer', 'auditor'] as const)
      expect((await running.request(path, { headers: as(role) })).status).toBe(200);
  });

  it('Q20 looks for lost jobs on request', async () => {
    expect(await post('queues/recover')).toEqual({ status: 200, body: { reopened: 0 } });
    expect(await audit()).toMatchObject([{ action: 'queues.recover' }]);
  });
});
