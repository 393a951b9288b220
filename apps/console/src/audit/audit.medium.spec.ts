import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { AuditPage, LoginPage, Problem } from '@gatehouse/contracts';
import { Surroundings } from '../../test/running-console.js';
import type { RunningConsole } from '../../test/running-console.js';

interface Login {
  readonly at: string;
  readonly provider?: string;
  readonly outcome?: string;
  readonly code?: string;
  readonly traceId?: string;
  readonly subject?: string;
}

describe('the audit over the admin API', () => {
  let surroundings: Surroundings;
  let running: RunningConsole;

  beforeAll(async () => {
    surroundings = await Surroundings.open();
    running = await surroundings.start();
  });
  afterAll(() => surroundings.close());
  beforeEach(() => surroundings.dataSource.query('truncate gateway.login cascade'));

  async function login({ at, provider = 'company', outcome = 'accepted', code, traceId, subject }: Login) {
    const id = randomUUID();
    await surroundings.dataSource.query(
      `insert into gateway.login (id, at, provider, outcome, code, trace_id, duration_ms, reason, subject)
       values ($1, $2, $3, $4, $5, $6, 42, 'the cause', $7)`,
      [id, at, provider, outcome, code ?? null, traceId ?? 'ab'.repeat(16), subject ?? null],
    );
    return id;
  }

  async function logins(query = ''): Promise<LoginPage> {
    const answer = await running.request(`logins${query}`);
    expect(answer.status).toBe(200);
    return LoginPage.parse(await answer.json());
  }

  it('tells how a sign-in ended, why, for whom and how long it took', async () => {
    const id = await login({
      at: '2026-01-01T10:00:00.123456Z',
      outcome: 'refused',
      code: 'entry.domain_not_allowed',
      subject: 'subject-1',
    });

    expect((await logins()).items).toEqual([
      {
        id,
        at: '2026-01-01T10:00:00.123Z',
        provider: 'company',
        outcome: 'refused',
        code: 'entry.domain_not_allowed',
        meaning: expect.stringContaining('domain'),
        action: expect.stringContaining('allowedEmailDomains'),
        account: null,
        reason: 'the cause',
        subject: 'subject-1',
        identity: null,
        traceId: 'ab'.repeat(16),
        durationMs: 42,
      },
    ]);
  });

  it('tells of an accepted one why its account cannot be used, while that is so', async () => {
    const { dataSource } = surroundings;
    const identity = randomUUID();
    await dataSource.query(
      `insert into gateway.identity (id, provider, issuer, subject, claims) values ($1, 'company', 'https://i', 's', '{}')`,
      [identity],
    );
    const id = await login({ at: '2026-01-01T00:00:00Z' });
    await dataSource.query('update gateway.login set identity_id = $1 where id = $2', [identity, id]);
    const account = async () => (await logins()).items[0]!.account;

    expect(await account()).toBeNull();
    await dataSource.query(
      `insert into mapping.account_identity (identity_id, refused_code) values ($1, 'match.identity_not_linked')`,
      [identity],
    );
    expect(await account()).toMatchObject({
      code: 'match.identity_not_linked',
      meaning: expect.stringContaining('Another identity'),
    });
    await dataSource.query(
      `with account as (insert into mapping.account (name_folded) values ('s') returning id),
       jira as (insert into sync.jira_account (account_id, state, code) select id, 'refused', 'match.administrator' from account)
       update mapping.account_identity set refused_code = null, account_id = account.id from account where identity_id = $1`,
      [identity],
    );
    expect(await account()).toMatchObject({ code: 'match.administrator' });
  });

  it('pages sign-ins of one millisecond newest first, each exactly once, past rows that are gone', async () => {
    const ids: string[] = [];
    for (let step = 0; step < 6; step += 1)
      ids.unshift(await login({ at: `2026-01-01T10:00:00.12340${Math.floor(step / 2)}Z` }));
    const seen: string[] = [];
    let next: string | null = '';
    for (let count = 0; next !== null && count < 6; count += 1) {
      const page: LoginPage = await logins(`?limit=2${next && `&after=${next}`}`);
      seen.push(...page.items.map(({ id }) => id));
      next = page.next;
      await surroundings.dataSource.query('delete from gateway.login where id = any($1)', [seen]);
    }

    expect([...seen].sort()).toEqual([...ids].sort());
    for (const pair of [0, 2, 4])
      expect(new Set(seen.slice(pair, pair + 2))).toEqual(new Set(ids.slice(pair, pair + 2)));
    expect(next).toBeNull();
  });

  it.each([
    ['provider=partner', 1],
    ['provider=Partner', 0],
    ['outcome=failed', 1],
    ['code=entry.email_missing', 1],
    [`traceId=${'cd'.repeat(16)}`, 1],
    ['subject=s2', 1],
    ['outcome=failed&provider=company', 0],
    ['from=2026-01-02T00:00:00Z', 2],
    ['until=2026-01-02T00:00:00Z', 1],
    ['from=2026-01-02T01:00:00%2B01:00&until=2026-01-03T00:00:00Z', 1],
    ["provider=' or true --", 0],
  ])('narrows by %s', async (query, count) => {
    await login({ at: '2026-01-01T00:00:00Z', code: 'entry.email_missing', outcome: 'refused' });
    await login({ at: '2026-01-02T00:00:00Z', traceId: 'cd'.repeat(16), subject: 's2' });
    await login({ at: '2026-01-03T00:00:00Z', provider: 'partner', outcome: 'failed' });
    expect((await logins(`?${query}`)).items).toHaveLength(count);
  });

  it.each([
    ['logins?outcome=unknown', 'outcome'],
    ['logins?from=yesterday', 'from'],
    ['logins?limit=101', 'limit'],
    ['logins?after=bm90LW91cnM', 'after'],
    [`logins?after=${Buffer.from("2026-01-01T00:00:00Z ' or true").toString('base64url')}`, 'after'],
    [`audit?after=${Buffer.from(`2026-01-01T00:00:00Z ${randomUUID()}`).toString('base64url')}`, 'after'],
    ['audit?claims=true', ''],
    ['audit?actor=a%00b', 'actor'],
    ['logins?subject=a%00b', 'subject'],
    ['sessions?provider=a%00b', 'provider'],
  ])('refuses %s by name', async (path, field) => {
    const problem = Problem.parse(await (await running.request(path)).json());
    expect(problem).toMatchObject({ status: 400, code: 'api.request_invalid' });
    expect(problem.errors?.[0]?.path).toBe(field);
  });

  it('a code that is no longer known is told without words of its own', async () => {
    await login({ at: '2026-01-01T00:00:00Z', code: 'constructor' });
    expect((await logins()).items[0]).toMatchObject({ code: 'constructor', meaning: null, action: null });
  });

  it('tells who changed what, to auditors and administrators only', async () => {
    const auditor = await running.tokenOf('auditor');
    const operator = await running.tokenOf('operator');
    const as = (token: string, path: string) =>
      running.request(path, { headers: { authorization: `Bearer ${token}` } });

    const page = AuditPage.parse(await (await as(auditor, 'audit?action=api-token.created&limit=1')).json());
    expect(page.items).toEqual([
      {
        id: expect.stringMatching(/^\d+$/),
        at: expect.any(String),
        actor: 'token:admin',
        action: 'api-token.created',
        object: expect.stringMatching(/^api-token\/operator-/),
        details: { role: 'operator', expiresAt: null },
        traceId: null,
      },
    ]);
    const second = AuditPage.parse(
      await (await as(auditor, `audit?action=api-token.created&limit=1&after=${page.next}`)).json(),
    );
    expect(second.items[0]!.object).toMatch(/^api-token\/auditor-/);
    expect((await as(operator, 'audit')).status).toBe(403);
    expect((await as(operator, 'logins')).status).toBe(200);
  });
});
