import { randomUUID } from 'node:crypto';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { PlanLine, PlanSummary, Problem } from '@gatehouse/contracts';
import type { ConfigDocumentInput, PlanPerson, PlanTotals } from '@gatehouse/contracts';
import { emptyTables, scaled, waitFor } from '@gatehouse/testing';
import { stringify } from 'yaml';
import { KnownPeople, providers } from '../../test/known-people.js';
import { Surroundings } from '../../test/running-console.js';
import type { RunningConsole } from '../../test/running-console.js';

type Groups = NonNullable<NonNullable<ConfigDocumentInput['mappings']>[string]>['groups'];

const oneRule = { keepExisting: false, rules: [{ from: 'dev', to: 'jira-dev' }] };
const otherRule = { keepExisting: false, rules: [{ from: 'dev', to: 'engineers' }] };
const company = { ...providers.company, clientSecret: 'a-secret' };

function documentWith(groups: Groups, more: Partial<ConfigDocumentInput> = {}): ConfigDocumentInput {
  return { version: 1, providers: { company }, mappings: { company: { groups } }, ...more };
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** What is still held on to, in bytes. */
function liveHeap(): number {
  collect();
  return process.memoryUsage().heapUsed;
}

describe('a plan of an edited configuration', () => {
  let surroundings: Surroundings;
  let running: RunningConsole;
  let people: KnownPeople;

  beforeAll(async () => {
    surroundings = await Surroundings.open();
    running = await surroundings.start();
    people = new KnownPeople(surroundings);
  });
  afterAll(() => surroundings.close());
  beforeEach(async () => {
    await people.forget();
    await emptyTables(people, 'console.plan', 'console.secret', 'console.audit');
  });

  const ask = (document: object, headers: Record<string, string> = {}, signal?: AbortSignal) =>
    running.request('plans', {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(document),
      ...(signal && { signal }),
    });
  const put = (document: object, query: string, headers: Record<string, string> = {}) =>
    running.request(`config?${query}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json', 'if-match': '*', ...headers },
      body: JSON.stringify(document),
    });

  async function linesOf(answer: Response): Promise<PlanLine[]> {
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toContain('application/x-ndjson');
    const text = await answer.text();
    expect(text.endsWith('\n')).toBe(true);
    return text
      .trimEnd()
      .split('\n')
      .map((line) => PlanLine.parse(JSON.parse(line)));
  }

  const personsIn = (lines: readonly PlanLine[]) => lines.filter((line): line is PlanPerson => line.kind === 'person');
  const totalsIn = (lines: readonly PlanLine[]) => lines.find((line): line is PlanTotals => line.kind === 'totals');
  const planIn = (lines: readonly PlanLine[]) => (lines[0]?.kind === 'begins' ? lines[0].plan : '');

  async function planOf(document: object): Promise<string> {
    return planIn(await linesOf(await ask(document)));
  }

  /** In Jira by what we gave. */
  async function member(username: string, groups: unknown, inJira: readonly string[]): Promise<string> {
    const config = await currentConfig();
    const { accountId } = await people.signedIn(username, groups, config);
    await people.query(
      `insert into sync.jira_account (account_id, jira_key, username, active, state, applied_version, verified_at)
       values ($1, $2, $3, true, 'ready', 1, now())`,
      [accountId, `KEY-${username}`, username],
    );
    for (const group of inJira) await grant(accountId, group);
    return accountId;
  }

  const grant = (accountId: string, group: string) =>
    people.query(
      `insert into sync.granted_membership
         (account_id, group_folded, provider, reason, group_name, how, config_version, version, run_id)
       values ($1, lower($2), 'company', 'rule dev', $2, 'added', 1, 1, 1)`,
      [accountId, group],
    );

  let configured: Awaited<ReturnType<KnownPeople['configure']>> | undefined;
  const currentConfig = () => Promise.resolve(configured!);
  beforeEach(async () => {
    configured = await people.configure(oneRule);
  });

  it('P24 tells of each person what goes and what comes, with the reason, and the totals last', async () => {
    const ada = await member('ada', ['dev'], ['jira-dev']);
    await member('grace', ['ops'], []);
    const lines = await linesOf(await ask(documentWith(otherRule)));

    expect(lines.map(({ kind }) => kind)).toEqual(['begins', 'person', 'progress', 'totals']);
    expect(lines[0]).toMatchObject({ people: 2, baseVersion: expect.any(Number) });
    expect(personsIn(lines)).toEqual([
      {
        ...{ kind: 'person', account: ada, identity: null, username: 'ada', providers: ['company'] },
        gains: [{ group: 'engineers', because: [{ provider: 'company', reason: 'rule dev' }] }],
        loses: [{ group: 'jira-dev', because: 'granted' }],
        ...{ kept: [], profile: {}, properties: [], refusal: null, creation: null, removed: false },
      },
    ]);
    expect(totalsIn(lines)).toMatchObject({
      ...{ complete: true, people: 2, affected: 1, unchanged: 1, gained: 1, lost: 1, peopleLosing: 1 },
      ...{ seats: null, brake: { holds: false, tripped: [] }, newlyManaged: ['engineers'] },
    });
    expect(await people.query('select 1 from console.config_version')).toHaveLength(1);
  });

  it('P24 tells of people whom a directory knows by its groups, and not by what they claimed at a sign-in', async () => {
    const ada = await member('ada', [], ['jira-dev']);
    await people.inDirectory({ userName: 'ada' }, { accountId: ada });
    const lines = await linesOf(await ask(documentWith(otherRule)));
    expect(personsIn(lines)).toEqual([
      expect.objectContaining({
        account: ada,
        gains: [{ group: 'engineers', because: [{ provider: 'company', reason: 'rule dev' }] }],
        loses: [{ group: 'jira-dev', because: 'granted' }],
      }),
    ]);
    const same = await linesOf(await ask(documentWith(oneRule)));
    expect(personsIn(same)).toEqual([]);
  });

  it('P24 D10 gives nothing to somebody who is deactivated, and tells whom an edited document deactivates', async () => {
    const ada = await member('ada', ['dev'], []);
    const id = await people.inDirectory({ userName: 'ada', active: false }, { accountId: ada });
    expect(personsIn(await linesOf(await ask(documentWith(otherRule))))).toEqual([]);

    const keeping = { directory: { whenRemoved: 'keep' as const } };
    const keep = async () =>
      linesOf(
        await ask({ version: 1, providers: { company }, mappings: { company: { groups: oneRule, ...keeping } } }),
      );
    await people.query('update directory.directory_user set version = 2, deleted_at = now() where id = $1', [id]);
    expect(personsIn(await keep())).toEqual([]);
    await people.query('update directory.directory_user set active = true where id = $1', [id]);
    expect(personsIn(await keep())).toEqual([
      expect.objectContaining({ account: ada, refusal: { from: 'account.deactivated', to: null } }),
    ]);
  });

  it('X32 tells whose Jira user an edited document removes for good, and counts them for the brake', async () => {
    const ada = await member('ada', ['dev'], []);
    const id = await people.inDirectory({ userName: 'ada', active: true }, { accountId: ada });
    await people.query('update directory.directory_user set deleted_at = now() where id = $1', [id]);
    const mapping = { groups: oneRule, directory: { whenRemoved: 'remove' as const } };
    const edited = () => ask({ version: 1, providers: { company }, mappings: { company: mapping } });
    expect(totalsIn(await linesOf(await edited()))).toMatchObject({ removed: 0 });

    await people.query('update sync.jira_account set created_by_us = true where account_id = $1', [ada]);
    const lines = await linesOf(await edited());
    expect(totalsIn(lines)).toMatchObject({ removed: 1, peopleLosing: 1 });
    expect(personsIn(lines)).toEqual([expect.objectContaining({ account: ada, removed: true, refusal: null })]);
  });

  it('P24 X39 knows by which pages of Jira somebody came in', async () => {
    const ada = await member('ada', [], []);
    await people.query(`update gateway.identity set entries = '{/servicedesk/*}'`);
    const byEntry = { defaultGroupsByEntry: [{ entry: '/servicedesk/*', groups: ['desk'], for: 'all' as const }] };
    const lines = await linesOf(await ask(documentWith({ ...oneRule, ...byEntry })));
    expect(personsIn(lines)).toEqual([
      expect.objectContaining({ account: ada, gains: [expect.objectContaining({ group: 'desk' })] }),
    ]);
  });

  it('P24 lets somebody in whom only a directory knows, where the edited document does', async () => {
    await people.inDirectory({ userName: 'grace' }, { refused: 'match.identity_not_linked' });
    const mapping = { groups: oneRule, requiredGroups: ['nobody-has-it'] };
    const lines = await linesOf(await ask({ version: 1, providers: { company }, mappings: { company: mapping } }));
    expect(lines[0]).toMatchObject({ people: 1 });
    expect(personsIn(lines)).toEqual([expect.objectContaining({ account: null, username: 'grace' })]);
  });

  it('U15 begins with the changed fields in words, and keeps no person', async () => {
    await member('ada', ['dev'], ['jira-dev']);
    const [begins] = await linesOf(await ask(documentWith({ ...oneRule, keepExisting: true })));
    expect(begins).toMatchObject({
      changes: [
        { path: 'mappings.company.groups.keepExisting', change: 'changed', words: 'off → on' },
        { path: 'providers.company.clientSecret', change: 'added', words: 'added' },
      ],
    });
    const rows = await people.query('select * from console.plan');
    expect(rows).toHaveLength(1);
    expect(JSON.stringify(rows)).not.toContain('ada');
    expect(JSON.stringify(rows)).not.toContain('a-secret');
  });

  it('somebody who was refused comes in, and a Jira user would be made', async () => {
    const identity = randomUUID();
    await people.query(
      `insert into gateway.identity (id, provider, issuer, subject, claims) values ($1, 'company', 'https://idp.example', 's', $2)`,
      [
        identity,
        JSON.stringify({ preferred_username: 'zoe', email: 'zoe@example.com', email_verified: false, groups: ['dev'] }),
      ],
    );
    await people.query('insert into mapping.account_identity (identity_id, refused_code) values ($1, $2)', [
      identity,
      'entry.email_not_verified',
    ]);
    const trusting = { ...company, trustUnverifiedEmail: true, allowedEmailDomains: ['example.com'] };
    const lines = await linesOf(await ask(documentWith(oneRule, { providers: { company: trusting } })));
    expect(personsIn(lines)).toMatchObject([
      {
        ...{ account: null, identity, username: 'zoe' },
        gains: [{ group: 'jira-dev' }],
        refusal: { from: 'entry.email_not_verified', to: null },
      },
    ]);
    expect(totalsIn(lines)).toMatchObject({ created: 1, refused: { begins: 0, ends: 1 } });
  });

  it('by Accept is one object too', async () => {
    await member('ada', ['dev'], ['jira-dev']);
    const answer = await ask(documentWith(otherRule), { accept: 'application/json' });
    const summary = PlanSummary.parse(await answer.json());
    expect(summary).toMatchObject({ affected: [{ username: 'ada' }], totals: { complete: true, lost: 1 } });
    expect((await put(documentWith(otherRule), `plan=${summary.plan}`)).status).toBe(200);
  });

  it('is refused like the document itself, before its first line', async () => {
    const answer = await ask({ version: 1, providers: { company: { ...company, issuer: 'idp' } } });
    expect(answer.status).toBe(422);
    expect(Problem.parse(await answer.json())).toMatchObject({ code: 'config.invalid' });
    const operator = await running.tokenOf('operator');
    expect((await ask(documentWith(otherRule), { authorization: `Bearer ${operator}` })).status).toBe(403);
  });

  describe('is applied only as it was made', () => {
    const code = async (answer: Response) => ({ status: answer.status, code: Problem.parse(await answer.json()).code });
    const edited = documentWith(otherRule);

    it('with its id, in another form too, and the version remembers why', async () => {
      const plan = await planOf(edited);
      const answer = await running.request(`config?plan=${plan}&note=for%20the%20merger`, {
        method: 'PUT',
        headers: { 'content-type': 'application/yaml', 'if-match': '*' },
        body: stringify(edited),
      });
      expect(answer.status).toBe(200);
      const [newest] = await people.query('select note from console.config_version order by version desc limit 1');
      expect(newest).toEqual({ note: 'for the merger' });
      const [audit] = await people.query(`select details from console.audit where action = 'config.applied'`);
      expect(audit).toMatchObject({ details: { plan, note: 'for the merger' } });
    });

    it('U17 not after another configuration', async () => {
      const plan = await planOf(edited);
      await people.configure(oneRule);
      expect(await code(await put(edited, `plan=${plan}`))).toEqual({ status: 412, code: 'plan.stale' });
      expect(await code(await put(edited, `plan=${plan}&dryRun=true`))).toEqual({ status: 412, code: 'plan.stale' });
    });

    it('not with another document, nor with another secret', async () => {
      const plan = await planOf(edited);
      const differs = { status: 409, code: 'plan.differs' };
      expect(await code(await put(documentWith(oneRule), `plan=${plan}`))).toEqual(differs);
      const secret = { providers: { company: { ...company, clientSecret: 'another' } } };
      expect(await code(await put({ ...edited, ...secret }, `plan=${plan}`))).toEqual(differs);
    });

    it('not when it is unknown or too old', async () => {
      const missing = { status: 409, code: 'plan.missing' };
      expect(await code(await put(edited, `plan=${randomUUID()}`))).toEqual(missing);
      const plan = await planOf(edited);
      await people.query(`update console.plan set expires_at = now() - interval '1 second'`);
      expect(await code(await put(edited, `plan=${plan}`))).toEqual(missing);
      expect((await put(edited, 'plan=7')).status).toBe(400);
    });

    it('not when many people came meanwhile, but a few do not matter', async () => {
      await member('ada', ['dev'], ['jira-dev']);
      const plan = await planOf(edited);
      await member('grace', ['dev'], []);
      const add = (count: number) =>
        people.query(
          `insert into mapping.account (name_folded) select 'load-' || n || '-' || $1 from generate_series(1, $1) n`,
          [count],
        );
      await add(11);
      expect(await code(await put(edited, `plan=${plan}`))).toEqual({ status: 412, code: 'plan.stale' });
      await people.query(`delete from mapping.account where name_folded like 'load-%'`);
      expect((await put(edited, `plan=${plan}`)).status).toBe(200);
    });
  });

  describe('of many people', () => {
    const count = scaled(20_000, 3_000);

    async function crowd(): Promise<void> {
      const decided = JSON.stringify((await people.query('select content from mapping.desired_access'))[0]!['content']);
      await people.query(
        `with made as (insert into mapping.account (name_folded) select 'load-' || n from generate_series(1, $1::int) n
           returning id, name_folded),
         identity as (insert into gateway.identity (provider, issuer, subject, claims)
           select 'company', 'https://idp.example', name_folded, jsonb_build_object('preferred_username', name_folded,
             'email', name_folded || '@example.com', 'email_verified', true, 'groups', array['dev']) from made
           returning id, subject),
         linked as (insert into mapping.account_identity (identity_id, account_id)
           select identity.id, made.id from identity join made on name_folded = subject),
         desired as (insert into mapping.desired_access (account_id, version, content, config_version)
           select id, 1, $2::jsonb, 1 from made),
         jira as (insert into sync.jira_account (account_id, jira_key, username, active, state)
           select id, 'KEY-' || name_folded, name_folded, true, 'ready' from made)
         insert into sync.granted_membership
           (account_id, group_folded, provider, reason, group_name, how, config_version, version, run_id)
         select id, 'jira-dev', 'company', 'rule dev', 'jira-dev', 'added', 1, 1, 1 from made`,
        [count, decided],
      );
    }

    beforeEach(async () => {
      await member('ada', ['dev'], ['jira-dev']);
      await crowd();
    });

    it('P24 P31 tells of every one of them, and that the brake would hold it', async () => {
      const heapBefore = liveHeap();
      let heapMax = 0;
      const answer = await ask(documentWith(otherRule));
      let [rest, persons, last, chunks] = ['', 0, '', 0];
      for await (const chunk of answer.body!.pipeThrough(new TextDecoderStream())) {
        const lines = (rest + chunk).split('\n');
        rest = lines.pop()!;
        persons += lines.filter((line) => line.startsWith('{"kind":"person"')).length;
        last = lines.at(-1) ?? last;
        chunks += 1;
        if (chunks % 100 === 0) heapMax = Math.max(heapMax, liveHeap());
      }
      const totals = PlanLine.parse(JSON.parse(last));
      expect(persons).toBe(count + 1);
      expect(totals).toMatchObject({ kind: 'totals', affected: count + 1, lost: count + 1, gained: count + 1 });
      expect(totals).toMatchObject({
        brake: { holds: true, tripped: [{ scope: 'run', people: count + 1, of: count + 1 }, { scope: 'group' }] },
      });
      // At full scale the lines alone are 12 MB, and claims, decisions and plans many times as much.
      expect((heapMax - heapBefore) / 1_048_576).toBeLessThan(30);
    }, 300_000);

    it('stops when nobody reads it any more, and leaves its place to the next one', async () => {
      const gone = new AbortController();
      const answers = await Promise.all([1, 2].map(() => ask(documentWith(otherRule), {}, gone.signal)));
      expect(answers.map(({ status }) => status)).toEqual([200, 200]);
      const third = await ask(documentWith(otherRule));
      expect(third.status).toBe(503);
      expect(Problem.parse(await third.json())).toMatchObject({ code: 'plan.busy' });
      gone.abort();
      let status = 0;
      const left = new AbortController();
      await waitFor(
        async () => {
          ({ status } = await ask(documentWith(otherRule), {}, left.signal));
          return status === 200;
        },
        { timeoutMs: 20_000, what: 'a place to be free' },
      );
      left.abort();
      expect(await people.query('select 1 from console.plan')).toEqual([]);
    }, 120_000);

    it('that fails in the middle ends with the error and without totals, and cannot be applied', async () => {
      await people.query(
        `update mapping.desired_access set content = '{}' where account_id = (select max(id::text)::uuid from mapping.account)`,
      );
      const lines = await linesOf(await ask(documentWith(otherRule)));
      expect(personsIn(lines).length).toBeGreaterThan(200);
      expect(lines.at(-1)).toMatchObject({ kind: 'failed', error: { code: 'api.unexpected', status: 500 } });
      expect(totalsIn(lines)).toBeUndefined();
      const answer = await put(documentWith(otherRule), `plan=${planIn(lines)}`);
      expect(Problem.parse(await answer.json()).code).toBe('plan.missing');
      const summary = await ask(documentWith(otherRule), { accept: 'application/json' });
      expect(summary.status).toBe(500);
    }, 120_000);

    it('that is overtaken by another configuration ends with that', async () => {
      const answer = await ask(documentWith(otherRule));
      await people.configure(oneRule);
      const lines = await linesOf(answer);
      expect(lines.at(-1)).toMatchObject({ kind: 'failed', error: { code: 'plan.stale' } });
    }, 120_000);
  });
});
