import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { logoutEvent } from '@gatehouse/relying-party';
import { HttpBrowser, plain, waitFor } from '@gatehouse/testing';
import type { Page } from '@gatehouse/testing';
import { claimsOf, GatewayFixture } from '../gateway.fixture.js';

/** A sign-in whose account is not ready yet, until it opens a session or somebody ends it. */
describe('a sign-in that waits for its account', () => {
  let gateway: GatewayFixture;

  beforeAll(async () => {
    gateway = await GatewayFixture.start({ provider: { signOutAtProvider: true } });
    await gateway.firstSignIn('ada');
  });
  afterAll(() => gateway.stop());

  async function waitingFor(name: string, browser = new HttpBrowser()): Promise<Page> {
    gateway.idp.people.set(name, { ...gateway.idp.people.get('ada'), preferred_username: name });
    gateway.idp.person = name;
    const page = await gateway.signIn(browser);
    expect(page.url.pathname).toContain('/wait/');
    return page;
  }

  async function signOutAtProvider(sub: string): Promise<number> {
    const now = Math.floor(Date.now() / 1000);
    const claims = { iss: gateway.idp.issuer, aud: 'gateway', iat: now, exp: now + 120, jti: randomUUID(), sub };
    const token = await gateway.idp.sign({ ...claims, events: { [logoutEvent]: {} } }, { typ: 'logout+jwt' });
    const body = new URLSearchParams({ logout_token: token });
    return (await fetch(`${gateway.publicUrl}/backchannel-logout/company`, { method: 'POST', body })).status;
  }

  const idOf = ({ url }: Page) => url.pathname.split('/').at(-1)!;
  const keepsToken = (page: Page) =>
    gateway.count('gateway.login_transaction', `id = '${idOf(page)}' and id_token_sealed is not null`);

  it('O76 keeps the ID token sealed, and moves it to the session', async () => {
    const browser = new HttpBrowser();
    const page = await waitingFor('carol', browser);
    expect(await keepsToken(page)).toBe(1);
    await gateway.provision('carol');

    claimsOf(await browser.get(page.url));

    expect(await keepsToken(page)).toBe(0);
    const id = await gateway.sessionId();
    expect(await gateway.count('gateway.session', `id = '${id}' and id_token_sealed like 'v1.%'`)).toBe(1);
  });

  it('O76 keeps no ID token once the person was told that it leads nowhere, on the page or before it', async () => {
    const browser = new HttpBrowser();
    const page = await waitingFor('dora', browser);
    await gateway.refuse('dora', 'match.administrator');
    expect((await browser.get(page.url)).status).toBe(403);
    expect(await keepsToken(page)).toBe(0);

    gateway.idp.people.set('erik', { ...gateway.idp.people.get('ada'), preferred_username: 'erik' });
    gateway.idp.person = 'erik';
    await Promise.all([gateway.signIn(), gateway.refuse('erik', 'match.administrator')]);
    const ofErik = `identity_id = '${await gateway.identityOf('erik')}'`;
    expect(await gateway.count('gateway.login_transaction', ofErik)).toBe(1);
    expect(await gateway.count('gateway.login_transaction', `${ofErik} and id_token_sealed is not null`)).toBe(0);
  });

  it('O76 keeps no ID token once the wait has lasted too long', async () => {
    const browser = new HttpBrowser();
    const page = await waitingFor('fred', browser);
    await gateway.dataSource.query(`update gateway.login set at = at - interval '6 minutes'`);

    expect((await browser.get(page.url)).status).toBe(503);

    expect(await keepsToken(page)).toBe(0);
  });

  it('O49 says that nobody is signed in when the provider ended it, whoever else is signed in here', async () => {
    gateway.idp.person = 'ada';
    const browser = new HttpBrowser();
    claimsOf(await gateway.signIn(browser));
    const adas = browser.cookie('gatehouse_session');
    browser.forget(/gatehouse_session$/);
    browser.forget(/^upstream/);
    const page = await waitingFor('gina', browser);
    const secretName = `gatehouse_tx_${idOf(page).slice(0, 8)}`;
    const secret = browser.cookie(secretName);
    expect([adas, secret]).not.toContain(undefined);
    expect(await signOutAtProvider('gina')).toBe(200);
    await gateway.provision('gina');

    const cookie = `gatehouse_session=${adas!}; ${secretName}=${secret!}`;
    const ended = await fetch(page.url, { headers: { cookie } });

    expect(ended.status).toBe(400);
    expect(plain(await ended.text())).toContain('You are not signed in');
    expect(await keepsToken(page)).toBe(0);
    expect(await gateway.count('gateway.login', `subject = 'gina' and code = 'login.given_up'`)).toBe(1);
    const again = await browser.click(await browser.get(page.url), 'Try again');
    expect(claimsOf(again)).toMatchObject({ preferred_username: 'gina' });
  });

  it('O49 says so too when it is ended in the very moment in which the account is ready', async () => {
    const browser = new HttpBrowser();
    const page = await waitingFor('hugo', browser);
    await gateway.provision('hugo');
    const holder = gateway.dataSource.createQueryRunner();
    await holder.startTransaction();
    try {
      await holder.query('select from gateway.login_transaction where id = $1 for update', [idOf(page)]);
      const ending = signOutAtProvider('hugo');
      await blocked(1);
      const continuing = browser.get(page.url);
      await blocked(2);
      await holder.commitTransaction();

      expect(await ending).toBe(200);
      const ended = await continuing;

      expect(ended.status).toBe(400);
      expect(plain(ended.body)).toContain('You are not signed in');
      expect(browser.cookie('gatehouse_session')).toBeUndefined();
      expect(await gateway.count('gateway.session', `identity_id = '${await gateway.identityOf('hugo')}'`)).toBe(0);
    } finally {
      await holder.release();
    }
  });

  it('says that the sign-in is finished when another tab was first', async () => {
    const browser = new HttpBrowser();
    const page = await waitingFor('ines', browser);
    await gateway.provision('ines');
    const holder = gateway.dataSource.createQueryRunner();
    await holder.startTransaction();
    try {
      await holder.query('select from gateway.login_transaction where id = $1 for update', [idOf(page)]);
      const tabs = [browser.get(page.url), browser.get(page.url)];
      await blocked(2);
      await holder.commitTransaction();

      const bodies = (await Promise.all(tabs)).map(({ body }) => plain(body));

      expect(bodies.filter((body) => body.includes('finished by another request'))).toHaveLength(1);
      expect(bodies.filter((body) => body.includes('"preferred_username":"ines"'))).toHaveLength(1);
    } finally {
      await holder.release();
    }
  });

  const blocked = (statements: number) =>
    waitFor(
      async () =>
        (await gateway.count('pg_stat_activity', `datname = current_database() and wait_event_type = 'Lock'`)) ===
        statements,
      { what: `${statements} statements that wait for the row` },
    );
});
