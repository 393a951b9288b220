import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { TimelinePage } from '@gatehouse/contracts';
import { ConsoleUnderTest } from '../../test/console-under-test.js';

describe('U12 the timeline of a person, over the API', () => {
  const console = ConsoleUnderTest.shared();

  async function page(accountId: string, query = ''): Promise<TimelinePage> {
    const answer = await console.get(`people/${accountId}/timeline${query}`);
    expect(answer.status).toBe(200);
    return TimelinePage.parse(await answer.json());
  }

  async function ada(): Promise<string> {
    const config = await console.people.configure({ rules: [{ from: 'dev', to: 'jira-developers' }] });
    const { accountId, identityId } = await console.people.signedIn('ada', ['dev'], config);
    await console.people.signedIn('grace', ['dev'], config);
    const change = { kind: 'add', group: 'jira-developers', because: [['company', 'rule dev']] };
    await console.people.ran(accountId, { outcome: 'applied', plan: { changes: [change] } });
    await console.people.query(
      `insert into messaging.parked_job (job, queue, key, payload, trace_id, code, message, attempts, outbox_ids)
       values ('reconcile-account', 'group-sync.interactive', $1, '{}', 'trace', 'jira.directory_read_only', 'no', 1, '{}')`,
      [accountId],
    );
    await console.people.query(
      `insert into gateway.session (id, token_hash, identity_id, account_id, expires_at, ended_at, ended_reason)
       values ($1, 'hash', $2, $3, now() + interval '1 hour', now() + interval '1 minute', 'signed-out')`,
      [randomUUID(), identityId, accountId],
    );
    return accountId;
  }

  it('tells what every service knows of this person and of nobody else, newest first', async () => {
    const { items, next } = await page(await ada());
    expect(next).toBeNull();
    expect(items.map(({ kind }) => kind)).toEqual([
      'session-ended',
      'session',
      'parked',
      'run',
      'desired',
      'mapped',
      'login',
    ]);
    expect(items.find(({ kind }) => kind === 'run')!.details).toMatchObject({
      outcome: 'applied',
      changes: [{ group: 'jira-developers', because: [['company', 'rule dev']] }],
    });
    expect(items.find(({ kind }) => kind === 'parked')).toMatchObject({
      code: 'jira.directory_read_only',
      action: expect.any(String),
    });
  });

  it('tells of refused sign-ins too, which belong to nobody, and of no other person of that provider', async () => {
    const accountId = await ada();
    const refuse = (
      subject: string,
    ) => `insert into gateway.login (id, provider, subject, outcome, code, trace_id, duration_ms)
      select gen_random_uuid(), provider, ${subject}, 'refused', 'entry.deactivated', 'trace', 1 from gateway.identity`;
    await console.people.query(refuse('subject'));
    await console.people.query(refuse(`'somebody-else'`));

    const logins = (await page(accountId, '?kind=login')).items;
    expect(logins.map(({ code }) => code)).toEqual(['entry.deactivated', null]);
    expect(logins[0]!.details).toMatchObject({ outcome: 'refused', identity: expect.any(String) });
  });

  it('page by page it is the same list, also where facts have one moment', async () => {
    const accountId = await ada();
    await console.people.query(`update sync.reconcile_run set finished_at = '2026-01-01T00:00:00.123456Z'`);
    await console.people.query(`update gateway.login set at = '2026-01-01T00:00:00.123456Z'`);
    const whole = await page(accountId);
    const seen: TimelinePage['items'] = [];
    let next: string | null = '';
    while (next !== null) {
      const part: TimelinePage = await page(accountId, `?limit=1${next === '' ? '' : `&after=${next}`}`);
      seen.push(...part.items);
      next = part.next;
    }
    expect(seen).toEqual(whole.items);
    expect((await page(accountId, '?kind=run')).items.map(({ kind }) => kind)).toEqual(['run']);
  });

  it('the person may be said by name, as everywhere', async () => {
    const accountId = await ada();
    expect(await page('Ada')).toEqual(await page(accountId));
  });

  it('what is no account, no cursor or no kind is refused', async () => {
    const accountId = await ada();
    const status = async (path: string) => (await console.get(`people/${path}`)).status;
    expect(await status(`${randomUUID()}/timeline`)).toBe(404);
    expect(await status(`${accountId}/timeline?after=eA`)).toBe(400);
    const yearZero = Buffer.from('0000-01-01T00:00:00Z x').toString('base64url');
    expect(await status(`${accountId}/timeline?after=${yearZero}`)).toBe(400);
    expect(await status(`${accountId}/timeline?kind=claims`)).toBe(400);
  });

  it('I4 tells how a directory has the person, and that it was linked', async () => {
    const accountId = await ada();
    const id = await console.people.inDirectory({ userName: 'ada', active: false }, { accountId });
    expect((await page(accountId, '?kind=directory')).items).toMatchObject([
      { id, code: 'directory.user_inactive', details: { provider: 'company', active: false, removed: false } },
    ]);
    expect((await page(accountId, '?kind=mapped')).items.map(({ details }) => details)).toContainEqual({
      directoryUser: id,
      linked: true,
    });
  });
});
