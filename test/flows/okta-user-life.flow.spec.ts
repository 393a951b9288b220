import { beforeAll, describe, expect, it } from '@jest/globals';
import { HttpBrowser, waitFor } from '@gatehouse/testing';
import { Installation } from './support/installation.js';
import { jiraFollows } from './support/jira-follows.js';
import { jiraState, signIn, signInAndArrive } from './support/sandbox.js';
import { okta, scim, ScimClient } from './support/scim-client.js';
import { sharedSite } from './support/site.js';

const who = 'load-0011';

describe('the life of a user as Okta tells it', () => {
  const site = sharedSite(() => Installation.start());
  let client: ScimClient;
  let id = '';
  beforeAll(() => {
    client = new ScimClient(site().base, okta);
  });

  const lookup = () => client.find('Users', `userName eq "${who}"`, '&startIndex=1&count=100');
  const isSignedInAtJira = async (browser: HttpBrowser) =>
    (await browser.get(`${site().origin}/rest/api/2/myself`)).status === 200;

  it('O1 O7 C15 is looked up, not found, and created with a password that nobody ever sees', async () => {
    expect(await lookup()).toEqual([]);
    const created = await client.must(201, 'POST', '/Users', {
      schemas: [scim.user],
      userName: who,
      name: { givenName: 'Load', familyName: 'Eleven' },
      emails: [{ primary: true, value: `${who}@example.com`, type: 'work' }],
      displayName: 'Load Eleven',
      locale: 'en-US',
      externalId: '00ujl29u0le5T6Aj10h7',
      groups: [],
      password: '1mz050nq',
      active: true,
    });
    ({ id } = created);
    expect(created.meta.location).toBe(`${site().base}/scim/v2/Users/${id}`);
    expect(JSON.stringify(created)).not.toContain('1mz050nq');
    await jiraFollows(site(), who, {
      active: true,
      displayName: 'Load Eleven',
      emailAddress: `${who}@example.com`,
      groups: ['jira-software-users'],
    });
  }, 60_000);

  it('P18 O7 C70 a create that Okta repeats after a time-out is 409 and overwrites nothing', async () => {
    const again = await client.send('POST', '/Users', {
      schemas: [scim.user],
      userName: who.toUpperCase(),
      displayName: 'Somebody else',
      emails: [{ primary: true, value: `other-${who}@example.com` }],
      active: true,
    });
    expect([again.status, again.body?.status, again.body?.scimType]).toEqual([409, '409', 'uniqueness']);
    expect(await lookup()).toMatchObject([{ id, displayName: 'Load Eleven' }]);
  });

  it('O2 C47 is changed by a PUT that echoes everything it was given', async () => {
    const echoed = await client.must(200, 'GET', `/Users/${id}`);
    const changed = await client.must(200, 'PUT', `/Users/${id}`, {
      ...echoed,
      displayName: 'Load Eleven-Changed',
      name: { ...echoed.name, familyName: 'Eleven-Changed' },
    });
    expect(changed).toMatchObject({ id, active: true, displayName: 'Load Eleven-Changed' });
    await jiraFollows(site(), who, { displayName: 'Load Eleven-Changed', emailAddress: `${who}@example.com` });
  }, 60_000);

  it('P15 O3 C49 E10 is deactivated without a path: sessions end, the login is refused, Okta still finds them', async () => {
    const browser = new HttpBrowser();
    await signInAndArrive(browser, site(), who);
    expect(await isSignedInAtJira(browser)).toBe(true);

    await client.patch(`/Users/${id}`, { op: 'replace', value: { active: false } });
    await jiraFollows(site(), who, { active: false });
    await waitFor(async () => !(await isSignedInAtJira(browser)), { timeoutMs: 20_000, what: 'Jira’s session to end' });
    expect((await signIn(new HttpBrowser(), site(), who)).status).toBe(403);
    expect(await lookup()).toMatchObject([{ id, active: false }]);
    expect(await client.must(200, 'GET', `/Users/${id}`)).toMatchObject({ active: false });
  }, 60_000);

  it('D10 a PUT of an old state without `active` revives nobody', async () => {
    const old = await client.must(200, 'GET', `/Users/${id}`);
    const withoutActive = { ...old, active: undefined, title: 'Programmer' };
    expect(await client.must(200, 'PUT', `/Users/${id}`, withoutActive)).toMatchObject({
      active: false,
    });
  });

  const keyInJira = async () => (await jiraState(site())).users.find(({ name }) => name === who)!.key;

  it('O3 is activated again, is the same Jira user, and signs in', async () => {
    const key = await keyInJira();
    await client.patch(`/Users/${id}`, { op: 'replace', value: { active: true } });
    await jiraFollows(site(), who, { active: true, key });
    await signInAndArrive(new HttpBrowser(), site(), who);
  }, 60_000);

  it('P18 is deactivated and assigned anew: the same id of Okta is the same Jira user, as Okta describes them', async () => {
    const key = await keyInJira();
    await client.patch(`/Users/${id}`, { op: 'replace', value: { active: false } });
    await jiraFollows(site(), who, { active: false });
    const again = {
      schemas: [scim.user],
      userName: who,
      emails: [{ primary: true, value: `${who}@example.com`, type: 'work' }],
      displayName: 'Load Eleven-Again',
      active: true,
    };
    expect((await client.send('POST', '/Users', { ...again, externalId: '00u-of-somebody-else' })).status).toBe(409);
    const revived = await client.must(201, 'POST', '/Users', { ...again, externalId: '00ujl29u0le5T6Aj10h7' });
    expect([revived.id, revived.active]).toEqual([id, true]);
    await jiraFollows(site(), who, { active: true, key, displayName: 'Load Eleven-Again' });
    await signInAndArrive(new HttpBrowser(), site(), who);
  }, 60_000);
});
