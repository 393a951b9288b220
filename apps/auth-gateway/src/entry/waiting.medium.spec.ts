import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { HttpBrowser, plain, waitFor } from '@gatehouse/testing';
import { claimsOf, GatewayFixture } from '../gateway.fixture.js';

describe('a sign-in that has to wait, and one that is refused', () => {
  let gateway: GatewayFixture;

  beforeAll(async () => {
    gateway = await GatewayFixture.start();
    await gateway.firstSignIn('ada');
    await gateway.firstSignIn('bob');
  });
  afterAll(() => gateway.stop());

  it('waits for one run when the username was not verified for a day', async () => {
    const accountId = await gateway.link((await gateway.identityOf('bob'))!, 'bob');
    await gateway.jiraAccount(accountId, { username: 'bob', verifiedHoursAgo: 25 });
    await gateway.settle();
    gateway.idp.person = 'bob';

    const signingIn = gateway.signIn();
    await waitFor(() => gateway.count('messaging.outbox', "state <> 'settled'"), { what: 'the event of this sign-in' });
    await gateway.jiraAccount(accountId, { username: 'bob' });
    await gateway.settle();

    expect(claimsOf(await signingIn)).toMatchObject({ preferred_username: 'bob' });
  });

  it('E07 shows a page that moves on by itself while Jira does not answer', async () => {
    gateway.idp.people.set('carol', { ...gateway.idp.people.get('ada'), preferred_username: 'carol' });
    gateway.idp.person = 'carol';
    const browser = new HttpBrowser();
    const signingIn = gateway.signIn(browser);
    const accountId = await gateway.link(await gateway.identityCommitted('carol'), 'carol');
    await gateway.jiraAccount(accountId, { state: 'pending', active: false, code: 'jira.unreachable' });

    const waiting = await signingIn;

    expect(waiting.status).toBe(200);
    expect(waiting.url.pathname).toMatch(/^\/_sso\/login\/[^/]+\/wait\/[^/]+$/);
    expect(waiting.headers.get('refresh')).toBe('2');
    expect(waiting.body).toMatch(/<meta http-equiv="refresh" content="2"/);
    expect(plain(waiting.body)).toContain('Jira is not answering right now');
    expect(plain(waiting.body)).toMatch(/Reference: [0-9a-f]{32}/);
    const stranger = await new HttpBrowser().get(waiting.url);
    expect(stranger.status).toBe(400);

    await gateway.jiraAccount(accountId, { username: 'carol' });
    await gateway.settle();
    expect(claimsOf(await browser.get(waiting.url))).toMatchObject({ preferred_username: 'carol', sub: accountId });
    expect((await browser.get(waiting.url)).status).toBe(200);
  });

  it('ends the wait after five minutes with an honest error and a way to try again', async () => {
    gateway.idp.people.set('dora', { ...gateway.idp.people.get('ada'), preferred_username: 'dora' });
    gateway.idp.person = 'dora';
    const browser = new HttpBrowser();
    const waiting = await gateway.signIn(browser);
    expect(waiting.status).toBe(200);
    await gateway.dataSource.query(`update gateway.login set at = at - interval '6 minutes'`);

    const ended = await browser.get(waiting.url);

    expect(ended.status).toBe(503);
    expect(ended.headers.get('refresh')).toBeNull();
    expect(plain(ended.body)).toMatch(/Reference: [0-9a-f]{32}/);
    await gateway.settle();
    const [page] = await Promise.all([browser.click(ended, 'Try again'), gateway.provision('dora')]);
    expect(claimsOf(page)).toMatchObject({ preferred_username: 'dora' });
  });

  it.each([
    { code: 'match.administrator', status: 403, text: 'cannot be connected' },
    { code: 'match.creation_off', status: 403, text: 'there is no Jira account for you' },
  ])('E10 says why a person is refused ($code) and offers to try another account', async ({ code, status, text }) => {
    const name = code.replace('match.', 'x-');
    gateway.idp.people.set(name, { ...gateway.idp.people.get('ada'), preferred_username: name });
    gateway.idp.person = name;

    const [page] = await Promise.all([gateway.signIn(), gateway.refuse(name, code)]);

    expect(page.status).toBe(status);
    expect(plain(page.body)).toContain(text);
    expect(plain(page.body)).toContain('ada@example.com');
    expect(plain(page.body)).toMatch(/Reference: [0-9a-f]{32}/);
    expect(page.body).toContain('Try another account');
    expect(page.headers.getSetCookie().join()).not.toContain('gatehouse_session');
  });

  it('does not refuse for yesterday’s reason before today’s run has spoken', async () => {
    const name = 'x-administrator';
    gateway.idp.person = name;

    const [page] = await Promise.all([
      gateway.signIn(),
      waitFor(() => gateway.count('messaging.outbox', "state <> 'settled'"), { what: 'the event' }).then(() =>
        gateway.provision(name),
      ),
    ]);

    expect(claimsOf(page)).toMatchObject({ preferred_username: name });
  });

  it('says that the account could not be prepared when its job is parked', async () => {
    gateway.idp.people.set('erin', { ...gateway.idp.people.get('ada'), preferred_username: 'erin' });
    gateway.idp.person = 'erin';
    const signingIn = gateway.signIn();
    await waitFor(() => gateway.count('messaging.outbox', "state <> 'settled'"), { what: 'the event' });
    await gateway.settle('parked');

    const page = await signingIn;

    expect(page.status).toBe(500);
    expect(plain(page.body)).toContain('could not be prepared');
  });

  it('O55 refuses an unverified e-mail address with its reason and creates nothing', async () => {
    gateway.idp.person = 'dave';

    const page = await gateway.signIn();

    expect(page.status).toBe(403);
    expect(plain(page.body)).toContain('e-mail address is not verified');
    expect(await gateway.identityOf('dave')).toBeUndefined();
    const [login] = await gateway.dataSource.query<object[]>('select * from gateway.login order by at desc limit 1');
    expect(login).toMatchObject({ outcome: 'refused', code: 'entry.email_not_verified', identity_id: null });
  });

  it('E10 lets somebody else sign in after a refusal', async () => {
    gateway.idp.person = 'dave';
    const browser = new HttpBrowser();
    const refused = await gateway.signIn(browser);
    gateway.idp.person = 'ada';
    browser.forget(/^upstream/);

    expect(claimsOf(await browser.click(refused, 'another account'))).toMatchObject({ preferred_username: 'ada' });
  });
});
