import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { DirectorySync, DirectorySyncList, Problem } from '@gatehouse/contracts';
import { emptyTables } from '@gatehouse/testing';
import { ConsoleUnderTest } from '../../test/console-under-test.js';

const reason = 'a test';
const path = 'providers/company/directory-syncs';

describe('S67 reading the directory of a provider, over the API', () => {
  const console = ConsoleUnderTest.shared();
  const codeOf = async (answer: Promise<Response>) => Problem.parse(await (await answer).json()).code;
  const read = async (id: string) => DirectorySync.parse(await (await console.get(`${path}/${id}`)).json());
  const start = async () => DirectorySync.parse(await (await console.post(path, { reason })).json());

  async function configure(): Promise<void> {
    await emptyTables(console.people, 'console.directory_sync_order', 'directory.pull_sync', 'messaging.outbox');
    await console.people.configure({ rules: [] });
    await console.people.query(
      `insert into console.config_version (document, actor)
       select jsonb_set(document, '{providers,company,pullSync}', $1), 'test' from console.config_version
       order by version desc limit 1`,
      [JSON.stringify({ userPoolId: 'eu-central-1_Abc123', region: 'eu-central-1' })],
    );
  }

  const began = (id: string, state: string) =>
    console.people.query(
      `insert into directory.pull_sync (id, provider, cause, trace_id, source, state, people_seen, people_absent)
       values ($1, 'company', 'order', repeat('ab', 16), 's', $2, 40, 12)`,
      [id, state],
    );

  it('is refused where nothing is to be read', async () => {
    await console.people.configure({ rules: [] });
    expect(await codeOf(console.post(path, { reason }))).toBe('directory_sync.not_configured');
    expect((await console.post('providers/nobody/directory-syncs', { reason })).status).toBe(404);
  });

  it('X24 is ordered once at a time, seen, and cancelled before it begins', async () => {
    await configure();
    const { id } = await start();
    expect(await read(id)).toMatchObject({ state: 'waiting', cause: 'order', reason, startedAt: null, phase: null });
    const rows = await console.people.query('select event, queue, key from messaging.outbox');
    expect(rows).toEqual([{ event: 'directory-sync.due', queue: 'scim-ingest.bulk', key: 'company' }]);
    expect(await codeOf(console.post(path, { reason }))).toBe('directory_sync.not_possible');
    expect(await codeOf(console.post(`${path}/${id}/release`, { reason }))).toBe('directory_sync.not_possible');
    await console.post(`${path}/${id}/cancel`, { reason });
    expect(await read(id)).toMatchObject({ state: 'cancelled' });
    expect(await codeOf(console.post(`${path}/${id}/cancel`, { reason }))).toBe('directory_sync.not_possible');
    expect((await start()).state).toBe('waiting');
    expect((await console.get(`${path}/${randomUUID()}`)).status).toBe(404);
    expect((await console.get(`providers/other/directory-syncs/${id}`)).status).toBe(404);
  });

  it('P31 a held one is released once, and shows how many are missing', async () => {
    await configure();
    const { id } = await start();
    await began(id, 'held');
    expect(await read(id)).toMatchObject({ state: 'held', people: { seen: 40, absent: 12 }, pass: 1 });
    expect((await console.post(`${path}/${id}/release`, { reason })).status).toBe(200);
    expect(await codeOf(console.post(`${path}/${id}/release`, { reason }))).toBe('directory_sync.not_possible');
    await began(randomUUID(), 'done');
    const { items } = DirectorySyncList.parse(await (await console.get(path)).json());
    expect(items.map(({ state }) => state).toSorted()).toEqual(['done', 'held']);
    const audit = await console.people.query(`select action from console.audit where action like 'directory-sync%'`);
    expect(audit).toContainEqual({ action: 'directory-sync.release' });
  });
});
