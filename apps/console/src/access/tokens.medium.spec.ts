import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiTokenCreated, ApiTokenPage, Problem } from '@gatehouse/contracts';
import { adminToken, Surroundings } from '../../test/running-console.js';
import type { RunningConsole } from '../../test/running-console.js';

describe('named tokens', () => {
  let surroundings: Surroundings;
  let running: RunningConsole;

  beforeAll(async () => {
    surroundings = await Surroundings.open();
    running = await surroundings.start();
  });
  afterAll(() => surroundings.close());

  const create = (order: Record<string, unknown>) =>
    running.request('tokens', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(order),
    });
  const created = async (order: Record<string, unknown>) => {
    const answer = await create(order);
    expect(answer.status).toBe(201);
    return ApiTokenCreated.parse(await answer.json());
  };
  const list = async () => ApiTokenPage.parse(await (await running.request('tokens?limit=100')).json()).items;
  const statusWith = async (token: string) =>
    (await running.request('config', { headers: { authorization: `Bearer ${token}` } })).status;
  const code = async (answer: Response) => Problem.parse(await answer.json()).code;

  it('are shown once, listed without themselves, and kept as a hash', async () => {
    const { token, ...rest } = await created({ name: 'Grafana', role: 'viewer' });

    expect(token).toMatch(/^gatehouse_[\w-]{43}$/);
    expect(await statusWith(token)).toBe(200);
    expect(await list()).toContainEqual({ ...rest, lastUsedAt: expect.any(String), createdBy: 'token:admin' });
    expect(await (await running.request('tokens')).text()).not.toContain(token);
    const rows: { all: string }[] = await surroundings.dataSource.query(
      'select (select json_agg(t)::text from console.api_token t) || (select json_agg(a)::text from console.audit a) as all',
    );
    expect(rows[0]!.all).not.toContain(token);
    expect(surroundings.log).not.toContain(token);
  });

  it('end when they are revoked, on every replica, and both is in the audit with who did it', async () => {
    const other = await surroundings.start();
    const { id, token } = await created({ name: 'short-lived', role: 'operator' });
    expect(await statusWith(token)).toBe(200);
    expect((await running.request(`tokens/${id}`, { method: 'DELETE' })).status).toBe(204);

    expect(await statusWith(token)).toBe(401);
    const elsewhere = await other.request('config', { headers: { authorization: `Bearer ${token}` } });
    expect(elsewhere.status).toBe(401);
    expect((await list()).map(({ name }) => name)).not.toContain('short-lived');
    expect(await code(await running.request(`tokens/${id}`, { method: 'DELETE' }))).toBe('api.not_found');
    const audit: unknown[] = await surroundings.dataSource.query(
      `select actor, action, details from console.audit where object = 'api-token/short-lived' order by id`,
    );
    expect(audit).toEqual([
      { actor: 'token:admin', action: 'api-token.created', details: { role: 'operator', expiresAt: null } },
      {
        actor: 'token:admin',
        action: 'api-token.revoked',
        details: {
          role: 'operator',
          createdAt: expect.any(String),
          createdBy: 'token:admin',
          expiresAt: null,
          lastUsedAt: expect.any(String),
          sessionsEnded: 0,
        },
      },
    ]);
  });

  it('end when their time is over', async () => {
    const { id, token } = await created({
      name: 'until-tomorrow',
      role: 'viewer',
      expiresAt: new Date(Date.now() + 86_400_000).toISOString(),
    });
    expect(await statusWith(token)).toBe(200);
    await surroundings.dataSource.query('update console.api_token set expires_at = now() where id = $1', [id]);

    expect(await statusWith(token)).toBe(401);
  });

  it('record their last use at most once a minute', async () => {
    const { id, token } = await created({ name: 'busy', role: 'viewer' });
    await statusWith(token);
    const lastUsed = async () => (await list()).find((item) => item.id === id)!.lastUsedAt;
    const first = await lastUsed();
    await statusWith(token);
    expect(await lastUsed()).toBe(first);

    await surroundings.dataSource.query(
      `update console.api_token set last_used_at = now() - interval '61 seconds' where id = $1`,
      [id],
    );
    await statusWith(token);
    expect(Date.parse((await lastUsed())!)).toBeGreaterThanOrEqual(Date.parse(first!));
  });

  it('leave the first one alone: it is the way back in', async () => {
    const { id } = (await list()).find(({ name }) => name === 'admin')!;
    const answer = await running.request(`tokens/${id}`, { method: 'DELETE' });

    expect(answer.status).toBe(409);
    expect(await code(answer)).toBe('token.bootstrap_kept');
    expect(await statusWith(adminToken)).toBe(200);
  });

  it.each<[string, Record<string, unknown>, number]>([
    ['a name that is taken', { name: 'admin', role: 'viewer' }, 409],
    ['a role that does not exist', { name: 'x', role: 'root' }, 400],
    ['no role', { name: 'x' }, 400],
    ['a name that could break a log line', { name: 'x\ny', role: 'viewer' }, 400],
    ['an end in the past', { name: 'x', role: 'viewer', expiresAt: '2020-01-01T00:00:00Z' }, 400],
    ['a token of their own choice', { name: 'x', role: 'viewer', token: 'mine' }, 400],
  ])('are not made with %s', async (_, order, status) => {
    expect((await create(order)).status).toBe(status);
  });

  it('are listed page by page', async () => {
    for (const name of ['page-a', 'page-b', 'page-c']) await created({ name, role: 'viewer' });
    const names: string[] = [];
    let after = '';
    do {
      const page = ApiTokenPage.parse(await (await running.request(`tokens?limit=2${after}`)).json());
      names.push(...page.items.map(({ name }) => name));
      after = page.next === null ? '' : `&after=${encodeURIComponent(page.next)}`;
    } while (after);

    expect(names).toEqual((await list()).map(({ name }) => name));
  });
});
