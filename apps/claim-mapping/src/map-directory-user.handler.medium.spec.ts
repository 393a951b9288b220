import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ada, config } from '../test/ada.js';
import { Directory } from '../test/directory.js';
import { Installation } from '../test/installation.js';

let gatehouse: Installation;
let directory: Directory;
beforeAll(async () => {
  gatehouse = await Installation.open();
  directory = new Directory(gatehouse, 'cognito');
});
afterAll(() => gatehouse.close());
beforeEach(async () => {
  await gatehouse.empty();
  await gatehouse.configure(config);
});

const groupsOf = async (account: string | undefined) =>
  (await gatehouse.desiredOf(account!))?.content['groups'] as {
    wanted: string[];
    reasons: unknown[];
    holds: unknown[];
  };
const deactivatedOf = async (account: string | undefined) =>
  (await gatehouse.desiredOf(account!))?.content['deactivated'];

describe('somebody in a directory', () => {
  it('S67 gets an account with what the directory says, in one commit', async () => {
    const person = await directory.person('ada');
    const { account } = await gatehouse.mapDirectoryUser(person);
    expect(await gatehouse.desiredOf(account!)).toMatchObject({
      version: 1,
      content: { username: 'ada', email: 'ada@example.com', displayName: 'Ada of the directory', mayCreate: true },
    });
    expect((await gatehouse.published()).at(-1)).toEqual({
      event: 'access.desired',
      key: account,
      queue: 'group-sync.provisioning',
    });
    expect(gatehouse.settled).toBe(1);
  });

  it('P22 has the groups around their groups, with the one that leads there; a cycle ends', async () => {
    const person = await directory.person('ada');
    const [team, dev] = [await directory.group('team', person), await directory.group('dev')];
    await directory.add(dev, team);
    await directory.add(team, dev);
    const { account } = await gatehouse.mapDirectoryUser(person);
    expect(await groupsOf(account)).toMatchObject({
      wanted: ['jira-developers'],
      reasons: [{ group: 'jira-developers', source: 'rule', provider: 'cognito', claimed: 'dev', through: 'team' }],
      holds: [],
    });
  });

  it('X31 without a group that entering needs is nobody of ours', async () => {
    const required = { ...config.mappings.cognito, requiredGroups: ['staff'] };
    await gatehouse.configure({ ...config, mappings: { cognito: required } });
    const person = await directory.person('ada');
    expect(await gatehouse.mapDirectoryUser(person)).toMatchObject({ code: 'entry.group_required' });
    await directory.group('staff', person);
    expect((await gatehouse.mapDirectoryUser(person)).account).toBeDefined();
  });

  it('X31 of another domain is nobody of ours', async () => {
    const cognito = { ...config.providers.cognito, allowedEmailDomains: ['corp.example'] };
    await gatehouse.configure({ ...config, providers: { ...config.providers, cognito } });
    const person = await directory.person('ada');
    expect(await gatehouse.mapDirectoryUser(person)).toMatchObject({ code: 'entry.domain_not_allowed' });
  });
});

describe('a sign-in and a directory of one provider', () => {
  it('meet by the id that the provider gives, whatever the names and addresses are', async () => {
    const identity = await gatehouse.identity('cognito', { ...ada, email: 'other@example.com' }, 'subject-1');
    const { account } = await gatehouse.map(identity);
    const person = await directory.person('ada.of.hr', { externalId: 'subject-1' });
    expect(await gatehouse.mapDirectoryUser(person)).toEqual({ account, code: undefined });
  });

  it('meet by that id also when the directory came first', async () => {
    const person = await directory.person('ada.of.hr', { externalId: 'subject-1' });
    const { account } = await gatehouse.mapDirectoryUser(person);
    const identity = await gatehouse.identity('cognito', ada, 'subject-1');
    expect(await gatehouse.map(identity)).toEqual({ account, code: undefined });
    expect(await gatehouse.count('mapping.account')).toBe(1);
  });

  it('P05 meet by a name that came later than the account', async () => {
    const identity = await gatehouse.identity('cognito', ada);
    const { account } = await gatehouse.map(identity);
    await gatehouse.jiraSays(account!, { key: 'JIRAUSER1', state: 'ready' });
    await gatehouse.claim(identity, { preferred_username: 'ada.married' });
    await gatehouse.map(identity);
    const person = await directory.person('ada.married', { email: 'ada@example.com' });
    expect((await gatehouse.mapDirectoryUser(person)).account).toBe(account);
  });

  it('O60 of the same name and another address are two people, unless the provider may name users', async () => {
    const { account } = await gatehouse.map(await gatehouse.identity('cognito', ada));
    await gatehouse.jiraSays(account!, { key: 'JIRAUSER1', state: 'ready' });
    const person = await directory.person('ada', { email: 'eve@evil.test' });
    expect((await gatehouse.mapDirectoryUser(person)).code).toBe('match.identity_not_linked');
    const trusted = await new Directory(gatehouse, 'trusted').person('ada', { email: 'ada@work.example' });
    expect((await gatehouse.mapDirectoryUser(trusted)).account).toBe(account);
  });

  it('add up: the directory says the groups of its provider, and takes none of another', async () => {
    const identity = await gatehouse.identity('cognito', { ...ada, groups: undefined });
    const { account } = await gatehouse.map(identity);
    const person = await directory.person('ada');
    const dev = await directory.group('dev', person);
    await gatehouse.mapDirectoryUser(person);
    expect(await groupsOf(account)).toMatchObject({ wanted: ['jira-developers'], holds: [] });

    await directory.remove(dev, person);
    await gatehouse.mapDirectoryUser(person);
    // The claim of the sign-in that never came holds nothing.
    expect(await groupsOf(account)).toMatchObject({ wanted: [], holds: [], managed: ['jira-developers'] });

    await gatehouse.map(await gatehouse.identity('partner', ada));
    await gatehouse.mapDirectoryUser(person);
    expect((await groupsOf(account)).wanted).toEqual(['jira-developers']);
  });

  it('the directory speaks for its provider: a new name there does not wait for a sign-in', async () => {
    const { account } = await gatehouse.map(await gatehouse.identity('cognito', ada));
    const person = await directory.person('ada');
    await gatehouse.mapDirectoryUser(person);
    expect((await gatehouse.desiredOf(account!))?.content['displayName']).toBe('Ada of the directory');
  });
});

