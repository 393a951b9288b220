import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { OpKeyRotationOrdered, OpKeys, Problem, SessionPage, SessionsEnded } from '@gatehouse/contracts';
import { encryption, Surroundings } from '../../test/running-console.js';
import type { RunningConsole } from '../../test/running-console.js';

describe('sessions over the API', () => {
  let surroundings: Surroundings;
  let running: RunningConsole;
  let viewer: string;
  let operator: string;

  beforeAll(async () => {
    surroundings = await Surroundings.open();
    running = await surroundings.start();
    [viewer, operator] = [await running.tokenOf('viewer'), await running.tokenOf('operator')];
  });
  beforeEach(async () => {
    await surroundings.dataSource.query('delete from gateway.session; delete from gateway.identity');
    await surroundings.dataSource.query('delete from console.session_revocation');
  });
  afterAll(() => surroundings.close());

  const query = (text: string, values: unknown[] = []) => surroundings.dataSource.query<Row[]>(text, values);

  async function identity(provider = 'company'): Promise<string> {
    const [row] = await query(
      `insert into gateway.identity (provider, issuer, subject, claims)
       values ($1, 'https://idp.example', gen_random_uuid()::text, '{"email":"ada@example.com"}') returning id`,
      [provider],
    );
    return row!.id;
  }

  async function session(of: string, account: string, change: { hoursAgo?: number; remembered?: boolean } = {}) {
    const [row] = await query(
      `insert into gateway.session (id, token_hash, identity_id, account_id, created_at, last_seen_at, expires_at,
                                    remembered, provider_session, id_token_sealed)
       values (gen_random_uuid(), gen_random_uuid()::text, $1, $2, now() - make_interval(hours => $3),
               now() - make_interval(hours => $3), now() + interval '1 day', $4, 'the-sid', 'v1.sealed') returning id`,
      [of, account, change.hoursAgo ?? 0, change.remembered ?? false],
    );
    return row!.id;
  }

  const ask = (path: string, token: string, init: { method?: string; body?: unknown } = {}) =>
    running.request(path, {
      method: init.method ?? 'GET',
      ...(init.body === undefined ? {} : { body: JSON.stringify(init.body) }),
      headers: {
        authorization: `Bearer ${token}`,
        ...(init.body === undefined ? {} : { 'content-type': 'application/json' }),
      },
    });
  const list = async (parameters = '') => SessionPage.parse(await (await ask(`sessions${parameters}`, viewer)).json());

  /** What a gateway does at the notification. */
  async function gatewayCarriesOut(): Promise<() => void> {
    return surroundings.notifications.on('gatehouse_session_revocation', () => {
      void query(
        `update gateway.session s set ended_at = now() from console.session_revocation o, gateway.identity i
         where i.id = s.identity_id and s.created_at <= o.ordered_at
           and (o.session_id is null or s.id = o.session_id) and (o.account_id is null or s.account_id = o.account_id)
           and (o.identity_id is null or i.id = o.identity_id) and (o.provider is null or i.provider = o.provider)`,
      );
    });
  }

  it('lists who is signed in, newest first and page by page, and nothing that could be presented', async () => {
    const ada = await identity();
    const account = randomUUID();
    const ids: string[] = [];
    for (let hoursAgo = 0; hoursAgo < 5; hoursAgo += 1) ids.push(await session(ada, account, { hoursAgo }));
    await session(ada, account, { hoursAgo: 9 }); // Idle for too long.
    const remembered = await session(ada, account, { hoursAgo: 10, remembered: true });

    const seen: string[] = [];
    let next: string | null = '';
    while (next !== null) {
      const page: SessionPage = await list(`?limit=2${next === '' ? '' : `&after=${next}`}`);
      seen.push(...page.items.map(({ id }) => id));
      next = page.next;
    }
    expect(seen).toEqual([...ids, remembered]);
    const text = await (await ask('sessions', viewer)).text();
    for (const secret of ['the-sid', 'v1.sealed', 'token', 'ada@example.com']) expect(text).not.toContain(secret);
  });

  it('lists those of an account, an identity or a provider', async () => {
    const [ada, bob] = [await identity(), await identity('partner')];
    const [ofAda, ofBob] = [randomUUID(), randomUUID()];
    const [one, other] = [await session(ada, ofAda), await session(bob, ofBob)];
    await query(`insert into sync.jira_account (account_id, username, state) values ($1, 'Ada.Élan', 'ready')`, [
      ofAda,
    ]);
    const found = async (parameters: string) => (await list(parameters)).items.map(({ id }) => id);

    expect(await found(`?account=${ofAda}`)).toEqual([one]);
    expect(await found(`?identity=${bob}`)).toEqual([other]);
    expect(await found('?provider=partner')).toEqual([other]);
    expect(await found(`?provider=partner&account=${ofAda}`)).toEqual([]);
    expect((await list(`?account=${ofAda}`)).items[0]).toMatchObject({ username: 'Ada.Élan', provider: 'company' });
    expect((await ask('sessions?account=x', viewer)).status).toBe(400);
    expect((await ask('sessions?after=x', viewer)).status).toBe(400);
  });

  it('ends those of an account, counts them, and tells the audit who and why', async () => {
    const [ada, account] = [await identity(), randomUUID()];
    for (let count = 0; count < 3; count += 1) await session(ada, account);
    await query(`insert into sync.jira_account (account_id, username, state) values ($1, 'ada', 'ready')`, [account]);
    const other = await session(ada, randomUUID());
    const stop = await gatewayCarriesOut();
    try {
      const answer = await ask('sessions/end', operator, {
        method: 'POST',
        body: { account, reason: 'left the company' },
      });
      expect(answer.status).toBe(200);
      expect(SessionsEnded.parse(await answer.json())).toEqual({ sessions: 3, remaining: 0 });
    } finally {
      stop();
    }
    expect((await list()).items.map(({ id }) => id)).toEqual([other]);
    const [line] = await query(
      `select actor, details from console.audit where action = 'sessions.ended' order by id desc limit 1`,
    );
    expect(line).toMatchObject({
      actor: expect.stringMatching(/^token:operator-/),
      details: {
        account,
        reason: 'left the company',
        sessions: 3,
        ended: Array.from({ length: 3 }, () =>
          expect.objectContaining({ account, username: 'ada', identity: ada, provider: 'company' }),
        ),
      },
    });
    for (const secret of ['the-sid', 'v1.sealed', 'ada@example.com'])
      expect(JSON.stringify(line)).not.toContain(secret);
  });

  it('ends one session', async () => {
    const [ada, account] = [await identity(), randomUUID()];
    const [one, other] = [await session(ada, account), await session(ada, account)];
    const stop = await gatewayCarriesOut();
    try {
      const answer = await ask(`sessions/${one}`, operator, { method: 'DELETE' });
      expect(SessionsEnded.parse(await answer.json())).toEqual({ sessions: 1, remaining: 0 });
    } finally {
      stop();
    }
    expect((await list()).items.map(({ id }) => id)).toEqual([other]);
    const gone = await ask(`sessions/${one}`, operator, { method: 'DELETE' });
    expect([gone.status, Problem.parse(await gone.json()).code]).toEqual([404, 'api.not_found']);
  });

  it('says how many remain while no gateway is there to carry it out, and the order stays', async () => {
    const [ada, account] = [await identity(), randomUUID()];
    await session(ada, account);
    const answer = await ask('sessions/end', operator, {
      method: 'POST',
      body: { account, reason: 'left the company' },
    });
    expect(SessionsEnded.parse(await answer.json())).toEqual({ sessions: 1, remaining: 1 });
    expect(await query('select account_id from console.session_revocation')).toEqual([{ account_id: account }]);
  });

  it.each([
    ['nobody named', { reason: 'left the company' }],
    ['no reason', { account: randomUUID() }],
    ['everybody', { provider: '', reason: 'left the company' }],
  ])('refuses an end with %s', async (_what, body) => {
    expect((await ask('sessions/end', operator, { method: 'POST', body })).status).toBe(400);
    expect(await query('select from console.session_revocation')).toEqual([]);
  });

  describe('O75 the keys of the OP', () => {
    const sealed = (kid: string) =>
      encryption.seal(JSON.stringify({ kid, d: 'the-private-part', kty: 'RSA' }), 'gateway.op_key/signing');
    const keyed = (kid: string) =>
      query(`insert into gateway.op_key (purpose, sealed, created_at) values ('signing', $1, clock_timestamp())`, [
        sealed(kid),
      ]);
    const audited = () =>
      surroundings.dataSource.query<{ action: string; details: Record<string, unknown> }[]>(
        `select action, details from console.audit where object = 'op-keys' order by id`,
      );

    beforeEach(async () => {
      await query('delete from gateway.op_key; delete from console.op_key_rotation; delete from console.audit');
      await keyed('the-former');
    });

    async function rotate(): Promise<OpKeyRotationOrdered> {
      const admin = await running.tokenOf('admin');
      const answer = await ask('op-keys/rotate', admin, { method: 'POST', body: { reason: 'once a year' } });
      expect(answer.status).toBe(200);
      return OpKeyRotationOrdered.parse(await answer.json());
    }

    it('O75 are ordered anew with the role admin, and the answer says which key does what and when', async () => {
      const body = { reason: 'once a year' };
      expect((await ask('op-keys/rotate', operator, { method: 'POST', body })).status).toBe(403);
      const stop = await surroundings.notifications.on('gatehouse_op_keys', () => {
        void query(
          `update gateway.op_key set retired_at = now() + interval '15 minutes' where retired_at is null`,
        ).then(() => keyed('the-new'));
      });
      try {
        const { carriedOut, keys, orderedAt } = await rotate();

        expect(carriedOut).toBe(true);
        const [former, next] = keys;
        expect(keys.map(({ kid, state }) => [kid, state])).toEqual([
          ['the-former', 'signing'],
          ['the-new', 'next'],
        ]);
        const minutes = (from: string, to: string | null) => Math.round((Date.parse(to!) - Date.parse(from)) / 60_000);
        expect(minutes(orderedAt, former!.signsUntil)).toBe(15);
        expect(next!.signsFrom).toBe(former!.signsUntil);
        expect(minutes(former!.signsUntil!, former!.publishedUntil)).toBe(24 * 60);
        const listed = await ask('op-keys', viewer);
        expect(OpKeys.parse(await listed.json()).keys).toEqual(keys);
        const lines = await audited();
        expect(lines).toEqual([
          {
            action: 'op-keys.rotated',
            details: { ...body, orderedAt, before: [expect.objectContaining({ kid: 'the-former', signsUntil: null })] },
          },
          { action: 'op-keys.made', details: { ...body, orderedAt, after: keys } },
        ]);
        expect(JSON.stringify([keys, lines])).not.toContain('the-private-part');
      } finally {
        stop();
      }
    });

    it('O75 a key that cannot be read is told as such, and keeps nobody from ordering others', async () => {
      await query(`update gateway.op_key set sealed = 'v1.00000000.sealed-by-another-key'`);
      const unreadable = expect.objectContaining({ kid: null, state: 'signing' });
      const listed = await ask('op-keys', viewer);
      expect(OpKeys.parse(await listed.json()).keys).toEqual([unreadable]);

      expect((await rotate()).keys).toEqual([unreadable]);
      expect(await query('select reason from console.op_key_rotation')).toEqual([{ reason: 'once a year' }]);
      expect(await audited()).toEqual([
        expect.objectContaining({
          action: 'op-keys.rotated',
          details: expect.objectContaining({ before: [unreadable] }),
        }),
      ]);
    });

    it('O75 says so while no gateway is there to make them, and the order stays', async () => {
      const { carriedOut, keys } = await rotate();

      expect(carriedOut).toBe(false);
      expect(keys).toEqual([expect.objectContaining({ kid: 'the-former', state: 'signing', signsUntil: null })]);
      expect(await query('select reason from console.op_key_rotation')).toEqual([{ reason: 'once a year' }]);
      expect((await audited()).map(({ action }) => action)).toEqual(['op-keys.rotated']);
    });
  });
});

interface Row {
  readonly id: string;
  readonly [column: string]: unknown;
}
