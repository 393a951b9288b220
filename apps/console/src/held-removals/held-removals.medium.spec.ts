import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { HeldRemovalPage, HeldRemovals, HeldRemovalsDecided } from '@gatehouse/contracts';
import { emptyTables } from '@gatehouse/testing';
import { Surroundings } from '../../test/running-console.js';
import type { RunningConsole } from '../../test/running-console.js';

describe('P31 U18 removals that are held, over the API', () => {
  let surroundings: Surroundings;
  let running: RunningConsole;
  let tokens: Record<'viewer' | 'operator' | 'admin', string>;

  beforeAll(async () => {
    surroundings = await Surroundings.open();
    running = await surroundings.start();
    const [viewer, operator, admin] = await Promise.all(
      (['viewer', 'operator', 'admin'] as const).map((role) => running.tokenOf(role)),
    );
    tokens = { viewer: viewer!, operator: operator!, admin: admin! };
  });
  afterAll(() => surroundings.close());
  beforeEach(() =>
    emptyTables(
      surroundings.dataSource,
      ...['sync.held_removal', 'messaging.outbox'],
      ...['console.removal_decision', 'console.audit', 'console.config_version'],
    ),
  );

  const query = (text: string, values: unknown[] = []) =>
    surroundings.dataSource.query<Record<string, unknown>[]>(text, values);

  async function hold(group: string, change: { account?: string; version?: number } = {}): Promise<void> {
    await query(
      `insert into sync.held_removal (account_id, group_folded, group_name, because, scope, config_version, version)
       values ($1, lower($2), $2, 'managed', 'group', $3, 1)`,
      [change.account ?? randomUUID(), group, change.version ?? 7],
    );
  }

  const get = async (path: string) => (await running.request(path)).json();
  async function say(path: string, body: object, role: keyof typeof tokens = 'admin') {
    const answer = await running.request(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${tokens[role]}` },
      body: JSON.stringify(body),
    });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  }
  const reason = 'the project has ended';

  it('U18 shows totals by configuration and group, and the difference page by page', async () => {
    const ada = randomUUID();
    await query(
      `insert into sync.jira_account (account_id, jira_key, username, state) values ($1, 'K1', 'ada', 'ready')
       on conflict do nothing`,
      [ada],
    );
    await hold('Dev', { account: ada });
    await hold('ops', { account: ada });
    await hold('Dev');
    await hold('Dev', { version: 6 });
    const overview = HeldRemovals.parse(await get('held-removals'));
    expect(overview).toMatchObject({
      people: 3,
      removals: 4,
      versions: [
        {
          configVersion: 7,
          people: 2,
          removals: 3,
          tripped: ['group'],
          groups: [
            { group: 'Dev', people: 2 },
            { group: 'ops', people: 1 },
          ],
        },
        { configVersion: 6, people: 1, removals: 1 },
      ],
    });

    const seen: HeldRemovalPage['items'] = [];
    let next: string | null = '';
    while (next !== null) {
      const page: HeldRemovalPage = HeldRemovalPage.parse(
        await get(`held-removals/7?limit=1${next === '' ? '' : `&after=${next}`}`),
      );
      seen.push(...page.items);
      next = page.next;
    }
    expect(seen.filter(({ username }) => username === 'ada').map(({ group }) => group)).toEqual(['Dev', 'ops']);
    expect(seen).toHaveLength(3);
    expect(HeldRemovalPage.parse(await get('held-removals/7?group=DEV')).items).toHaveLength(2);
  });

  it('U18 one call lets them go: it starts the job, is told to the audit, and is harmless to repeat', async () => {
    await hold('Dev');
    await hold('ops');
    const first = await say('held-removals/7/approve', { reason });
    expect(first.status).toBe(200);
    const decided = { configVersion: 7, group: null, verdict: 'approve' };
    expect(HeldRemovalsDecided.parse(first.body)).toEqual({ ...decided, changed: true, people: 2, removals: 2 });
    const again = await say('held-removals/7/approve', { reason });
    expect(again).toMatchObject({ status: 200, body: { ...decided, changed: false } });

    expect(await query('select job, queue, key from messaging.outbox')).toEqual([
      { job: 'release-removals', queue: 'group-sync.bulk', key: '7' },
    ]);
    expect(await query('select action, object, details from console.audit')).toEqual([
      { action: 'removals.approve', object: 'config/7', details: { reason, group: null, people: 2, removals: 2 } },
    ]);
    expect(await get('held-removals')).toMatchObject({ people: 0, versions: [] });
  });

  it('X32 of all that a version takes does not let users go for good: they stay listed until a word of their own', async () => {
    await hold('Dev');
    await hold('*removed');
    expect(await say('held-removals/7/approve', { reason })).toMatchObject({ body: { people: 1, removals: 1 } });
    expect(await get('held-removals')).toMatchObject({
      people: 1,
      versions: [{ configVersion: 7, groups: [{ group: '*removed', people: 1 }] }],
    });
    await say('held-removals/7/approve', { reason, group: '*removed' });
    expect(await get('held-removals')).toMatchObject({ people: 0, versions: [] });
  });

  it('X32 dismissing all of it keeps them', async () => {
    await hold('*removed');
    expect(await say('held-removals/7/dismiss', { reason })).toMatchObject({ body: { people: 1, removals: 1 } });
    expect(await get('held-removals')).toMatchObject({ versions: [] });
  });

  it('U18 of one group only, and the last word counts', async () => {
    await hold('Dev');
    await hold('ops');
    expect(await say('held-removals/7/dismiss', { reason, group: 'DEV' })).toMatchObject({
      body: { group: 'DEV', verdict: 'dismiss', changed: true, people: 1, removals: 1 },
    });
    expect(await query('select 1 from messaging.outbox')).toEqual([]);
    expect(await get('held-removals')).toMatchObject({ people: 1, versions: [{ groups: [{ group: 'ops' }] }] });
    await say('held-removals/7/approve', { reason, group: 'dev' });
    expect(await query('select group_folded, verdict from console.removal_decision')).toEqual([
      { group_folded: 'dev', verdict: 'approve' },
    ]);
  });

  it.each(['viewer', 'operator'] as const)('is not the business of a %s, who may look', async (role) => {
    await hold('Dev');
    for (const verdict of ['approve', 'dismiss'])
      expect(await say(`held-removals/7/${verdict}`, { reason }, role)).toMatchObject({
        status: 403,
        body: { code: 'api.forbidden' },
      });
    expect(await query('select 1 from console.removal_decision')).toEqual([]);
    const answer = await running.request('held-removals', { headers: { authorization: `Bearer ${tokens[role]}` } });
    expect(answer.status).toBe(200);
  });

  it('needs a reason', async () => {
    expect(await say('held-removals/7/approve', {})).toMatchObject({
      status: 400,
      body: { code: 'api.request_invalid' },
    });
  });

  describe('U18 with four eyes', () => {
    const config = (version: number, actor: string, fourEyes: boolean) =>
      query(
        `insert into console.config_version (version, document, actor) overriding system value values ($1, $2, $3)`,
        [version, JSON.stringify({ version: 1, settings: { brake: { fourEyes } } }), actor],
      );
    const who = async (role: 'admin') => {
      const [row] = await query(`select name from console.api_token where role = $1 and name like $2`, [
        role,
        `${role}-%`,
      ]);
      return String(row!['name']);
    };

    it('whoever applied a configuration approves none of its removals, by no way, and may leave them as they are', async () => {
      const admin = await who('admin');
      await hold('Dev');
      await config(7, `session:${admin}`, true);
      const refusal = { status: 403, body: { code: 'removals.four_eyes' } };
      expect(await say('held-removals/7/approve', { reason })).toMatchObject(refusal);
      expect(await say('held-removals/7/approve', { reason, group: 'Dev' })).toMatchObject(refusal);
      await config(8, `token:${admin}`, false);
      expect(await say('held-removals/7/approve', { reason })).toMatchObject(refusal);
      expect(await query('select 1 from console.removal_decision')).toEqual([]);
      expect(await query('select 1 from console.audit')).toEqual([]);
      expect((await say('held-removals/7/dismiss', { reason })).status).toBe(200);
    });

    it.each([
      ['another administrator approves', 'token:somebody-else', true],
      ['without the setting one is enough', undefined, false],
    ])('%s', async (_, actor, fourEyes) => {
      await hold('Dev');
      await config(7, actor ?? `token:${await who('admin')}`, fourEyes);
      expect((await say('held-removals/7/approve', { reason })).status).toBe(200);
    });
  });
});
