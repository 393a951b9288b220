import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  ConfigApplied,
  ConfigExport,
  ProviderChecks,
  ProviderTestCreated,
  ProviderTestStatus,
} from '@gatehouse/contracts';
import type { Advice } from '@gatehouse/contracts';
import { HttpBrowser, plain } from '@gatehouse/testing';
import pg from 'pg';
import { adminToken, Installation } from './support/installation.js';
import { jiraState, setPerson, toIdentityProvider } from './support/sandbox.js';

const tables = [
  'gateway.identity',
  'gateway.login',
  'gateway.session',
  'gateway.op_model',
  'mapping.account',
  'sync.jira_account',
  'messaging.outbox',
  'console.config_version',
];

describe('an administrator tests a provider', () => {
  let installation: Installation;
  let database: pg.Client;
  let saved: ConfigExport;

  beforeAll(async () => {
    installation = await Installation.start();
    database = new pg.Client({ connectionString: installation.databaseUrl });
    await database.connect();
    saved = ConfigExport.parse(await (await call('GET', 'config')).json());
  }, 60_000);
  afterAll(async () => {
    await database.end();
    await installation.discard();
  });

  it('S17 U05 O78 with a real sign-in that leaves nothing behind: no account, no session, no job, no call to Jira', async () => {
    const before = await everything();
    const { id, page } = await tryAs('ada', { provider: 'cognito' });

    expect(page.status).toBe(200);
    expect(plain(page.body)).toContain('The test succeeded');
    expect(await everything()).toEqual(before);
    expect(page.headers.getSetCookie().filter((cookie) => cookie.includes('session'))).toEqual([]);
    expect((await read(id)).state).toBe('answered');
  });

  it('S17 S19 U06 and sees every claim with its source, the mapped result and the reason of each group', async () => {
    const { id, page } = await tryAs('ada', { provider: 'cognito' });
    const { result } = await read(id);
    const claims = Object.fromEntries(result!.claims.map((claim) => [claim.name, claim]));

    expect(result).toMatchObject({ outcome: 'would-enter', clientAuthentication: 'client_secret_post' });
    expect(claims['cognito:groups']).toEqual({
      name: 'cognito:groups',
      value: ['dev', 'ops'],
      sources: ['id-token'],
    });
    expect(claims['email']).toMatchObject({ value: 'ada@example.com', sources: ['id-token', 'userinfo'] });
    expect(claims['email_verified']).toMatchObject({ value: true, differing: 'true' });
    expect(claims['username']).toMatchObject({ sources: ['userinfo'] });
    expect(result!.mapping).toMatchObject({
      username: 'ada',
      email: 'ada@example.com',
      emailVerified: true,
      groups: { state: 'list', claimed: ['dev', 'ops'], held: null },
      decision: { kind: 'enter' },
      account: 'new',
    });
    expect(result!.mapping!.groups.reasons).toContainEqual({ group: 'jira-developers', because: 'the rule for dev' });
    for (const text of [
      'cognito:groups',
      'jira-developers: the rule for dev',
      'ada@example.com',
      'true userinfo: "true"',
    ])
      expect(plain(page.body)).toContain(text);
  });

  it('U05 with values that are not saved, the stored secret among them', async () => {
    const provider = saved.providers['cognito']!;
    const draft = {
      key: 'cognito',
      provider: { ...provider, scopes: ['openid', 'email'] },
      mapping: { ...saved.mappings['cognito'], groups: { claim: 'groups' } },
    };
    const { id } = await tryAs('ada', { draft });
    const { result } = await read(id);

    expect(result!.mapping).toMatchObject({ displayName: null, groups: { state: 'absent', held: 'keep-existing' } });
    expect(about(result!.advice)).toEqual(expect.arrayContaining(['display-name', 'groups']));
    expect(JSON.stringify(result!.advice)).toContain('cognito:groups'); // Where the groups are instead.
    expect(ConfigExport.parse(await (await call('GET', 'config')).json())).toEqual(saved);
  });

  it('sends a stored secret nowhere else than where it was given for', async () => {
    const draft = {
      key: 'cognito',
      provider: { ...saved.providers['cognito']!, issuer: 'https://idp.example' },
    };
    const answer = await call('POST', 'provider-tests', { draft });
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain('clientSecret');
  });

  it('S18 and is told what is missing and what to change', async () => {
    const { id } = await tryAs('dave', { provider: 'cognito' });
    const { result } = await read(id);

    expect(result).toMatchObject({ outcome: 'would-be-refused' });
    expect(result!.mapping!.decision).toMatchObject({ kind: 'refuse', code: 'entry.email_not_verified' });
    expect(result!.advice[0]).toMatchObject({ about: 'email', severity: 'problem' });
  });

  it('F26 and is told of a list of groups that is not whole', async () => {
    await setPerson(installation, 'ada', { claims: { _claim_names: { 'cognito:groups': 'src1' } } });
    const { id } = await tryAs('ada', { provider: 'cognito' });
    await setPerson(installation, 'ada', { claims: {} });
    const { result } = await read(id);

    expect(result!.mapping!.groups).toMatchObject({ state: 'truncated', held: 'truncated' });
    expect(about(result!.advice)).toContain('groups');
  });

  it('and is told which client authentication works when it is not the configured one', async () => {
    const draft = {
      key: 'cognito',
      provider: { ...saved.providers['cognito']!, clientAuthentication: 'none' },
      mapping: saved.mappings['cognito'],
    };
    const { id } = await tryAs('ada', { draft });
    const { result } = await read(id);
    expect(result).toMatchObject({ outcome: 'failed' });
    expect(result!.advice).toMatchObject([{ about: 'client-authentication', severity: 'problem' }]);
  });

  it('U06 O62 and is told of somebody whom a sign-in would not let in, although the provider does', async () => {
    const { id } = await tryAs('admin', { provider: 'cognito' });
    const { result } = await read(id);
    expect(result).toMatchObject({ outcome: 'would-be-refused' });
    expect(result!.mapping!.decision).toMatchObject({ kind: 'refuse', code: 'match.reserved_name' });
  });

  it('O78 in a window whose address works once, and for nobody else', async () => {
    const { url } = await create({ provider: 'cognito' });
    expect(url).toMatch(new RegExp(`^${installation.base}/provider-test/[\\w-]{43}$`));
    await new HttpBrowser().get(url);
    expect((await new HttpBrowser().get(url)).status).toBe(404);
    expect((await new HttpBrowser().get(`${installation.base}/provider-test/${'a'.repeat(43)}`)).status).toBe(404);
    for (const token of [null, 'wrong-token-0123456789'])
      expect((await call('POST', 'provider-tests', { provider: 'cognito' }, token)).status).toBe(401);
  });

  it('O78 and a refused sign-in at the provider is a result, not a loop', async () => {
    const browser = new HttpBrowser();
    const { id, url } = await create({ provider: 'cognito' });
    const form = await browser.get(url);
    const callback = new URL(form.url.searchParams.get('redirect_uri')!);
    const state = form.url.searchParams.get('state')!;
    callback.search = new URLSearchParams({ error: 'access_denied', state }).toString();
    callback.searchParams.set('error_description', '<b>not assigned</b>');
    const page = await browser.get(callback);

    expect(plain(page.body)).toContain('The test failed');
    expect(page.body).toContain('<q>&lt;b&gt;not assigned&lt;/b&gt;</q>');
    expect(plain((await browser.get(callback)).body)).toContain('This test is over');
    expect((await read(id)).result).toMatchObject({ outcome: 'failed', failure: { code: 'login.provider_refused' } });
  });

  it('O78 and a provider that could not even be asked is a result as well', async () => {
    const provider = { ...saved.providers['cognito']!, issuer: 'http://127.0.0.1:1/', clientSecret: 'x'.repeat(20) };
    const { id, url } = await create({ draft: { key: 'cognito', provider, mapping: saved.mappings['cognito'] } });
    expect((await new HttpBrowser().get(url)).status).toBe(503);
    expect(await read(id)).toMatchObject({
      state: 'answered',
      result: { outcome: 'failed', failure: { code: 'login.provider_unavailable' } },
    });
  });

  it('U04 after checks that need no sign-in', async () => {
    const answer = await call('POST', 'provider-checks', { provider: 'cognito' });
    const { passed, checks } = ProviderChecks.parse(await answer.json());
    expect(passed).toBe(true);
    expect(checks.filter(({ outcome }) => outcome === 'ok').map(({ check }) => check)).toEqual(
      expect.arrayContaining(['discovery', 'issuer', 'keys', 'clock']),
    );
  });

  it('U04 O77 and no check probes an internal address', async () => {
    const provider = { ...saved.providers['cognito']!, clientSecret: 'x'.repeat(20) };
    for (const issuer of ['http://169.254.169.254/latest', 'https://10.0.0.1/', 'https://[::ffff:192.168.0.1]/']) {
      const answer = await call('POST', 'provider-checks', { draft: { key: 'x', provider: { ...provider, issuer } } });
      const { passed, checks } = ProviderChecks.parse(await answer.json());
      expect(passed).toBe(false);
      expect(JSON.stringify(checks)).toMatch(/allowedHosts|https/);
    }
  });

  it('and signs in as usual in the same browser afterwards', async () => {
    const browser = new HttpBrowser();
    await tryAs('grace', { provider: 'cognito' }, browser);
    // The provider still knows her, so nothing is asked.
    const page = await toIdentityProvider(browser, installation);
    expect(plain(page.body)).toContain('Signed in as Grace');
  });

  it('U08 and whoever applies a provider that nobody tried so far is told', async () => {
    const changed = (change: object): ConfigExport => ({
      ...saved,
      providers: { ...saved.providers, partner: { ...saved.providers['partner']!, ...change } },
    });
    const untested = async (document: ConfigExport) =>
      ConfigApplied.parse(await (await call('PUT', 'config?dryRun=true', document)).json()).untested;

    expect(await untested(changed({ name: 'Another name' }))).toEqual([]);
    const drafted = changed({ scopes: ['openid', 'email'], userinfo: 'off' });
    expect(await untested(drafted)).toEqual(['partner']);

    const { provider, mapping } = { provider: drafted.providers['partner'], mapping: drafted.mappings['partner'] };
    await tryAs('dave', { draft: { key: 'partner', provider, mapping } }); // Would be refused: that proves nothing.
    expect(await untested(drafted)).toEqual(['partner']);
    await tryAs('ada', { draft: { key: 'partner', provider, mapping } });
    expect(await untested(drafted)).toEqual([]);
    expect(await untested(changed({ scopes: ['openid'], userinfo: 'off' }))).toEqual(['partner']);
  });

  function call(method: string, path: string, body?: unknown, token: string | null = adminToken) {
    return fetch(`${installation.base}/api/v1/${path}`, {
      method,
      headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  async function create(subject: unknown): Promise<ProviderTestCreated> {
    const answer = await call('POST', 'provider-tests', subject);
    const text = await answer.text();
    if (answer.status !== 201) throw new Error(text);
    return ProviderTestCreated.parse(JSON.parse(text));
  }

  async function tryAs(person: string, subject: unknown, browser = new HttpBrowser()) {
    const { id, url } = await create(subject);
    const form = await browser.get(url);
    return { id, page: await browser.submit(form, { username: person, password: 'demo' }) };
  }

  async function read(id: string): Promise<ProviderTestStatus> {
    return ProviderTestStatus.parse(await (await call('GET', `provider-tests/${id}`)).json());
  }

  async function everything(): Promise<unknown> {
    const counted = tables.map((table) => `(select count(*)::int from ${table}) as "${table}"`);
    const [counts] = (await database.query<Record<string, number>>(`select ${counted.join(', ')}`)).rows;
    const { users, writes } = await jiraState(installation);
    return { counts, users, writes };
  }
});

function about(advice: readonly Advice[]): string[] {
  return advice.map(({ about: subject }) => subject);
}
