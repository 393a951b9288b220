import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { waitFor } from '@gatehouse/testing';
import { claimsOf, GatewayFixture } from '../gateway.fixture.js';

describe('what is known of a provider', () => {
  let gateway: GatewayFixture;

  beforeAll(async () => {
    gateway = await GatewayFixture.start();
    await gateway.firstSignIn('ada');
    gateway.idp.person = 'ada';
  });
  afterEach(() => {
    gateway.idp.intercept = undefined;
  });
  afterAll(() => gateway.stop());

  it('O27 is learned when it is needed: an outage before stops nobody afterwards', async () => {
    await changeConfiguration();
    gateway.idp.intercept = (request, response) => {
      if (!request.url!.startsWith('/.well-known')) return false;
      response.writeHead(500).end();
      return true;
    };
    expect((await gateway.signIn()).status).toBe(503);
    gateway.idp.intercept = undefined;

    expect(claimsOf(await gateway.signIn())).toMatchObject({ preferred_username: 'ada' });
  });

  it('O23 O26 a change of the configuration elsewhere forgets neither addresses nor keys: an outage then stops nobody', async () => {
    claimsOf(await gateway.signIn());
    await changeSettings();
    gateway.idp.intercept = (request, response) => {
      if (!/^\/(\.well-known|jwks)/.test(request.url!)) return false;
      response.writeHead(500).end();
      return true;
    };

    expect(claimsOf(await gateway.signIn())).toMatchObject({ preferred_username: 'ada' });
  });

  it('P08 a change of keys is in the log, without the provider’s own names for them', async () => {
    claimsOf(await gateway.signIn());
    gateway.logLines.length = 0;
    gateway.idp.rotate();
    expect(claimsOf(await gateway.signIn())).toMatchObject({ preferred_username: 'ada' });

    const line = await waitFor(
      () => Promise.resolve(gateway.logLines.find((entry) => entry.includes('changed its signing keys'))),
      { what: 'the line in the log' },
    );
    expect(JSON.parse(line!)).toMatchObject({ provider: 'company', added: [expect.any(String)], level: 'info' });
  });

  it('P12 the source of every claim is kept beside it', async () => {
    claimsOf(await gateway.signIn());
    const [row] = await gateway.dataSource.query<{ sources: object }[]>(
      `select sources from gateway.identity where subject = 'ada'`,
    );
    expect(row!.sources).toMatchObject({ groups: 'both', email: 'both' });
    expect(row!.sources).not.toHaveProperty('sub');
  });

  const changeConfiguration = () => change('{providers,company,name}', 'Another name');
  const changeSettings = () => change('{settings,signedOutUrl}', 'https://www.example.com/bye');

  async function change(path: string, value: string): Promise<void> {
    await gateway.dataSource.query(
      `insert into console.config_version (document, actor)
       select jsonb_set(document, $1::text[], to_jsonb($2::text)), 'test' from console.config_version
       order by version desc limit 1`,
      [path, value],
    );
    await gateway.dataSource.query(`select pg_notify('gatehouse_config', '')`);
    await waitFor(async () => (await gateway.count('console.config_version')) > 1, { what: 'the new version' });
  }
});
