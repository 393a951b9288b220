import { Writable } from 'node:stream';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createLogger } from '@gatehouse/telemetry';
import { ScriptedJira, envelope, jiraUser, noSuchUser } from '../test/scripted-jira.js';
import { HttpJiraReader } from './http.jira-reader.js';

const readAda = 'GET /rest/api/2/user?username=ada&expand=groups';
const readDevs = 'GET /rest/api/2/group/member?groupname=dev%20%26%20ops&maxResults=1';
const readRoles = 'GET /rest/api/2/applicationrole';
const logger = createLogger('debug', new Writable({ write: (_chunk, _encoding, done) => done() }));

describe('U06 a Jira that is only read', () => {
  let jira: ScriptedJira;
  const reading = (withinMs = 5_000) =>
    new HttpJiraReader({ url: jira.url, token: 'pat-0123456789', logger }).begin(withinMs);

  beforeAll(async () => {
    jira = await ScriptedJira.start();
  });
  afterEach(() => {
    expect(jira.differences).toEqual([]);
  });
  afterAll(() => jira.close());

  it('shows a user with all groups, or says that there is none', async () => {
    jira.play({ on: readAda, body: jiraUser(['one', 'two']) }, { on: readAda, status: 404, body: noSuchUser });
    const asked = reading();
    expect(await asked.findUser({ username: 'ada' })).toMatchObject({ key: 'JIRAUSER10000', groups: ['one', 'two'] });
    expect(await asked.findUser({ username: 'ada' })).toBeUndefined();
  });

  it('shows nobody else than the one who was asked for', async () => {
    jira.play({ on: 'GET /rest/api/2/user?key=OTHER&expand=groups', body: jiraUser([]) });
    await expect(reading().findUser({ key: 'OTHER' })).rejects.toMatchObject({ code: 'jira.unavailable' });
  });

  it('says whether a group exists', async () => {
    jira.play(
      { on: readDevs, body: { maxResults: 1, startAt: 0, total: 0, isLast: true, values: [] } },
      { on: readDevs, status: 404, body: envelope('The group does not exist.') },
    );
    const asked = reading();
    expect(await asked.hasGroup('dev & ops')).toBe(true);
    expect(await asked.hasGroup('dev & ops')).toBe(false);
  });

  it.each([
    [
      'a page instead of an answer',
      { status: 404, headers: { 'content-type': 'text/html' }, body: '<html>' },
      'jira.unavailable',
    ],
    ['another shape', { body: { members: [] } }, 'jira.unavailable'],
    ['a question that Jira refuses', { status: 400, body: envelope('no') }, 'jira.request_refused'],
    ['an account that may not ask', { status: 403, body: envelope('no') }, 'jira.credentials_refused'],
    ['a limit', { status: 429 }, 'jira.rate_limited'],
  ])('takes %s neither for a group nor for none', async (_, answer, code) => {
    jira.play({ on: readDevs, ...answer });
    await expect(reading().hasGroup('dev & ops')).rejects.toMatchObject({ code });
  });

  it('shows the applications with the groups that open them and the seats that are left', async () => {
    const role = {
      key: 'jira-software',
      name: 'Jira Software',
      groups: ['users'],
      defaultGroups: ['users'],
      userCount: 5,
    };
    jira.play({
      on: readRoles,
      body: [
        { ...role, numberOfSeats: 10, remainingSeats: 5, hasUnlimitedSeats: false },
        { ...role, numberOfSeats: -1, remainingSeats: -1, hasUnlimitedSeats: true },
        { ...role, numberOfSeats: -1, remainingSeats: -1 },
        { ...role, numberOfSeats: 10, remainingSeats: -2, hasUnlimitedSeats: false }, // More people than seats.
      ],
    });
    const applications = await reading().applications();
    expect(applications[0]).toEqual({
      key: 'jira-software',
      name: 'Jira Software',
      groups: ['users'],
      remainingSeats: 5,
    });
    expect(applications.map(({ remainingSeats }) => remainingSeats)).toEqual([5, null, null, -2]);
  });

  it('gives all its questions one deadline, and asks none after it', async () => {
    jira.play({ on: readAda, raw: () => {} });
    const asked = reading(200);
    await expect(asked.findUser({ username: 'ada' })).rejects.toMatchObject({
      code: 'jira.unreachable',
      internal: 'deadline',
    });
    await expect(asked.hasGroup('dev & ops')).rejects.toMatchObject({ code: 'jira.unreachable' });
    expect(jira.received).toHaveLength(1);
  });
});
