import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ExplainedMembership, Simulation } from '@gatehouse/contracts';
import type { ConfigExport, MembershipReason } from '@gatehouse/contracts';
import { HttpBrowser, plain, waitFor } from '@gatehouse/testing';
import { AdminApi } from './support/admin-api.js';
import { Installation } from './support/installation.js';
import { jiraRest, jiraUser, setPerson, setSwitches, signInAndArrive } from './support/sandbox.js';
import { sharedSite } from './support/site.js';

const developers = 'jira-developers';
const users = 'jira-software-users';
const internalDirectory = 'Jira Internal Directory';
const at = (part: string) => `mappings.cognito.${part}`;

type Mapping = ConfigExport['mappings'][string];
type GroupsChange = Partial<Mapping['groups']>;
interface Change {
  readonly groups?: GroupsChange;
  readonly mapping?: Partial<Mapping>;
  readonly settings?: Partial<ConfigExport['settings']>;
}

describe('P14 U12 why is linus not in jira-developers?', () => {
  const site = sharedSite(() => Installation.start());
  let api: AdminApi;
  let seed: ConfigExport;

  beforeAll(async () => {
    api = new AdminApi(site());
    seed = await api.config();
  });
  // Each answer begins with somebody whom the seed would give the group, and who is not in it.
  beforeEach(async () => {
    await setSwitches(site(), { seats: null, directories: [{ name: internalDirectory, mode: 'writable' }] });
    await setPerson(site(), 'linus', { groups: ['dev'] });
  });

  it('creation refused: nobody may be created; allowed, linus is there without another sign-in', async () => {
    await configure({ mapping: { allowUserCreation: false } });
    await signIn();
    const fix = await fixOf('creation-refused');
    expect(fix.at).toBe(at('allowUserCreation'));
    await configure({});
    await linusIsIn(developers);
  });

  it('not mapped: no rule leads there; one is added', async () => {
    await configure({ groups: { rules: [] } });
    await linusIsNotIn(developers);
    expect((await fixOf('not-mapped')).at).toBe(at('groups.rules'));
    await configure({});
    await linusIsIn(developers);
  });

  it('excluded on the fly: the pattern that keeps it out is taken away', async () => {
    await setPerson(site(), 'linus', { groups: [developers] });
    const onTheFly = { createMissing: false, keepExisting: true, exclude: ['jira-dev*'], only: [] };
    await takenAwayByHand();
    await configure({ groups: { mode: 'onTheFly', onTheFly } });
    await signIn();
    const fix = await fixOf('excluded');
    expect(fix).toMatchObject({ at: at('groups.onTheFly.exclude'), text: expect.stringContaining('jira-dev*') });
    await configure({ groups: { mode: 'onTheFly', onTheFly: { ...onTheFly, exclude: [] } } });
    await linusIsIn(developers);
  });

  it.each([
    ['another name', 'developers', 'developers'],
    ['nothing', '', 'nothing'],
  ])('a transform makes %s of what was claimed; it is corrected', async (_, replace, became) => {
    await takenAwayByHand();
    await configure({
      groups: { names: { ...seed.mappings['cognito']!.groups.names, transforms: [{ match: '^dev$', replace }] } },
    });
    await signIn();
    const { fix, because } = await explained('transform');
    expect(because.text).toContain(`makes ${became} of it`);
    expect(fix!.at).toBe(at('groups.names'));
    await configure({});
    await linusIsIn(developers);
  });

  it('no claim: the provider releases it, and it counts at the next sign-in', async () => {
    await configure({});
    await takenAwayByHand();
    await setPerson(site(), 'linus', { groups: null });
    await signIn();
    expect(await fixOf('no-claim')).toMatchObject({
      at: at('groups.claim'),
      text: expect.stringContaining('Release cognito:groups'),
    });
    await setPerson(site(), 'linus', { groups: ['dev'] });
    await signIn();
    await linusIsIn(developers);
  });

  it('queued behind a pause: whose, and why; the lane is resumed', async () => {
    await takenAwayByHand();
    await api.call('POST', 'lanes/group-sync.interactive/pause', { reason: 'Jira upgrade' });
    await signIn();
    const { because, fix } = await explained('queued-behind-pause');
    expect(because.text).toContain('Jira upgrade');
    await api.call('POST', pathOf(fix!.at!), { reason: 'done' });
    await linusIsIn(developers);
  });

  it('a read-only directory: Jira may write groups there; the parked job is retried', async () => {
    await takenAwayByHand();
    await setSwitches(site(), { directories: [{ name: internalDirectory, mode: 'readOnly' }] });
    await signIn();
    // What the run met is known a moment before its job is parked.
    const { fix, parked } = (await waitFor(
      async () => {
        const answer = await explained('directory-read-only');
        return answer.parked.length > 0 ? answer : undefined;
      },
      { what: 'the parked job' },
    ))!;
    expect(fix!.text).toMatch(/local groups|in its own directory/);
    await setSwitches(site(), { directories: [{ name: internalDirectory, mode: 'readOnlyLocalGroups' }] });
    expect(fix!.at).toBe(`POST /api/v1/parked/${parked[0]!.id}/retry`);
    await api.call('POST', pathOf(fix!.at!), { reason: 'Jira writes groups now' });
    await linusIsIn(developers);
  });

  it('a full licence: a seat is freed, and linus signs in', async () => {
    await takenAwayByHand(users);
    await setSwitches(site(), { seats: 1 });
    await signIn();
    expect((await explained('licence-full', users)).fix!.text).toContain('Free a seat');
    expect(await simulatedSeat()).toMatchObject({ change: 'takes', group: users, remaining: 0 });
    await setSwitches(site(), { seats: 2 });
    await signIn();
    await linusIsIn(users);
    expect(await simulatedSeat()).toMatchObject({ change: 'keeps', group: users });
  });

  /** P04: of the one application that the sandbox's licences count. */
  async function simulatedSeat(): Promise<unknown> {
    const { saved } = Simulation.parse(await api.call('POST', 'simulations', { person: 'linus' }));
    return saved.seats.state === 'known' ? saved.seats.applications.find(({ group }) => group === users) : saved.seats;
  }

  it('P02 with a full licence a newcomer is told so on a page, and comes in once a seat is free', async () => {
    await setSwitches(site(), { seats: 2 });
    const refused = await signInAndArrive(new HttpBrowser(), site(), 'zoe');
    expect({ status: refused.status, text: plain(refused.body) }).toEqual({
      status: 403,
      text: expect.stringContaining('All seats of Jira are taken'),
    });
    expect((await jiraUser(site(), 'zoe'))?.groups).toEqual([]);
    await setSwitches(site(), { seats: 3 });
    const page = await signInAndArrive(new HttpBrowser(), site(), 'zoe');
    expect(page.url.pathname).toBe('/browse/DEMO-1');
    expect((await jiraUser(site(), 'zoe'))?.groups).toEqual([users]);
  });

  it('held by the brake: linus should not be there any more; the removal is approved', async () => {
    await setPerson(site(), 'linus', { groups: [] });
    await configure({ settings: { brake: { ...seed.settings.brake, perGroupMax: 0, perRunMax: 0 } } });
    await signIn();
    const { fix, member } = await explained('held-by-brake');
    expect(member).toBe(true);
    await api.call('POST', pathOf(fix!.at!), { reason: 'linus has left the team' });
    await linusIsNotIn(developers);
  });

  it('overage: the provider sends only the groups of this application', async () => {
    await configure({});
    await setPerson(site(), 'linus', { groups: Array.from({ length: 220 }, (_, index) => `team-${index}`) });
    await signIn('partner');
    expect((await fixOf('overage')).text).toContain('send only the groups');
    await setPerson(site(), 'linus', { groups: ['dev'] });
    await signIn('partner');
    await linusIsIn(developers);
  });

  function signIn(provider: 'cognito' | 'partner' = 'cognito') {
    return signInAndArrive(new HttpBrowser(), site(), 'linus', { provider });
  }

  /** The configuration of the beginning but for this. */
  async function configure({ groups, mapping, settings }: Change): Promise<void> {
    const cognito = seed.mappings['cognito']!;
    const changed = { ...cognito, ...mapping, groups: { ...cognito.groups, ...groups } };
    await api.call('PUT', 'config', {
      ...seed,
      settings: { ...seed.settings, verificationWindowMinutes: 0, ...settings },
      mappings: { ...seed.mappings, cognito: changed },
    });
  }

  async function explained(code: MembershipReason, group = developers): Promise<ExplainedMembership> {
    let last: ExplainedMembership | undefined;
    const ask = async () => {
      last = ExplainedMembership.parse(await api.call('GET', `explain?person=linus&group=${group}`));
      return last.because.code === code;
    };
    await waitFor(ask, { timeoutMs: 6_000, what: `the answer ${code}` }).catch(() => undefined);
    expect(last!.because).toMatchObject({ code });
    return last!;
  }

  async function fixOf(code: MembershipReason): Promise<{ text: string; at: string | null }> {
    const { fix } = await explained(code);
    expect(fix).not.toBeNull();
    return fix!;
  }

  async function linusIsIn(group: string): Promise<void> {
    await waitFor(async () => (await groupsOfLinus()).includes(group), { timeoutMs: 8_000, what: `linus in ${group}` });
    await explained('member', group);
  }

  function linusIsNotIn(group: string): Promise<unknown> {
    const isOut = async () => !(await groupsOfLinus()).includes(group);
    return waitFor(isOut, { timeoutMs: 8_000, what: `linus out of ${group}` });
  }

  async function groupsOfLinus(): Promise<readonly string[]> {
    return (await jiraUser(site(), 'linus'))?.groups ?? [];
  }

  async function takenAwayByHand(group = developers): Promise<void> {
    await linusIsIn(group);
    await jiraRest(site(), 'DELETE', `/rest/api/2/group/user?groupname=${group}&username=linus`);
  }
});

/** What a fix says to call, below /api/v1. */
function pathOf(at: string): string {
  return at.replace('POST /api/v1/', '');
}
