import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { HttpBrowser, plain, waitFor } from '@gatehouse/testing';
import { claimsOf, GatewayFixture } from '../gateway.fixture.js';

interface Recorded {
  readonly outcome: string;
  readonly code: string | null;
  readonly reason: string | null;
  readonly subject: string | null;
  readonly duration_ms: number;
}

describe('who may enter, and what is written down about it', () => {
  let gateway: GatewayFixture;

  beforeAll(async () => {
    gateway = await GatewayFixture.start();
    await change({ allowedEmailDomains: ['example.com'], requiredClaims: { family_name: ['Example', 'Guest'] } });
    const ada = gateway.idp.people.get('ada')!;
    gateway.idp.people.set('mallory', { ...ada, preferred_username: 'mallory', email: 'mallory@other.example' });
    gateway.idp.people.set('outsider', { ...ada, preferred_username: 'outsider', family_name: 'Elsewhere' });
  });
  beforeEach(() => gateway.dataSource.query('delete from gateway.login'));
  afterEach(() => {
    gateway.idp.tamper = undefined;
    gateway.jira.extra = {};
  });
  afterAll(() => gateway.stop());

  /** As the console does: one more version, and the news of it. */
  async function change(part: object, of: 'providers' | 'mappings' = 'providers'): Promise<void> {
    await gateway.dataSource.query(
      `insert into console.config_version (document, actor)
       select document || jsonb_build_object($2::text, coalesce(document -> $2, '{}') ||
         jsonb_build_object('company', coalesce(document #> array[$2, 'company'], '{}') || $1::jsonb)), 'test'
       from console.config_version order by version desc limit 1`,
      [JSON.stringify(part), of],
    );
    await gateway.dataSource.query(`select pg_notify('gatehouse_config', '')`);
    const { version } = (
      await gateway.dataSource.query<{ version: number }[]>(
        'select max(version) as version from console.config_version',
      )
    )[0]!;
    expect(version).toBeGreaterThan(1);
  }

  async function recorded(): Promise<readonly Recorded[]> {
    return gateway.dataSource.query<Recorded[]>(
      'select outcome, code, reason, subject, duration_ms from gateway.login order by at',
    );
  }

  async function refusedAs(person: string): Promise<string> {
    gateway.idp.person = person;
    const identities = await gateway.count('gateway.identity');
    const page = await gateway.signIn();
    expect(page.status).toBe(403);
    expect(await gateway.count('gateway.identity')).toBe(identities);
    expect(await gateway.count('messaging.outbox', "state <> 'settled'")).toBe(0);
    return plain(page.body);
  }

  it('S49 O57 an address of another domain: refused before anything is made, and the page does not tell which would do', async () => {
    const text = await refusedAs('mallory');

    expect(text).toContain('may not sign in to Jira');
    expect(text).not.toMatch(/@example\.com|Example|family_name/);
    expect(await recorded()).toEqual([
      {
        outcome: 'refused',
        code: 'entry.domain_not_allowed',
        reason: null,
        subject: 'mallory',
        duration_ms: expect.any(Number),
      },
    ]);
  });

  it('O60 a required claim without one of its values: refused before anything is made', async () => {
    await refusedAs('outsider');
    expect(await recorded()).toEqual([expect.objectContaining({ code: 'entry.claim_required', subject: 'outsider' })]);
  });

  it('O59 an address in the request decides nothing: the account is of whom the token names', async () => {
    gateway.jira.extra = { login_hint: 'bob@example.com' };
    const { page } = await gateway.firstSignIn('ada');

    expect(claimsOf(page)).toMatchObject({ preferred_username: 'ada' });
    expect(await gateway.identityOf('bob')).toBeUndefined();
  });

  it('O59 the domain rule looks at the token, not at the address in the request', async () => {
    gateway.jira.extra = { login_hint: 'ada@example.com' };
    await refusedAs('mallory');
    expect(await recorded()).toEqual([expect.objectContaining({ code: 'entry.domain_not_allowed' })]);
  });

  it('records whom an accepted sign-in was of, and how long it took', async () => {
    gateway.idp.person = 'ada';
    claimsOf(await gateway.signIn());
    await gateway.settle();

    expect(await recorded()).toEqual([
      { outcome: 'accepted', code: null, reason: null, subject: 'ada', duration_ms: expect.any(Number) },
    ]);
  });

  it('O64 lets somebody in whose groups are too many to be sent, and notes it', async () => {
    const ada = gateway.idp.people.get('ada')!;
    gateway.idp.tamper = async (answer) => {
      const payload = String(answer['id_token']).split('.')[1]!;
      const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>;
      delete claims['groups'];
      answer['id_token'] = await gateway.idp.sign({ ...claims, _claim_names: { groups: 'src1' } });
    };
    gateway.idp.people.set('ada', { ...ada, groups: undefined });
    gateway.idp.person = 'ada';
    claimsOf(await gateway.signIn());
    gateway.idp.people.set('ada', ada);
    await gateway.settle();

    expect(await recorded()).toEqual([
      expect.objectContaining({ outcome: 'accepted', code: 'login.groups_truncated' }),
    ]);
  });

  it('X55 groups that signing in needs: refused before anything is made, and the page does not tell which would do', async () => {
    await change({ requiredGroups: ['jira-staff'] }, 'mappings');
    const text = await refusedAs('ada');
    expect(text).toContain('none of the groups');
    expect(text).not.toContain('jira-staff');

    const ada = gateway.idp.people.get('ada')!;
    gateway.idp.people.set('ada', { ...ada, groups: undefined });
    expect(await refusedAs('ada')).toContain('could not be read');
    gateway.idp.people.set('ada', ada);
    expect((await recorded()).map(({ code }) => code)).toEqual(['entry.group_required', 'entry.groups_absent']);

    await change({ requiredGroups: ['jira-staff', 'dev'] }, 'mappings');
    gateway.idp.person = 'ada';
    claimsOf(await gateway.signIn());
    await gateway.settle();
  });

  it('records the technical cause of a failure in our own words, and nobody as its subject', async () => {
    gateway.idp.tamper = async (answer) => {
      answer['id_token'] = await gateway.idp.sign({ sub: 'ada', nonce: 'sent-by-a-stranger' });
    };
    gateway.idp.person = 'ada';
    await gateway.signIn();

    const [row, ...others] = await recorded();
    expect(others).toEqual([]);
    expect(row).toMatchObject({ outcome: 'failed', code: 'login.answer_invalid', subject: null });
    expect(row!.reason).toMatch(/\w/);
    expect(row!.reason).not.toMatch(/stranger|eyJ/);
  });

  it('O70 there is no way in beside the provider: no such address answers', async () => {
    for (const path of ['/backdoor', '/login/backdoor', '/local', '/login/local', '/emergency']) {
      const page = await new HttpBrowser().get(`${gateway.publicUrl}${path}?password=x`);
      expect([path, page.status >= 400, page.body.includes('type="password"')]).toEqual([path, true, false]);
    }
    expect(gateway.logLines.join('')).not.toContain('password=x');
  });

  it('E09 says what to do, and who can help, when every provider is switched off', async () => {
    await gateway.dataSource.query(
      `insert into console.config_version (document, actor)
       select jsonb_set(document, '{settings,contact}', '"IT service desk"'), 'test'
       from console.config_version order by version desc limit 1`,
    );
    await change({ enabled: false });
    const browser = new HttpBrowser();
    await waitFor(async () => (await gateway.signIn(browser)).status === 503, { what: 'the gateway to know it' });

    const page = await gateway.signIn(browser);

    expect(plain(page.body)).toContain('Single sign-on is switched off');
    expect(plain(page.body)).toContain('If you have a Jira password, go back to Jira');
    expect(plain(page.body)).toContain('Who can help: IT service desk');
    expect(page.body).toContain('Back to Jira');
    // An old link to one of them is told the same, and not that it never existed.
    expect((await browser.get(`${page.url.href}?provider=company`)).status).toBe(503);
  });
});
