import { Writable } from 'node:stream';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createLogger } from '@gatehouse/telemetry';
import { ScriptedJira, envelope } from '../test/scripted-jira.js';
import { HttpJiraDirectory } from './http.jira-directory.js';

const readCopies = 'GET /rest/api/2/user/duplicated/list';
const copy = { directoryId: 1, directoryName: 'LDAP', userActive: true };
const many = Object.fromEntries(Array.from({ length: 20_000 }, (_, n) => [`user-${n}`, [copy]]));

describe('X35 what Jira knows about names', () => {
  let jira: ScriptedJira;
  const directory = () =>
    new HttpJiraDirectory({
      url: jira.url,
      token: 'pat-0123456789',
      logger: createLogger('debug', new Writable({ write: (_chunk, _encoding, done) => done() })),
    });

  beforeAll(async () => {
    jira = await ScriptedJira.start();
  });
  afterEach(() => {
    expect(jira.differences).toEqual([]);
  });
  afterAll(() => jira.close());

  it.each([
    ['forbids it', { status: 403, body: envelope('no') }],
    ['has no such list', { status: 404, body: envelope('no') }],
    ['has more of them than we read', { body: many }],
  ])('says nothing about directories, which is no "in none", where it %s', async (_, answer) => {
    jira.play({ on: readCopies, ...answer });
    expect(await directory().duplicatedUsers()).toBeUndefined();
  });

  it('takes an answer of another shape for no answer of Jira', async () => {
    jira.play({ on: readCopies, body: { ada: { directoryName: 'LDAP' } } });
    await expect(directory().duplicatedUsers()).rejects.toMatchObject({ code: 'jira.unavailable' });
  });
});
