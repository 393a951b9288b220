import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { HttpBrowser, plain } from '@gatehouse/testing';
import { JiraUnderTest } from '../testing/jira-under-test.js';

describe('sandbox control', () => {
  let jira: JiraUnderTest;
  beforeAll(async () => {
    jira = await JiraUnderTest.start({ contextPath: '/jira' });
  });
  afterAll(() => jira.close());

  const reset = (body?: unknown) =>
    fetch(`${jira.control}/__test/reset`, {
      method: 'POST',
      ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });

  it('starts with the people and groups of DESIGN 6', async () => {
    expect(await jira.state()).toMatchObject({
      users: [
        {
          name: 'admin',
          emailAddress: 'admin@example.com',
          active: true,
          groups: ['jira-administrators', 'jira-software-users'],
        },
      ],
      groups: expect.arrayContaining(['jira-software-users', 'jira-developers', 'jira-support', 'jira-administrators']),
    });
  });

  it('counts calls by method and route and writes apart, never its own', async () => {
    await reset();
    await jira.createUser('counted');
    await jira.user('counted');
    await jira.user('admin');
    await jira.call('GET', '/rest/nowhere');
    await jira.state();
    expect(await jira.state()).toMatchObject({
      calls: {
        total: 4,
        byRoute: { 'POST /rest/api/2/user': 1, 'GET /rest/api/2/user': 2, 'GET unknown': 1 },
      },
      writes: 1,
    });
  });

  it('counts a call that a fault swallowed', async () => {
    await reset();
    await jira.faults([{ kind: 'down' }]);
    await expect(jira.rest('GET', '/myself')).rejects.toThrow();
    expect((await jira.state()).calls.total).toBe(1);
    await jira.faults([]);
  });

  it('goes back to the beginning, and keeps the SSO configuration only when asked', async () => {
    await jira.createUser('temporary');
    await jira.addIdp('https://idp.example');
    await jira.faults([{ kind: 'html' }]);
    await reset({ keepSso: true });
    expect(await jira.state()).toMatchObject({ users: [{ name: 'admin' }], idps: [{ name: 'Gatehouse' }], writes: 0 });
    expect((await jira.rest('GET', '/myself')).json()).toMatchObject({ name: 'admin' });
    await reset();
    expect((await jira.state()).idps).toEqual([]);
    expect((await reset({ keepSSO: true })).status).toBe(400);
  });

  it('shows no password', async () => {
    expect(JSON.stringify(await jira.state())).not.toContain('password');
  });
});

describe('the data file', () => {
  let folder: string;
  let dataFile: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sandbox-jira-'));
    dataFile = join(folder, 'below', 'jira.jsonl');
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('loses nothing that was answered, without being closed: users, groups, sessions, SSO, numbers given away', async () => {
    const killed = await JiraUnderTest.start({ dataFile });
    const { key } = await killed.createUser('kept', { password: 'pw' });
    await killed.rest('POST', '/group/user?groupname=jira-support', { body: { name: 'kept' } });
    const deleted = await killed.createUser('deleted');
    await killed.rest('DELETE', '/user?username=deleted');
    await killed.rest('PUT', '/user?username=kept', { body: { name: 'renamed' } });
    await killed.addIdp('https://idp.example');
    const browser = new HttpBrowser();
    await browser.submit(await browser.get(`${killed.url}/login.jsp`), { os_username: 'renamed', os_password: 'pw' });

    // What a killed process leaves is the file as it is now.
    const revived = await JiraUnderTest.start({ dataFile });
    expect(await revived.user('renamed')).toMatchObject({ key, groups: { size: 2 } });
    expect((await revived.rest('GET', '/user?username=deleted')).status).toBe(404);
    expect((await revived.state()).idps).toMatchObject([{ name: 'Gatehouse' }]);
    expect(plain((await browser.get(`${revived.url}/`)).body)).toContain('Signed in as');
    expect((await revived.createUser('next')).key > deleted.key).toBe(true);
    await killed.close();
    await revived.close();
  });

  it('is one line after a start, holds no cookie and is for its owner only', async () => {
    const first = await JiraUnderTest.start({ dataFile });
    await first.createUser('one');
    await first.createUser('two');
    await first.close();
    const again = await JiraUnderTest.start({ dataFile });
    await again.close();
    const text = await readFile(dataFile, 'utf8');
    expect(text.trimEnd().split('\n')).toHaveLength(1);
  });

  it('forgets a line that was never finished, and refuses one that was damaged', async () => {
    const first = await JiraUnderTest.start({ dataFile });
    await first.createUser('whole');
    await first.close();
    const text = await readFile(dataFile, 'utf8');
    await writeFile(dataFile, `${text}[{"table":"users","key":"JIRA`);
    const again = await JiraUnderTest.start({ dataFile });
    expect(await again.user('whole')).toMatchObject({ name: 'whole' });
    await again.createUser('after');
    await again.close();
    await writeFile(dataFile, `${text}[{"table":"users","key":"JIRA\n`);
    await expect(JiraUnderTest.start({ dataFile })).rejects.toThrow(/damaged in line 3/);
  });

  it('stays empty of people after a reset', async () => {
    const first = await JiraUnderTest.start({ dataFile });
    await first.createUser('gone');
    await fetch(`${first.control}/__test/reset`, { method: 'POST' });
    await first.close();
    const again = await JiraUnderTest.start({ dataFile });
    expect((await again.state()).users.map(({ name }) => name)).toEqual(['admin']);
    await again.close();
  });
});
