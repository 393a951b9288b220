import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Problem, ScimTokenCreated, ScimTokenPage } from '@gatehouse/contracts';
import { applied, ConfigUnderTest, document } from '../../test/config-under-test.js';
import type { Surroundings } from '../../test/running-console.js';
import type { RunningConsole } from '../../test/running-console.js';

describe('S66 C73 tokens of identity providers', () => {
  let surroundings: Surroundings;
  let running: RunningConsole;

  beforeAll(async () => {
    const config = await ConfigUnderTest.open();
    ({ surroundings, running } = config);
    await applied(config.put(document));
  });
  afterAll(() => surroundings.close());

  const post = (path: string, body: Record<string, unknown>) =>
    running.request(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const created = async (answer: Response) => {
    expect(answer.status).toBe(201);
    return ScimTokenCreated.parse(await answer.json());
  };
  const list = async (query = '') => ScimTokenPage.parse(await (await running.request(`scim-tokens${query}`)).json());
  const hashed = (token: string) => createHash('sha256').update(token).digest('hex');
  const provider = 'cognito';

  it('are shown once, listed without themselves, kept as a hash, and audited', async () => {
    const { token, ...rest } = await created(await post('scim-tokens', { provider, name: 'Okta' }));
    expect(token).toMatch(/^gatehouse_[\w-]{43}$/);
    expect((await list(`?provider=${provider}&limit=100`)).items).toContainEqual(rest);
    const rows: { token_hash: string; all: string }[] = await surroundings.dataSource.query(
      `select token_hash, (select json_agg(a)::text from console.audit a) as all from console.scim_token where id = $1`,
      [rest.id],
    );
    expect(rows[0]!.token_hash).toBe(hashed(token));
    expect(rows[0]!.all).toContain('scim-token.created');
    expect(rows[0]!.all).not.toContain(token);
  });

  it('are of a provider that is configured', async () => {
    const answer = await post('scim-tokens', { provider: 'nobody', name: 'x' });
    expect(answer.status).toBe(400);
    expect(Problem.parse(await answer.json()).errors).toEqual([
      { path: 'provider', message: expect.stringContaining('GET /api/v1/providers') },
    ]);
  });

  it('are rotated with an overlap: the old one gets an end, the new one has none', async () => {
    const old = await created(await post('scim-tokens', { provider, name: 'Entra' }));
    const next = await created(await post(`scim-tokens/${old.id}/rotate`, { overlapHours: 2 }));
    expect(next).toMatchObject({ provider, name: 'Entra', expiresAt: null });
    expect(next.token).not.toBe(old.token);
    const { items } = await list('?limit=100');
    const endsInHours = (Date.parse(items.find(({ id }) => id === old.id)!.expiresAt!) - Date.now()) / 3_600_000;
    expect(endsInHours).toBeGreaterThan(1.9);
    expect(endsInHours).toBeLessThan(2.1);
  });

  it('end in their successors when they would have ended themselves, unless another end is asked for', async () => {
    const expiresAt = new Date(Date.now() + 90 * 86_400_000).toISOString();
    const old = await created(await post('scim-tokens', { provider, name: 'audited', expiresAt }));
    const next = await created(await post(`scim-tokens/${old.id}/rotate`, { overlapHours: 1 }));
    expect(next.expiresAt).toBe(expiresAt);
    // The answer was lost: by now the old one ends with the overlap.
    const again = await created(await post(`scim-tokens/${old.id}/rotate`, { overlapHours: 1 }));
    expect(again.expiresAt).toBe(expiresAt);
    const later = new Date(Date.now() + 180 * 86_400_000).toISOString();
    const renewed = await created(await post(`scim-tokens/${next.id}/rotate`, { expiresAt: later }));
    expect(renewed.expiresAt).toBe(later);
    const past = await post(`scim-tokens/${renewed.id}/rotate`, { expiresAt: '2026-01-01T00:00:00Z' });
    expect([past.status, Problem.parse(await past.json()).errors]).toEqual([
      400,
      [{ path: 'expiresAt', message: 'lies in the past' }],
    ]);
  });

  it('do not come back by being rotated when they are over', async () => {
    const { id } = await created(await post('scim-tokens', { provider, name: 'over' }));
    await surroundings.dataSource.query(
      `update console.scim_token set expires_at = now() - interval '1 second' where id = $1`,
      [id],
    );
    const answer = await post(`scim-tokens/${id}/rotate`, {});
    expect([answer.status, Problem.parse(await answer.json()).code]).toEqual([409, 'token.over']);
    expect((await list('?limit=100')).items.filter(({ name }) => name === 'over')).toHaveLength(1);
  });

  it('never live longer by being rotated', async () => {
    const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
    const old = await created(await post('scim-tokens', { provider, name: 'short', expiresAt }));
    await created(await post(`scim-tokens/${old.id}/rotate`, { overlapHours: 24 }));
    const { items } = await list('?limit=100');
    expect(items.find(({ id }) => id === old.id)!.expiresAt).toBe(expiresAt);
  });

  it('are revoked at once, and only once', async () => {
    const { id } = await created(await post('scim-tokens', { provider, name: 'gone' }));
    expect((await running.request(`scim-tokens/${id}`, { method: 'DELETE' })).status).toBe(204);
    expect((await list('?limit=100')).items.map((token) => token.id)).not.toContain(id);
    expect((await running.request(`scim-tokens/${id}`, { method: 'DELETE' })).status).toBe(404);
    expect((await post(`scim-tokens/${id}/rotate`, {})).status).toBe(404);
  });

  it('of the sandbox, which everybody knows, are gone with the first start without it', async () => {
    await surroundings.dataSource.query(
      `insert into console.scim_token (provider, name, token_hash, created_by) values ('cognito', 'sandbox', $1, 'start')`,
      [hashed('sandbox-scim-token')],
    );
    await surroundings.start();
    expect((await list('?limit=100')).items.map(({ name }) => name)).not.toContain('sandbox');
  });

  it('page through', async () => {
    const first = await list('?limit=2');
    expect(first.items).toHaveLength(2);
    const second = await list(`?limit=2&after=${first.next!}`);
    expect(second.items.map(({ id }) => id)).not.toContain(first.items[1]!.id);
  });
});
