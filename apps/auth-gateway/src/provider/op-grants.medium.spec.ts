import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { GatewayFixture } from '../gateway.fixture.js';

describe('O74 what the OP issues, and for how long', () => {
  let gateway: GatewayFixture;

  beforeAll(async () => {
    gateway = await GatewayFixture.start();
    await gateway.firstSignIn('ada');
  });
  afterEach(() => {
    gateway.jira.exchanging = true;
    gateway.jira.extra = {};
  });
  afterAll(() => gateway.stop());

  async function newCode(): Promise<string> {
    gateway.jira.exchanging = false;
    await gateway.signIn();
    return gateway.jira.codes.at(-1)!;
  }

  it('O74 a code lives for 60 seconds at most, and is worth nothing afterwards', async () => {
    const code = await newCode();
    expect(
      await gateway.count(
        'gateway.op_model',
        `model = 'AuthorizationCode' and expires_at > now() + interval '60 seconds'`,
      ),
    ).toBe(0);
    expect(
      await gateway.count(
        'gateway.op_model',
        `model = 'AuthorizationCode' and expires_at > now() + interval '50 seconds' and consumed_at is null`,
      ),
    ).toBe(1);
    await gateway.dataSource.query(
      `update gateway.op_model set payload = jsonb_set(payload, '{exp}', to_jsonb(extract(epoch from now())::bigint - 60))
       where model = 'AuthorizationCode'`,
    );
    expect(await gateway.jira.exchange(code)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
  });

  it.each([
    { response_type: 'token' },
    { response_type: 'id_token' },
    { response_type: 'code id_token' },
    { response_type: 'none' },
  ])('O74 refuses $response_type: codes only', async (extra) => {
    gateway.jira.extra = extra;
    const page = await gateway.signIn();
    expect(page.url.href).toMatch(/error=(unsupported_response_type|invalid_request|unauthorized_client)/);
    expect(page.url.href).not.toMatch(/[?#&](access_token|id_token|code)=/);
  });

  it.each([
    'client_credentials',
    'refresh_token',
    'password',
    'implicit',
    'urn:ietf:params:oauth:grant-type:device_code',
  ])('O74 the token endpoint knows no grant %s', async (grant) => {
    const answer = await fetch(`${gateway.jira.op.issuer}/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: grant,
        username: 'ada',
        password: 'x',
        refresh_token: 'x',
        scope: 'openid',
      }),
      headers: { authorization: `Basic ${Buffer.from(`jira:${gateway.jira.op.secret}`).toString('base64')}` },
    });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({
      error: expect.stringMatching(/unsupported_grant_type|unauthorized_client/),
    });
  });

  it('O74 a code is for the client and the address it was given to', async () => {
    const code = await newCode();
    const elsewhere = `${gateway.jira.origin}/plugins/servlet/oidc/callback/`;
    expect(await gateway.jira.exchange(code, { redirectUri: elsewhere })).toMatchObject({ status: 400 });
  });
});
