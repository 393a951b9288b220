import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Problem } from '@gatehouse/contracts';
import { adminToken, Surroundings } from '../../test/running-console.js';
import type { RunningConsole } from '../../test/running-console.js';

/** What stands before the board. The board itself is opened by the browser test: jest cannot load all of its parts. */
describe('the raw queue board', () => {
  let surroundings: Surroundings;
  let running: RunningConsole;
  let cookie: string;

  beforeAll(async () => {
    surroundings = await Surroundings.open();
    running = await surroundings.start();
    const answer = await fetch(`${running.url}/console/login`, {
      method: 'POST',
      redirect: 'manual',
      headers: { origin: 'http://localhost:3000' },
      body: new URLSearchParams({ token: adminToken }),
    });
    cookie = answer.headers.getSetCookie()[0]!.split(';')[0]!;
  });
  afterAll(() => surroundings.close());

  const ask = (path: string, init: { method?: string; headers?: Record<string, string> } = {}) =>
    fetch(`${running.url}/console/queues${path}`, {
      redirect: 'manual',
      ...init,
      headers: { cookie, ...init.headers },
    });

  const writes: [string, string][] = [
    ['PUT', '/api/queues/group-sync.interactive/retry/failed'],
    ['PUT', '/api/queues/group-sync.interactive/pause'],
    ['PUT', '/api/queues/group-sync.interactive/obliterate'],
    ['PUT', '/api/queues/group-sync.interactive/1/clean'],
    ['PATCH', '/api/queues/group-sync.interactive/1/update-data'],
    ['POST', '/api/queues/group-sync.interactive/add'],
    ['POST', '/'],
    ['DELETE', '/anything'],
    ['OPTIONS', ''],
  ];

  it.each(writes)('Q23 refuses %s %s for everybody, the administrator too', async (method, path) => {
    const visitors: Record<string, string>[] = [{}, { cookie: '' }, { authorization: `Bearer ${adminToken}` }];
    for (const headers of visitors) {
      const answer = await ask(path, { method, headers });
      expect(answer.status).toBe(403);
      expect(Problem.parse(await answer.json()).code).toBe('console.board_read_only');
    }
  });

  it('shows nothing without a session: a page leads to the form, a call of its script is refused', async () => {
    const page = await ask('/', { headers: { cookie: '', accept: 'text/html' } });
    expect([page.status, page.headers.get('location')]).toEqual([
      303,
      `/_sso/console/login?next=${encodeURIComponent('/_sso/console/queues/')}`,
    ]);
    const call = await ask('/api/queues', { headers: { cookie: '', accept: 'application/json' } });
    expect([call.status, Problem.parse(await call.json()).code]).toEqual([401, 'console.session_missing']);
    const bearer = await ask('/api/queues', { headers: { cookie: '', authorization: `Bearer ${adminToken}` } });
    expect(bearer.status).toBe(401);
  });
});
