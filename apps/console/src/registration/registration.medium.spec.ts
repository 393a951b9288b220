import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { JiraRegistrationStatus } from '@gatehouse/contracts';
import { waitFor } from '@gatehouse/testing';
import { AuthconfigServer } from '../../test/authconfig-server.js';
import type { Entry } from '../../test/authconfig-server.js';
import { encryption, Surroundings } from '../../test/running-console.js';
import type { RunningConsole } from '../../test/running-console.js';
import { JiraRegistrar } from './jira.registrar.js';

const secret = 'client-secret-made-by-the-gateway';
const issuer = 'http://localhost:3000/_sso/oidc';

describe('the registration at Jira', () => {
  let surroundings: Surroundings;
  let jira: AuthconfigServer;
  const registrars: JiraRegistrar[] = [];

  beforeEach(async () => {
    surroundings = await Surroundings.open();
    jira = await AuthconfigServer.start();
  });
  afterEach(async () => {
    await Promise.all(registrars.splice(0).map((registrar) => registrar.onModuleDestroy()));
    for (const secretText of [secret, jira.token]) expect(surroundings.log).not.toContain(secretText);
    await surroundings.close();
    await jira.close();
  });

  async function makeSecret(value = secret): Promise<void> {
    await surroundings.dataSource.query(`update gateway.op_key set retired_at = now() where purpose = 'client-secret'`);
    await surroundings.dataSource.query(
      `insert into gateway.op_key (id, purpose, sealed) values ($1, 'client-secret', $2)`,
      [randomUUID(), encryption.seal(value, 'gateway.op_key/client-secret')],
    );
  }

  /** One replica, with short waits. */
  function replica(options: { publicUrl?: string } = {}): JiraRegistrar {
    const registrar = new JiraRegistrar({
      dataSource: surroundings.dataSource,
      notifications: surroundings.notifications,
      encryption,
      logger: surroundings.logger,
      config: {
        jira: { url: new URL(jira.url), publicUrl: undefined, token: { reveal: () => jira.token } as never },
        publicUrl: new URL(options.publicUrl ?? 'http://localhost:3000/_sso'),
        basePath: '/_sso',
      },
      retryDelayMs: () => 20,
    });
    registrars.push(registrar);
    void registrar.start(0);
    return registrar;
  }

  async function reaches(
    registrar: JiraRegistrar,
    state: JiraRegistrationStatus['state'],
  ): Promise<JiraRegistrationStatus> {
    await waitFor(async () => (await registrar.status()).state === state, {
      timeoutMs: 10_000,
      what: `the state ${state}`,
    });
    return registrar.status();
  }

  async function registered(): Promise<Entry> {
    await makeSecret();
    await reaches(replica(), 'registered');
    return jira.idps[0]!;
  }

  it('tells Jira everything it needs, with the password form and the way back to it open', async () => {
    jira.sso = { 'show-login-form': false, 'enable-authentication-fallback': false, 'show-login-form-for-jsm': false };
    const entry = await registered();

    expect(entry).toEqual({
      id: 1,
      name: 'Gatehouse',
      enabled: true,
      'sso-type': 'OIDC',
      'issuer-url': issuer,
      'client-id': 'jira',
      'client-secret': secret,
      'discovery-enabled': true,
      'additional-scopes': [],
      'username-claim': '${preferred_username}',
      buttonText: 'Log in with single sign-on',
      'enable-remember-me': true,
      'include-customer-logins': true,
      'jit-configuration': { 'user-provisioning-enabled': false },
    });
    expect(jira.sso).toEqual({
      'show-login-form': true,
      'enable-authentication-fallback': true,
      'show-login-form-for-jsm': false,
    });
    expect(jira.writes.map(({ path }) => path)).toEqual(['/sso', '/idps']); // The way out is open before anybody is sent to us.
  });

  it('says which entry of Jira has our name, and what to do; once it is renamed it goes on by itself', async () => {
    const other = jira.add({
      name: 'Gatehouse',
      'issuer-url': 'https://user:pass@other.example/old/oidc?key=1',
      'client-id': 'somebody',
    });
    await makeSecret();
    const registrar = replica();
    const { lastError } = await reaches(registrar, 'retrying');

    expect(lastError).toMatchObject({ code: 'jira.sso_name_taken', action: expect.stringContaining('rename') });
    expect(lastError!.message).toBe(
      'Jira has another way to sign in called "Gatehouse" (number 1, which leads to https://other.example).',
    );
    expect(registrar.trouble).toEqual((await registrar.status()).lastError);
    expect(jira.idps).toHaveLength(1);
    expect(surroundings.log).toContain('rename that entry');
    expect(surroundings.log).not.toContain('user:pass');

    other.name = 'The other one';
    await reaches(registrar, 'registered');
    expect(registrar.trouble).toBeUndefined();
  });

  it('writes nothing at the next start', async () => {
    await registered();
    const writes = jira.writes.length;
    const status = await reaches(replica(), 'registered');

    expect(jira.writes).toHaveLength(writes);
    expect(status).toMatchObject({ state: 'registered', idpId: 1, lastError: null });
  });

  it('leaves to an administrator what is theirs, the password form included', async () => {
    const entry = await registered();
    Object.assign(entry, { enabled: false, buttonText: 'Company login', name: 'Company' });
    jira.sso = { 'show-login-form': false, 'enable-authentication-fallback': false };
    const writes = jira.writes.length;
    await reaches(replica(), 'registered');

    expect(jira.writes).toHaveLength(writes);
    expect(entry).toMatchObject({ enabled: false, buttonText: 'Company login' });
  });

  it('corrects what would break the hand-off, and only that', async () => {
    const entry = await registered();
    Object.assign(entry, {
      'username-claim': 'sub',
      'jit-configuration': { 'user-provisioning-enabled': true },
      buttonText: 'Company login',
    });
    await reaches(replica(), 'registered');

    expect(jira.writes.at(-1)).toEqual({
      method: 'PATCH',
      path: '/idps/1',
      body: { 'username-claim': '${preferred_username}', 'jit-configuration': { 'user-provisioning-enabled': false } },
    });
    expect(entry['buttonText']).toBe('Company login');
  });

  it('tells a new secret, and a new address of ours', async () => {
    const entry = await registered();
    await makeSecret('another-secret');
    await reaches(replica(), 'registered');
    expect(entry['client-secret']).toBe('another-secret');

    await reaches(replica({ publicUrl: 'https://jira.example/_sso' }), 'registered');
    expect(entry['issuer-url']).toBe('https://jira.example/_sso/oidc');
    expect(jira.idps).toHaveLength(1);
  });

  it('tells its secret again when Jira shows our OP another, and no more than once a minute', async () => {
    const entry = await registered();
    const sign = () => surroundings.dataSource.query(`select pg_notify('gatehouse_registration', 'secret-refused')`);
    entry['client-secret'] = 'of a second installation';
    await sign();
    await waitFor(async () => entry['client-secret'] === secret, { what: 'the secret to be told again' });

    entry['client-secret'] = 'of somebody who plays with us';
    const writes = jira.writes.length;
    await sign();
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(jira.writes).toHaveLength(writes);
  });

  it('finds its entry on a later page, by issuer and client id, when our record of it is lost', async () => {
    for (const name of ['Okta', 'Entra', 'Keycloak'])
      jira.add({ name, 'client-id': 'jira', 'issuer-url': `https://${name}.example` });
    await makeSecret();
    await reaches(replica(), 'registered');
    await surroundings.dataSource.query('delete from console.jira_registration');
    const status = await reaches(replica(), 'registered');

    expect(status.idpId).toBe(4);
    expect(jira.idps).toHaveLength(4);
  });

  it('begins anew at a Jira that was set up anew', async () => {
    await registered();
    jira.idps.length = 0;
    jira.sso = { 'show-login-form': true, 'enable-authentication-fallback': false };
    const status = await reaches(replica(), 'registered');

    expect(status.idpId).toBe(2);
    expect(jira.idps).toEqual([expect.objectContaining({ id: 2, 'client-secret': secret })]);
    expect(jira.sso['enable-authentication-fallback']).toBe(true);
  });

  it('makes one entry when the answer to the first request is lost', async () => {
    jira.fault = 'lose-next-answer';
    jira.sso['enable-authentication-fallback'] = true;
    const entry = await registered();

    expect(jira.idps).toHaveLength(1);
    expect(entry['client-secret']).toBe(secret);
  });

  it('makes one entry when several replicas start together', async () => {
    await makeSecret();
    const replicas = [replica(), replica(), replica()];
    for (const one of replicas) await reaches(one, 'registered');

    expect(jira.idps).toHaveLength(1);
    expect(jira.writes.filter(({ method }) => method === 'POST')).toHaveLength(1);
  });

  it('waits for the gateway to make the secret', async () => {
    const registrar = replica();
    await reaches(registrar, 'waiting-for-client-secret');
    expect(jira.calls).toBe(0);

    await makeSecret();
    await reaches(registrar, 'registered');
  });

  it.each([
    ['html', 'jira.unavailable'],
    ['server-error', 'jira.unavailable'],
    ['limit', 'jira.rate_limited'],
  ] as const)('says what stands in the way (%s: %s) and goes on by itself', async (fault, code) => {
    jira.fault = fault;
    await makeSecret();
    const registrar = replica();
    await waitFor(async () => (await registrar.status()).lastError?.code === code, { timeoutMs: 5_000, what: code });
    expect(await registrar.status()).toMatchObject({ state: 'retrying', idpId: null });
    expect(surroundings.log).toContain(`"failure":"${code}"`);

    jira.fault = undefined;
    expect(await reaches(registrar, 'registered')).toMatchObject({ lastError: null });
  });

  it('says that Jira does not accept the token', async () => {
    jira.acceptsToken = false;
    await makeSecret();
    const status = await reaches(replica(), 'retrying');
    expect(status.lastError).toMatchObject({
      code: 'jira.credentials_refused',
      action: expect.stringContaining('JIRA_TOKEN'),
    });
  });

  it('says what Jira did not take over, instead of believing it', async () => {
    jira.ignores = ['username-claim'];
    await makeSecret();
    const status = await reaches(replica(), 'retrying');
    expect(status.lastError).toMatchObject({
      code: 'jira.request_refused',
      message: expect.stringContaining('username-claim'),
    });

    jira.ignores = [];
    await waitFor(() => Promise.resolve(jira.idps[0]?.['username-claim'] === '${preferred_username}'), {
      timeoutMs: 5_000,
      what: 'the setting',
    });
    expect(jira.idps).toHaveLength(1);
  });

  it('says that the name is taken by somebody else, and touches nothing of theirs', async () => {
    jira.add({ name: 'Gatehouse', 'client-id': 'other', 'issuer-url': 'https://other.example' });
    await makeSecret();
    const status = await reaches(replica(), 'retrying');

    expect(status.lastError).toMatchObject({ code: 'jira.sso_name_taken' });
    expect(jira.idps).toEqual([
      { id: 1, name: 'Gatehouse', 'client-id': 'other', 'issuer-url': 'https://other.example' },
    ]);
  });

  it('writes down what it told, never with the secret', async () => {
    await registered();
    const rows: { all: string }[] = await surroundings.dataSource.query(
      `select actor || action || object || details::text || trace_id as all from console.audit where actor = 'gatehouse'`,
    );

    expect(rows).toHaveLength(1);
    expect(rows[0]!.all).toContain('gatehousejira.registeredjira-idp/1');
    expect(rows[0]!.all).not.toContain(secret);
  });

  describe('in a running console', () => {
    let running: RunningConsole;

    async function status(): Promise<JiraRegistrationStatus> {
      return JiraRegistrationStatus.parse(await (await running.request('jira/registration')).json());
    }

    it('happens after the start, and shows how it went', async () => {
      await makeSecret();
      running = await surroundings.start({ variables: { JIRA_URL: jira.url } });
      await waitFor(async () => (await status()).state === 'registered', {
        timeoutMs: 5_000,
        what: 'the registration',
      });

      expect(await status()).toMatchObject({ idpId: 1, registeredAt: expect.any(String), lastError: null });
    });

    it('delays neither the start nor the stop while Jira hangs', async () => {
      jira.fault = 'hang';
      await makeSecret();
      running = await surroundings.start({ variables: { JIRA_URL: jira.url } });
      await waitFor(() => Promise.resolve(jira.calls > 0), { timeoutMs: 5_000, what: 'the call' });
      expect((await status()).state).toBe('registering');

      const startedMs = performance.now();
      await running.close();
      expect(performance.now() - startedMs).toBeLessThan(3_000); // The deadline of the call alone is 5 s.
    });
  });
});
