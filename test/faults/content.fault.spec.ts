import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { scaled, waitFor } from '@gatehouse/testing';
import { ConsoleApi } from './support/console-api.js';
import type { Document } from './support/console-api.js';
import { flawless, judge } from './checks/everything.js';
import { mappedOtherwise, mixedRuns, swapped } from './checks/swapped-mapping.js';
import { Crowd, leftOutside } from './support/crowd.js';
import { FaultInstallation } from './support/installation.js';
import { HeaderMeter } from './support/header-meter.js';
import { LedgerBrowser } from './support/ledger-browser.js';
import type { JiraState } from './support/sandbox.js';
import { rotatedClientSecret } from './support/secrets.js';
import { topologies } from './support/topology.js';
import { Visitor } from './support/visitor.js';

const people = scaled(100, 8);
const timing = { overMs: people * 100, withinMs: 60_000 + people * 200 };
const timeoutMs = timing.overMs + timing.withinMs + 120_000;
const laterAtMostMs = 1_000;
/** After a configuration was applied nobody goes by an older one for longer. */
const toldWithinMs = 2_000;
const headersMaxBytes = 8 * 1_024;

describe('F21 F26 F27 what people, rows and administrators bring along', () => {
  let installation: FaultInstallation;
  let crowd: Crowd;
  let before: JiraState;
  let api: ConsoleApi;

  beforeAll(async () => {
    installation = await FaultInstallation.start({
      topology: topologies.suite,
      over: ['jira'],
      providers: ['cognito'],
    });
    crowd = new Crowd(installation);
    api = new ConsoleApi(installation.origin);
  }, 120_000);
  // What one test leaves behind is no write too many of the next one.
  beforeEach(async () => void (before = await installation.sandbox.jira()));
  afterAll(() => installation.discard());

  it(
    'F26 300 groups of 100 characters: the login works, headers stay within 8 KB, and nothing counts as cut',
    async () => {
      const [{ name }] = (await crowd.newcomers(1)) as [Visitor];
      const many = Array.from({ length: 300 }, (_, index) => String(index).padStart(100, 'g'));
      await crowd.regroup(name, [...many, 'dev']);
      const meter = new HeaderMeter();
      const browser = new LedgerBrowser(name, crowd.ledger, meter.fetch);
      const visitor = new Visitor(name, installation.origin, crowd.ledger, undefined, browser);

      expect(await visitor.signIn(30_000)).toBe('landed');
      expect(meter.mostBytes).toBeLessThan(headersMaxBytes);
      expect(await judge(installation, crowd, before, 0)).toEqual(flawless);

      // The same person when the provider sends a hint where the list can be had: nothing is read out of that.
      await installation.sandbox.setClaims(name, { _claim_names: { 'cognito:groups': 'src1' } }, ['cognito:groups']);
      expect(await crowd.again(name).signIn(30_000)).toBe('landed');
      expect(await judge(installation, crowd, before, 0)).toEqual(flawless);
      await installation.sandbox.setClaims(name, {}, []);
      await crowd.regroup(name, ['dev']);
      expect(await crowd.again(name).signIn(30_000)).toBe('landed');
    },
    timeoutMs,
  );

  it(
    'F21 rows that no contract allows, a name Jira refuses and a list of a megabyte: parked with a reason, nobody waits for them',
    async () => {
      const { database, sandbox } = installation;
      const alone = await crowd.signIn(await crowd.newcomers(people), timing);
      const large = alone[0]!.visitor.name;
      await sandbox.jiraFaults({
        match: { method: 'POST', pathPrefix: '/rest/api/2/user' },
        kind: 'status',
        status: 400,
        times: 1,
      });
      const [refused] = await crowd.newcomers(1);
      const refusal = refused!.tryOnce();
      await waitFor(async () => (await sandbox.jiraFaultsLeft()) === 0, { what: 'Jira to refuse', timeoutMs: 20_000 });
      await database.rows(poisonRows);
      await database.rows(growClaims, [large]);
      const beside = await crowd.signIn(await crowd.newcomers(people), timing);

      expect(leftOutside([...alone, ...beside])).toEqual([]);
      const slowest = (arrivals: typeof alone) => Math.max(...arrivals.map(({ tookMs }) => tookMs));
      expect(slowest(beside)).toBeLessThan(slowest(alone) + laterAtMostMs);
      await waitFor(async () => (await api.parked()).length === 3, { what: 'three parked jobs', timeoutMs: 20_000 });
      const parked = await api.parked();
      expect(parked.map(({ job, code }) => `${job} ${code}`).sort()).toEqual([
        'map-claims job.payload_invalid',
        'reconcile-account jira.request_refused',
        'reconcile-account job.payload_invalid',
      ]);
      for (const { message, attempts } of parked) {
        expect(message).not.toBe('');
        expect(attempts).toBeLessThanOrEqual(8);
      }

      for (const { id, code } of parked) await api.resolve(id, code === 'jira.request_refused' ? 'retry' : 'discard');
      expect((await refusal).kind).toBe('failed');
      expect(await refused!.signIn(30_000)).toBe('landed');
      expect(await api.parked()).toEqual([]);
      expect(await judge(installation, crowd, before, 1)).toEqual(flawless);
    },
    2 * timeoutMs,
  );

  it(
    'F27 the mapping is changed again and again while people sign in: each run goes by one version, and all end by the newest',
    async () => {
      const first = await api.config();
      const calm = { ...first, settings: { ...first.settings, brake: { percentMax: 100 } } };
      const arrivals = crowd.signIn(await crowd.newcomers(people), timing);
      const versions: number[] = [];
      for (let change = 0; change < 4; change += 1) {
        const landed = crowd.landed;
        versions.push(await api.apply(change % 2 === 0 ? swapped(calm) : calm));
        await waitFor(() => crowd.landed > landed || crowd.landed >= people, { what: 'somebody', timeoutMs: 20_000 });
      }
      versions.push(await api.apply(swapped(calm)));
      expect(await api.status({ ...calm, mappings: { nobody: {} } })).toBe(422);
      expect(leftOutside(await arrivals)).toEqual([]);
      await judge(installation, crowd, before, 0);

      const newest = Math.max(...versions);
      expect(
        await installation.database.count('select 1 from mapping.desired_access where config_version <> $1', [newest]),
      ).toBe(0);
      expect(mappedOtherwise(crowd.claimed, await installation.sandbox.jira())).toEqual([]);
      expect(await mixedRuns(installation.database, crowd.claimed)).toEqual([]);

      await api.apply(calm);
      expect(await judge(installation, crowd, before, 100)).toEqual(flawless);
    },
    timeoutMs,
  );

  // A start applies CONFIG_FILE again: so before what the API changes and the file does not know.
  it(
    'F27 Jira moves to another address while people sign in: nothing is asked at the old one any more, and nothing is done twice',
    async () => {
      const suite = installation.process('suite');
      const { arrivals } = await underWay();
      await suite.terminate();
      const old = installation.proxy('jira').watch(/ \/rest\/api\//);
      await suite.start({ JIRA_URL: `http://127.0.0.1:${installation.sandbox.jiraPort}` });

      expect(leftOutside(await arrivals)).toEqual([]);
      expect(await judge(installation, crowd, before, 0)).toEqual(flawless);
      expect(old.count).toBe(0);
    },
    timeoutMs,
  );

  it(
    'F27 the client secret is rotated while people sign in: who fails until we are told lands afterwards',
    async () => {
      const { arrivals } = await underWay();
      installation.sandbox.rotateSecret('cognito', rotatedClientSecret);
      const [late] = await crowd.newcomers(1);
      const lateArrival = crowd.signIn([late!], timing);
      await waitFor(() => late!.failures.length > 0, { what: 'somebody to fail', timeoutMs: 20_000 });
      await api.apply(await withProvider({ clientSecret: rotatedClientSecret }));

      expect(leftOutside([...(await arrivals), ...(await lateArrival)])).toEqual([]);
      expect(await judge(installation, crowd, before, 0)).toEqual(flawless);
    },
    timeoutMs,
  );

  it(
    'F27 the provider is switched off while people sign in: nobody comes in through it any more, and all do once it is on again',
    async () => {
      const accepted = () => installation.database.count(`select 1 from gateway.login where outcome = 'accepted'`);
      const { arrivals } = await underWay();
      await api.apply(await withProvider({ enabled: false }));
      // Told by NOTIFY; whoever had read the old version may end by it.
      await delay(toldWithinMs);
      const acceptedBefore = await accepted();
      const [late] = await crowd.newcomers(1);
      const lateArrival = crowd.signIn([late!], timing);
      await waitFor(() => late!.failures.length > 1, { what: 'somebody to fail', timeoutMs: 20_000 });
      expect(await accepted()).toBe(acceptedBefore);
      await api.apply(await withProvider({ enabled: true }));

      expect(leftOutside([...(await arrivals), ...(await lateArrival)])).toEqual([]);
      expect(await judge(installation, crowd, before, 0)).toEqual(flawless);
    },
    timeoutMs,
  );

  /** A crowd of whom somebody has landed. */
  async function underWay(): Promise<{ arrivals: ReturnType<Crowd['signIn']> }> {
    const landed = crowd.landed;
    const arrivals = crowd.signIn(await crowd.newcomers(people), timing);
    await waitFor(() => crowd.landed > landed, { what: 'somebody', timeoutMs: 20_000 });
    return { arrivals };
  }

  async function withProvider(change: object): Promise<Document> {
    const document = await api.config();
    return { ...document, providers: { cognito: { ...document.providers['cognito'], ...change } } };
  }
});

/** What is in the table and not in the contract, as another version or a hand may leave it. */
const poisonRows = `
with made as (
  insert into messaging.outbox (event, job, queue, key, payload, trace_id) values
    ('identity.mapping-due', 'map-claims', 'claim-mapping.interactive', 'poison', '{"identityId": "nobody"}', repeat('a', 32)),
    ('access.desired', 'reconcile-account', 'group-sync.interactive', 'poison', '{"account": 1}', repeat('b', 32))
  returning 1
) select pg_notify('gatehouse_outbox', '') from (select count(*) from made) as told`;

/** A megabyte of groups and the fact that they were verified. */
const growClaims = `
with grown as (
  update gateway.identity set claims = jsonb_set(claims, '{cognito:groups}',
    coalesce(claims -> 'cognito:groups', '[]') || (select jsonb_agg(lpad(n::text, 110, 'g')) from generate_series(1, 9900) as n))
  where claims ->> 'cognito:username' = $1 returning id
), made as (
  insert into messaging.outbox (event, job, queue, key, payload, trace_id)
  select 'identity.mapping-due', 'map-claims', 'claim-mapping.interactive', id,
         jsonb_build_object('identityId', id, 'traceId', repeat('c', 32)), repeat('c', 32) from grown
  returning 1
) select pg_notify('gatehouse_outbox', '') from (select count(*) from made) as told`;