describe('a deactivation', () => {
  it('I4 ends alike in whatever order its jobs run', async () => {
    for (const lanes of [['offboarding', 'provisioning'], ['provisioning', 'offboarding'], ['offboarding']] as const) {
      await gatehouse.empty();
      await gatehouse.configure(config);
      const person = await directory.person('ada');
      await directory.set(person, { active: false });
      let account: string | undefined;
      for (const lane of lanes) account = (await gatehouse.mapDirectoryUser(person, lane)).account;
      expect(await deactivatedOf(account)).toEqual({ by: 'directory', provider: 'cognito' });
      await directory.set(person, { active: true });
      await gatehouse.mapDirectoryUser(person);
      expect(await deactivatedOf(account)).toBeUndefined();
    }
  });

  it('waits behind nothing, whatever lane brings it to light, and only while it is news', async () => {
    const person = await directory.person('ada');
    await gatehouse.mapDirectoryUser(person);
    await directory.set(person, { active: false });
    await gatehouse.mapDirectoryUser(person, 'bulk');
    await gatehouse.mapDirectoryUser(person, 'bulk');
    const sent = (await gatehouse.published()).filter(({ event }) => event === 'access.desired');
    expect(sent.map(({ queue }) => queue.split('.')[1])).toEqual(['provisioning', 'offboarding', 'bulk']);
  });

  it('is decided though nobody may enter any more, and so is its end', async () => {
    const required = { ...config.mappings.cognito, requiredGroups: ['staff'] };
    await gatehouse.configure({ ...config, mappings: { cognito: required } });
    const person = await directory.person('ada');
    const staff = await directory.group('staff', person);
    const { account } = await gatehouse.mapDirectoryUser(person);
    await directory.remove(staff, person);
    await directory.set(person, { active: false });
    await gatehouse.mapDirectoryUser(person, 'offboarding');
    expect(await deactivatedOf(account)).toBeDefined();
    await directory.set(person, { active: true });
    await gatehouse.mapDirectoryUser(person);
    expect(await deactivatedOf(account)).toBeUndefined();
  });

  it('I7 a sign-in never overtakes one that is committed and on its way', async () => {
    const byId = await directory.person('somebody', { externalId: 'subject-1' });
    const byName = await directory.person('grace', { email: 'grace@example.com' });
    await directory.set(byId, { active: false });
    await directory.set(byName, { active: false });
    const one = await gatehouse.map(await gatehouse.identity('cognito', ada, 'subject-1'));
    const two = await gatehouse.map(
      await gatehouse.identity('cognito', { ...ada, preferred_username: 'Grace', email: 'grace@example.com' }),
    );
    expect(await deactivatedOf(one.account)).toEqual({ by: 'directory', provider: 'cognito' });
    expect(await deactivatedOf(two.account)).toEqual({ by: 'directory', provider: 'cognito' });
  });

  it('X32 follows a removal, unless the provider says keep, and a person made anew lifts it', async () => {
    const person = await directory.person('ada', { externalId: 'x-1' });
    const { account } = await gatehouse.mapDirectoryUser(person);
    await directory.removePerson(person);
    await gatehouse.mapDirectoryUser(person, 'offboarding');
    expect(await deactivatedOf(account)).toEqual({ by: 'directory', provider: 'cognito' });

    const anew = await directory.person('ada', { externalId: 'x-1' });
    expect((await gatehouse.mapDirectoryUser(anew)).account).toBe(account);
    expect(await deactivatedOf(account)).toBeUndefined();

    await directory.removePerson(anew);
    const keep = { ...config.mappings.cognito, directory: { whenRemoved: 'keep' as const } };
    await gatehouse.configure({ ...config, mappings: { cognito: keep } });
    await gatehouse.mapDirectoryUser(anew, 'offboarding');
    expect(await deactivatedOf(account)).toBeUndefined();

    const remove = { ...config.mappings.cognito, directory: { whenRemoved: 'remove' as const } };
    await gatehouse.configure({ ...config, mappings: { cognito: remove } });
    await gatehouse.mapDirectoryUser(anew, 'offboarding');
    expect(await deactivatedOf(account)).toEqual({ by: 'directory', provider: 'cognito', removesUser: true });
  });

  it('X32 of somebody inactive is no way back in, until the same directory has them again', async () => {
    const person = await directory.person('ada', { externalId: 'x-1' });
    const { account } = await gatehouse.mapDirectoryUser(person);
    const elsewhere = await new Directory(gatehouse, 'partner').person('ada');
    expect((await gatehouse.mapDirectoryUser(elsewhere)).account).toBe(account);
    await directory.set(person, { active: false });
    await directory.removePerson(person);
    for (const whenRemoved of ['deactivate', 'keep', 'remove'] as const) {
      const cognito = { ...config.mappings.cognito, directory: { whenRemoved } };
      await gatehouse.configure({ ...config, mappings: { ...config.mappings, cognito } });
      await gatehouse.mapDirectoryUser(person, 'offboarding');
      expect(await deactivatedOf(account)).toEqual({ by: 'directory', provider: 'cognito' });
    }

    const anew = await directory.person('ada', { externalId: 'x-1' });
    expect((await gatehouse.mapDirectoryUser(anew)).account).toBe(account);
    expect(await deactivatedOf(account)).toBeUndefined();
  });

  it('X22 D10 that counts no more revives nobody by a remap, and whoever signs in afterwards', async () => {
    const auto = { ...config.mappings.cognito, autoActivate: true };
    await gatehouse.configure({ ...config, mappings: { cognito: auto } });
    const identity = await gatehouse.identity('cognito', ada, 'subject-1');
    const { account } = await gatehouse.map(identity);
    const person = await directory.person('ada', { externalId: 'subject-1' });
    await directory.set(person, { active: false });
    await gatehouse.mapDirectoryUser(person, 'offboarding');
    expect(await deactivatedOf(account)).toBeDefined();

    const unheeding = { ...auto, directory: { deactivateUsers: false } };
    await gatehouse.configure({ ...config, mappings: { cognito: unheeding } });
    const content = async () => (await gatehouse.desiredOf(account!))!.content;
    for (let round = 0; round < 2; round += 1) {
      await gatehouse.map(identity, 'bulk');
      await gatehouse.mapDirectoryUser(person, 'bulk');
      expect(await content()).toMatchObject({ lifted: 'sign-in-over-directory', awaitsSignIn: true });
    }
    await gatehouse.dataSource.query('update gateway.identity set verified_at = now()');
    await gatehouse.map(identity);
    expect(await content()).toMatchObject({ lifted: 'sign-in-over-directory', mayActivate: true });
    expect(await content()).not.toHaveProperty('awaitsSignIn');
  });

  it('F29 reads what an older version decided', async () => {
    const person = await directory.person('ada');
    const { account } = await gatehouse.mapDirectoryUser(person);
    await gatehouse.dataSource.query(
      `update mapping.desired_access set content = content - 'propertiesKept' - 'matchBy' - 'mayActivate'`,
    );
    await directory.set(person, { active: false });
    await gatehouse.mapDirectoryUser(person, 'offboarding');
    expect(await deactivatedOf(account)).toBeDefined();
  });

  it('F19 of one person in five deliveries at once ends in one account', async () => {
    const person = await directory.person('ada');
    const identity = await gatehouse.identity('cognito', ada);
    await directory.set(person, { active: false });
    await Promise.all([
      ...Array.from({ length: 3 }, () => gatehouse.mapDirectoryUser(person, 'offboarding')),
      ...Array.from({ length: 2 }, () => gatehouse.map(identity)),
    ]);
    expect(await gatehouse.count('mapping.account')).toBe(1);
    const { account } = await gatehouse.directoryLinkOf(person);
    expect(await deactivatedOf(account)).toBeDefined();
  });
});

it('F27 a changed mapping reaches people of the directory, each once', async () => {
  const people = [await directory.person('ada'), await directory.person('grace')];
  await gatehouse.identity('cognito', ada);
  await gatehouse.dataSource.query('truncate messaging.outbox');
  await gatehouse.remap('cognito');
  const due = (await gatehouse.published()).filter(({ event }) => event === 'directory.user-mapping-due');
  expect(due.map(({ key }) => key).toSorted()).toEqual(people.toSorted());
  expect(due[0]!.queue).toBe('claim-mapping.bulk');
});

it('nobody is mapped whom the directory never had', async () => {
  expect(await gatehouse.mapDirectoryUser(randomUUID())).toEqual({ account: undefined, code: undefined });
  expect(gatehouse.settled).toBe(1);
});
