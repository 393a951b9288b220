import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ConfigApplied, ConfigExport, ProviderChecks, ProviderTestStatus } from '@gatehouse/contracts';
import type { Advice } from '@gatehouse/contracts';
import { HttpBrowser, plain } from '@gatehouse/testing';
import pg from 'pg';
import { Installation } from './support/installation.js';
import { ProviderTrials } from './support/provider-trials.js';
import { jiraState, setPerson, toIdentityProvider } from './support/sandbox.js';

/** The test itself: what is tried and what came of it, its sign-in at the provider, and who ordered it. */
const ofTheTest = [
  'console.provider_test',
  'gateway.provider_test_answer',
  'gateway.login_transaction',
  'console.audit',
];

describe('an administrator tests a provider', () => {
  let installation: Installation;
  let database: pg.Client;
  let trials: ProviderTrials;
  let saved: ConfigExport;

  beforeAll(async () => {
    installation = await Installation.start();
    trials = new ProviderTrials(installation);
    database = new pg.Client({ connectionString: installation.databaseUrl });
    await database.connect();
    saved = ConfigExport.parse(await (await trials.call('GET', 'config')).json());
  }, 60_000);
  afterAll(async () => {
    await database.end();
    await installation.discard();
  });

  it('S17 U05 O78 with a real sign-in that leaves nothing behind: no account, no session, no job, nothing written to Jira', async () => {
    const before = await everything();
    const { calls: callsBefore } = await jiraState(installation);
    const { id, page } = await trials.tryAs('ada', { provider: 'cognito' });

    expect(page.status).toBe(200);
    expect(plain(page.body)).toContain('The test succeeded');
    expect(before.counts).toHaveProperty(['messaging.outbox']);
    expect(await everything()).toEqual(before);
    const { calls } = await jiraState(installation);
    const asked = calls.recent.slice(callsBefore.total - calls.total);
    expect(asked.map(({ path }) => path)).toContain('/rest/api/2/user?username=ada&expand=groups');
    expect(asked.filter(({ method }) => method !== 'GET')).toEqual([]);
    expect(page.headers.getSetCookie().filter((cookie) => cookie.includes('session'))).toEqual([]);
    expect((await trials.read(id)).state).toBe('answered');
  });

  it('S17 S19 U06 and sees every claim with its source, the mapped result and the reason of each group', async () => {
    const { id, page } = await trials.tryAs('ada', { provider: 'cognito' });
    const { result } = await trials.read(id);
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
    expect(result!.mapping!.groups.reasons).toContainEqual({ group: 'jira-developers', because: 'the rule for "dev"' });
    expect(result!.raw).toMatchObject({
      idToken: { state: 'read', claims: { 'cognito:groups': ['dev', 'ops'], email_verified: true, token_use: 'id' } },
      userinfo: { state: 'read', claims: { username: 'ada', email_verified: 'true' } },
      accessToken: { kind: 'jwt', claims: { token_use: 'access', 'cognito:groups': ['dev', 'ops'] } },
    });
    for (const text of [
      'cognito:groups',
      'jira-developers: the rule for "dev"',
      'ada@example.com',
      '"true" counts as true',
      'Access token: not verified, not used',
    ])
      expect(plain(page.body)).toContain(text);
  });

  it('U06 O78 but never a token itself, in the result, on the page or in the log', async () => {
    const { id, page } = await trials.tryAs('ada', { provider: 'cognito' });
    const { result } = await trials.read(id);
    expect(result!.raw!.accessToken.kind).toBe('jwt');
    for (const text of [JSON.stringify(result), page.body, installation.logLines.join('')])
      expect(text).not.toMatch(/eyJ[\w-]{10,}\.[\w-]{10,}/);
  });

  it('U06 and can hand it to somebody who helps, without what it says about the person', async () => {
    const { id } = await trials.tryAs('ada', { provider: 'cognito' });
    const text = await (await trials.call('GET', `provider-tests/${id}?masked=true`)).text();
    expect(ProviderTestStatus.parse(JSON.parse(text)).result).toMatchObject({
      outcome: 'would-enter',
      jira: { account: { action: 'create' } },
    });
    expect(text).toContain('cognito:groups');
    expect(text).not.toMatch(/ada@example\.com|Lovelace|"ada"/);
    expect(await (await trials.call('GET', `provider-tests/${id}`)).text()).toContain('ada@example.com');
  });

  it('D6 U05 in one place, also with values that are not saved, the stored secret among them', async () => {
    const provider = saved.providers['cognito']!;
    const draft = {
      key: 'cognito',
      provider: { ...provider, scopes: ['openid', 'email'] },
      mapping: { ...saved.mappings['cognito'], groups: { claim: 'groups' } },
    };
    const { id } = await trials.tryAs('ada', { draft });
    const { result } = await trials.read(id);

    expect(result!.mapping).toMatchObject({ displayName: null, groups: { state: 'absent', held: 'keep-existing' } });
    expect(about(result!.advice)).toEqual(expect.arrayContaining(['display-name', 'groups']));
    expect(JSON.stringify(result!.advice)).toContain('cognito:groups'); // Where the groups are instead.
    expect(ConfigExport.parse(await (await trials.call('GET', 'config')).json())).toEqual(saved);
  });

  it('sends a stored secret nowhere else than where it was given for', async () => {
    const draft = {
      key: 'cognito',
      provider: { ...saved.providers['cognito']!, issuer: 'https://idp.example' },
    };
    const answer = await trials.call('POST', 'provider-tests', { draft });
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain('clientSecret');
  });

  it('S18 and is told what is missing and what to change', async () => {
    const { id } = await trials.tryAs('dave', { provider: 'cognito' });
    const { result } = await trials.read(id);

    expect(result).toMatchObject({ outcome: 'would-be-refused' });
    expect(result!.mapping!.decision).toMatchObject({ kind: 'refuse', code: 'entry.email_not_verified' });
    expect(result!.advice[0]).toMatchObject({ about: 'email', severity: 'problem' });
  });

  it('F26 and is told of a list of groups that is not whole', async () => {
    await setPerson(installation, 'ada', { claims: { _claim_names: { 'cognito:groups': 'src1' } } });
    const { id } = await trials.tryAs('ada', { provider: 'cognito' });
    await setPerson(installation, 'ada', { claims: {} });
    const { result } = await trials.read(id);

    expect(result!.mapping!.groups).toMatchObject({ state: 'truncated', held: 'truncated' });
    expect(about(result!.advice)).toContain('groups');
  });

  it('and is told which client authentication works when it is not the configured one', async () => {
    const draft = {
      key: 'cognito',
      provider: { ...saved.providers['cognito']!, clientAuthentication: 'none' },
      mapping: saved.mappings['cognito'],
    };
    const { id } = await trials.tryAs('ada', { draft });
    const { result } = await trials.read(id);
    expect(result).toMatchObject({ outcome: 'failed' });
    expect(result!.advice).toMatchObject([{ about: 'client-authentication', severity: 'problem' }]);
  });

  it('U06 O62 and is told of somebody whom a sign-in would not let in, although the provider does', async () => {
    const { id } = await trials.tryAs('admin', { provider: 'cognito' });
    const { result } = await trials.read(id);
    expect(result).toMatchObject({ outcome: 'would-be-refused' });
    expect(result!.mapping!.decision).toMatchObject({ kind: 'refuse', code: 'match.reserved_name' });
  });

  it('O78 in a window whose address works once, and for nobody else', async () => {
    const { url } = await trials.create({ provider: 'cognito' });
    expect(url).toMatch(new RegExp(`^${installation.base}/provider-test/[\\w-]{43}$`));
    await new HttpBrowser().get(url);
    expect((await new HttpBrowser().get(url)).status).toBe(404);
    expect((await new HttpBrowser().get(`${installation.base}/provider-test/${'a'.repeat(43)}`)).status).toBe(404);
    for (const token of [null, 'wrong-token-0123456789'])
      expect((await trials.call('POST', 'provider-tests', { provider: 'cognito' }, token)).status).toBe(401);
  });

  it('O78 and a refused sign-in at the provider is a result, not a loop', async () => {
    const browser = new HttpBrowser();
    const { id, url } = await trials.create({ provider: 'cognito' });
    const form = await browser.get(url);
    const callback = new URL(form.url.searchParams.get('redirect_uri')!);
    const state = form.url.searchParams.get('state')!;
    callback.search = new URLSearchParams({ error: 'access_denied', state }).toString();
    callback.searchParams.set('error_description', '<b>not assigned</b>');
    const page = await browser.get(callback);

    expect(plain(page.body)).toContain('The test failed');
    expect(page.body).toContain('<q>&lt;b&gt;not assigned&lt;/b&gt;</q>');
    expect(plain((await browser.get(callback)).body)).toContain('This test is over');
    expect((await trials.read(id)).result).toMatchObject({
      outcome: 'failed',
      failure: { code: 'login.provider_refused' },
    });
  });

  it('O78 and a provider that could not even be asked is a result as well', async () => {
    const provider = { ...saved.providers['cognito']!, issuer: 'http://127.0.0.1:1/', clientSecret: 'x'.repeat(20) };
    const { id, url } = await trials.create({
      draft: { key: 'cognito', provider, mapping: saved.mappings['cognito'] },
    });
    expect((await new HttpBrowser().get(url)).status).toBe(503);
    expect(await trials.read(id)).toMatchObject({
      state: 'answered',
      result: { outcome: 'failed', failure: { code: 'login.provider_unavailable' } },
    });
  });

  it('U04 after checks that need no sign-in', async () => {
    const answer = await trials.call('POST', 'provider-checks', { provider: 'cognito' });
    const { passed, checks } = ProviderChecks.parse(await answer.json());
    expect(passed).toBe(true);
    expect(checks.filter(({ outcome }) => outcome === 'ok').map(({ check }) => check)).toEqual(
      expect.arrayContaining(['discovery', 'issuer', 'keys', 'clock']),
    );
  });

  it('U04 O77 and no check probes an internal address', async () => {
    const provider = { ...saved.providers['cognito']!, clientSecret: 'x'.repeat(20) };
    for (const issuer of ['http://169.254.169.254/latest', 'https://10.0.0.1/', 'https://[::ffff:192.168.0.1]/']) {
      const answer = await trials.call('POST', 'provider-checks', {
        draft: { key: 'x', provider: { ...provider, issuer } },
      });
      const { passed, checks } = ProviderChecks.parse(await answer.json());
      expect(passed).toBe(false);
      expect(JSON.stringify(checks)).toMatch(/allowedHosts|https/);
    }
  });

  it('and signs in as usual in the same browser afterwards', async () => {
    const browser = new HttpBrowser();
    await trials.tryAs('grace', { provider: 'cognito' }, browser);
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
      ConfigApplied.parse(await (await trials.call('PUT', 'config?dryRun=true', document)).json()).untested;

    expect(await untested(changed({ name: 'Another name' }))).toEqual([]);
    const drafted = changed({ scopes: ['openid', 'email'], userinfo: 'off' });
    expect(await untested(drafted)).toEqual(['partner']);

    const { provider, mapping } = { provider: drafted.providers['partner'], mapping: drafted.mappings['partner'] };
    await trials.tryAs('dave', { draft: { key: 'partner', provider, mapping } }); // Would be refused: that proves nothing.
    expect(await untested(drafted)).toEqual(['partner']);
    await trials.tryAs('ada', { draft: { key: 'partner', provider, mapping } });
    expect(await untested(drafted)).toEqual([]);
    expect(await untested(changed({ scopes: ['openid'], userinfo: 'off' }))).toEqual(['partner']);
  });

  /** Every row of every table, and all of Jira. */
  async function everything() {
    const { rows: tables } = await database.query<{ name: string }>(
      `select table_schema || '.' || table_name as name from information_schema.tables
       where table_schema in ('console', 'gateway', 'mapping', 'messaging', 'sync') order by 1`,
    );
    const counted = tables
      .filter(({ name }) => !ofTheTest.includes(name))
      .map(({ name }) => `(select count(*)::int from ${name}) as "${name}"`);
    const [counts] = (await database.query<Record<string, number>>(`select ${counted.join(', ')}`)).rows;
    const { users, groups, writes } = await jiraState(installation);
    return { counts: counts!, users, groups, writes };
  }
});

function about(advice: readonly Advice[]): string[] {
  return advice.map(({ about: subject }) => subject);
}
