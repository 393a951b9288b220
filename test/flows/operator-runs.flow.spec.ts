import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  DriftSweepList,
  PersonClaims,
  Provisioned,
  ResyncAnswer,
  ResyncItemPage,
  ResyncState,
} from '@gatehouse/contracts';
import { HttpBrowser, waitFor } from '@gatehouse/testing';
import { AdminApi } from './support/admin-api.js';
import { Installation } from './support/installation.js';
import { clearFaults, jiraRest, jiraUser, setFaults, setPerson, signInAndArrive } from './support/sandbox.js';
import { sharedSite } from './support/site.js';

const developers = 'jira-developers';
const people = ['ada', 'linus', 'load-0001', 'load-0003'];

describe('an operator has people brought to Jira', () => {
  const site = sharedSite(() => Installation.start());
  let api: AdminApi;

  beforeAll(async () => {
    api = new AdminApi(site());
    await setPerson(site(), 'linus', { groups: ['dev'] });
    for (const person of people) await signInAndArrive(new HttpBrowser(), site(), person);
  }, 60_000);
  beforeEach(async () => {
    await clearFaults(site());
    for (const person of people) await isIn(person);
  });

  it('U20 one person, now, however lately they were seen: import, scope, match, action', async () => {
    await takenAwayByHand('linus');
    const answer = await provision('LINUS');
    expect(answer.steps).toEqual([
      expect.objectContaining({ step: 'import', outcome: 'done', text: expect.stringContaining('cognito:groups') }),
      expect.objectContaining({ step: 'scope', outcome: 'done', text: 'Entitled by cognito.' }),
      expect.objectContaining({ step: 'match', outcome: 'done', text: expect.stringContaining('immutable key') }),
      expect.objectContaining({ step: 'action', outcome: 'done', text: '1 change made.' }),
    ]);
    expect(answer).toMatchObject({
      ...{ username: 'linus', finished: true },
      changes: [{ kind: 'add', group: developers, because: [['cognito', 'rule dev']] }],
    });
    expect(await groupsOf('linus')).toContain(developers);
    const [entry] = ((await api.call('GET', 'audit?action=person.provisioned')) as { items: object[] }).items;
    expect(entry).toMatchObject({ details: { traceId: answer.traceId } });
    expect((await provision('linus')).steps.at(-1)).toMatchObject({ text: 'Jira had everything as it should be.' });
  });

  it('U20 with Jira away it says where it stands, and who has not signed in is not known', async () => {
    await setFaults(site(), [{ kind: 'status', status: 503 }]);
    const { finished, steps } = await provision('linus');
    expect(finished).toBe(false);
    expect(steps.map(({ step, outcome }) => [step, outcome])).toEqual([
      ['import', 'done'],
      ['scope', 'done'],
      ['match', 'waiting'],
      ['action', 'not-reached'],
    ]);
    expect(steps[2]!.code).toMatch(/^jira\./);
    await clearFaults(site());
    await expect(provision('grace')).rejects.toThrow('404');
  });

  it('U19 counts first, then repairs everybody who is meant, with progress and an outcome for each', async () => {
    for (const person of ['ada', 'load-0001']) await takenAwayByHand(person);
    const body = { selection: { provider: 'cognito', group: 'JIRA-developers' }, reason: 'somebody tidied up in Jira' };
    const counted = ResyncAnswer.parse(await api.call('POST', 'resyncs', { ...body, dryRun: true }));
    expect(counted).toEqual({ dryRun: true, total: people.length, resync: null });
    const started = ResyncAnswer.parse(await api.call('POST', 'resyncs', body));
    const { id } = started.resync!;
    const over = await waitFor(async () => ended(id), { timeoutMs: 10_000, what: 'the resync to be done' });
    expect(over).toMatchObject({
      ...{ state: 'done', total: people.length, sent: people.length, done: people.length, etaSeconds: 0 },
      outcomes: { applied: 2, unchanged: 2, failed: 0 },
    });
    const applied = ResyncItemPage.parse(await api.call('GET', `resyncs/${id}/items?outcome=applied`));
    expect(applied.items.map(({ username, changes }) => [username, changes]).toSorted()).toEqual([
      ['ada', 1],
      ['load-0001', 1],
    ]);
    await expect(api.call('POST', `resyncs/${id}/pause`, { reason: 'too late' })).rejects.toThrow('409');
  });

  it('U19 a paused one sends nobody on until it is resumed, and a cancelled one never', async () => {
    await api.call('POST', 'lanes/group-sync.bulk/pause', { reason: 'to be quicker than the workers' });
    const ids = await Promise.all([start(), start()]);
    await api.call('POST', `resyncs/${ids[0]}/pause`, { reason: 'Jira is slow' });
    await api.call('POST', `resyncs/${ids[1]}/cancel`, { reason: 'meant another group' });
    await api.call('POST', 'lanes/group-sync.bulk/resume', { reason: 'done' });
    await bulkIsEmpty();
    expect(await read(ids[0])).toMatchObject({ state: 'paused', sent: 0, done: 0, etaSeconds: null });
    await api.call('POST', `resyncs/${ids[0]}/resume`, { reason: 'Jira is well' });
    await waitFor(async () => ended(ids[0]), { timeoutMs: 10_000, what: 'the resync to be done' });
    expect(await read(ids[1])).toMatchObject({ state: 'cancelled', sent: 0 });
  });

  it('X46 what a sweep has found is told by the API and by the metrics', async () => {
    await takenAwayByHand('ada');
    const config = await api.config();
    await api.call('PUT', 'config', { ...config, settings: { ...config.settings, verificationWindowMinutes: 0 } });
    await api.call('POST', 'schedules/drift-audit/run', { reason: 'somebody changed Jira' });
    const sweep = await waitFor(
      async () => {
        const { items } = DriftSweepList.parse(await api.call('GET', 'drift-sweeps'));
        return items.find(({ scope, checked }) => scope === 'all' && checked === people.length);
      },
      { timeoutMs: 10_000, what: 'the sweep to have compared everybody' },
    );
    expect(sweep).toMatchObject({ sent: people.length, differing: 1, repaired: 1 });
    const metrics = await waitFor(
      async () => {
        const text = await (await fetch(`${site().base}/metrics`)).text();
        return text.includes('gatehouse_drift_accounts{scope="all",found="differing"} 1') && text;
      },
      { timeoutMs: 8_000, what: 'the metrics to be renewed' },
    );
    expect(metrics).toContain(`gatehouse_drift_accounts{scope="all",found="checked"} ${people.length}`);
  });

  it('X48 an administrator reads what the provider said of linus, ID token and userinfo apart', async () => {
    const { identities } = PersonClaims.parse(await api.call('GET', 'people/linus/claims'));
    const [{ merged, apart }] = identities as [PersonClaims['identities'][number]];
    expect(merged).toMatchObject({ 'cognito:groups': ['dev'] });
    expect(apart).toMatchObject({
      idToken: { state: 'read', claims: { 'cognito:groups': ['dev'], email_verified: true } },
      userinfo: { state: 'read', claims: { username: 'linus', email_verified: 'true' } },
    });
    expect(apart!.userinfo).not.toHaveProperty(['claims', 'cognito:groups']);
  });

  async function provision(person: string): Promise<Provisioned> {
    return Provisioned.parse(await api.call('POST', `people/${person}/provision`, { reason: 'a ticket' }));
  }

  async function start(): Promise<string> {
    const body = { selection: { all: true }, reason: 'a test' };
    return ResyncAnswer.parse(await api.call('POST', 'resyncs', body)).resync!.id;
  }

  async function read(id: string): Promise<ResyncState> {
    return ResyncState.parse(await api.call('GET', `resyncs/${id}`));
  }

  async function ended(id: string): Promise<ResyncState | undefined> {
    const resync = await read(id);
    return resync.state === 'done' ? resync : undefined;
  }

  function bulkIsEmpty(): Promise<unknown> {
    const isEmpty = async () => {
      const { items } = (await api.call('GET', 'lanes')) as {
        items: { queue: string; counts: { sent: number; ready: number } }[];
      };
      const bulk = items.find(({ queue }) => queue === 'group-sync.bulk')!;
      return bulk.counts.sent + bulk.counts.ready === 0;
    };
    return waitFor(isEmpty, { timeoutMs: 15_000, what: 'the bulk lane to be empty' });
  }

  async function groupsOf(person: string): Promise<readonly string[]> {
    return (await jiraUser(site(), person))?.groups ?? [];
  }

  function isIn(person: string): Promise<unknown> {
    const isThere = async () => (await groupsOf(person)).includes(developers);
    return waitFor(isThere, { timeoutMs: 15_000, what: `${person} in ${developers}` });
  }

  async function takenAwayByHand(person: string): Promise<void> {
    await jiraRest(site(), 'DELETE', `/rest/api/2/group/user?groupname=${developers}&username=${person}`);
  }
});
