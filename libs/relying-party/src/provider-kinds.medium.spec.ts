import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FakeProvider, json } from '../test/fake-provider.js';
import { connected, refusal, requestOf, signIn } from '../test/sign-in.js';
import { deriveFrom, newLoginSecret } from './login-secret.js';

describe('a provider', () => {
  let fake: FakeProvider;
  beforeEach(async () => {
    fake = await FakeProvider.start();
  });
  afterEach(() => fake.close());

  describe('by discovery', () => {
    it.each([
      {
        what: 'another issuer',
        metadata: { issuer: 'https://evil.example' },
        reason: /its host is another|begins with/,
      },
      {
        what: 'a slash more',
        metadata: (issuer: string) => ({ issuer: `${issuer}/` }),
        reason: /it has a slash at the end/,
      },
      { what: 'no token endpoint', metadata: { token_endpoint: undefined }, reason: /token_endpoint is missing/ },
      { what: 'an endpoint that is no web address', metadata: { token_endpoint: 'ftp://x' }, reason: /token_endpoint/ },
      {
        what: 'a script for the browser',
        metadata: { authorization_endpoint: 'javascript:1' },
        reason: /authorization_endp/,
      },
    ])('O26 O29 $what: refused, and said how', async ({ metadata, reason }) => {
      fake.metadata = typeof metadata === 'function' ? metadata(fake.issuer) : metadata;
      await expect(connected(fake.config())).rejects.toThrow(reason);
    });

    it('O36 an answer without the iss that was announced is refused before the code is exchanged', async () => {
      fake.metadata = { authorization_response_iss_parameter_supported: true };
      const connection = await connected(fake.config());
      expect(await refusal(signIn(fake, connection))).toMatchObject({ code: 'login.answer_invalid' });
      expect(fake.asked('/token')).toEqual([]);
    });

    it('h2 gets the session of the provider and the token as it was signed', async () => {
      fake.idToken = { sid: 'their-session' };
      const answer = await signIn(fake, await connected(fake.config()));
      expect(answer.sid).toBe('their-session');
      expect(answer.rawIdToken).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
      fake.idToken = { sid: 'x'.repeat(256) };
      expect((await signIn(fake, await connected(fake.config()))).sid).toBeUndefined();
    });
  });

  it('by its endpoints alone: nothing is discovered', async () => {
    const config = fake.config({ endpoints: fake.endpoints, jwksUrl: `${fake.issuer}/jwks` });
    await expect(signIn(fake, await connected(config))).resolves.toMatchObject({
      issuer: fake.issuer,
      subject: 'ada',
      userinfo: { kind: 'read' },
    });
    expect(fake.asked('/.well-known/openid-configuration')).toEqual([]);
  });

  describe('of OAuth 2.0 alone', () => {
    const oauth = (more: object = {}, endpoints: object = {}) =>
      fake.config({
        protocol: 'oauth2',
        scopes: ['read:user'],
        subjectClaim: 'id',
        endpoints: { ...fake.endpoints, ...endpoints },
        ...more,
      });

    it('O28 is asked with PKCE and without a nonce, and the profile says who this is', async () => {
      fake.userinfo = { id: 583231, login: 'octocat', email: 'shown@example.com' };
      const connection = await connected(oauth());
      const url = requestOf(connection);
      expect(url.searchParams.has('nonce')).toBe(false);
      expect(url.searchParams.get('code_challenge_method')).toBe('S256');

      const { seeAccessToken, ...answer } = await signIn(fake, connection);
      expect(answer).toEqual({
        issuer: fake.issuer,
        subject: '583231',
        idToken: {},
        userinfo: { kind: 'read', claims: fake.userinfo },
      });
      expect(seeAccessToken()).toEqual({ kind: 'opaque' });
      expect(fake.asked('/token')[0]!.headers.accept).toBe('application/json');
      expect(fake.asked('/userinfo')[0]!.headers.authorization).toBe('Bearer access');
    });

    it.each([
      { what: 'a text', id: 'U1', subject: 'U1' },
      { what: 'a number', id: 7, subject: '7' },
      { what: 'a number that JSON rounds', id: 2 ** 53, subject: undefined },
      { what: 'a fraction', id: 1.5, subject: undefined },
      { what: 'nothing', id: undefined, subject: undefined },
      { what: 'empty', id: ' ', subject: undefined },
      { what: 'too long', id: 'x'.repeat(256), subject: undefined },
      { what: 'an object', id: {}, subject: undefined },
      { what: 'yes', id: true, subject: undefined },
      { what: 'not to be stored', id: 'a\0', subject: undefined },
    ])('O19 an id that is $what', async ({ id, subject }) => {
      fake.userinfo = { id };
      const signingIn = signIn(fake, await connected(oauth()));
      if (subject !== undefined) expect((await signingIn).subject).toBe(subject);
      else expect(await refusal(signingIn)).toMatchObject({ code: 'login.answer_invalid' });
    });

    it('O55 takes the primary verified address of the list, and never the one in the profile', async () => {
      fake.userinfo = { id: 1, email: 'shown@example.com', email_verified: true };
      const list = [
        { email: 'other@example.com', primary: false, verified: true },
        { email: 'octo@example.com', primary: true, verified: true },
      ];
      fake.otherwise.set('/emails', (_request, response) => json(response, list));
      const connection = await connected(oauth({}, { emails: `${fake.issuer}/emails` }));
      expect((await signIn(fake, connection)).userinfo).toEqual({
        kind: 'read',
        claims: { id: 1, email: 'octo@example.com', email_verified: true },
      });
      list[1]!.verified = false;
      expect((await signIn(fake, connection)).userinfo).toEqual({ kind: 'read', claims: { id: 1 } });
    });

    it('O52 is refused while the profile or the addresses cannot be read', async () => {
      const connection = await connected(oauth({}, { emails: `${fake.issuer}/emails` }));
      expect(await refusal(signIn(fake, connection))).toMatchObject({
        code: 'login.userinfo_unavailable',
        reason: expect.stringContaining('status 404'),
      });
    });

    it.each([
      { error: 'bad_verification_code', code: 'login.answer_invalid' },
      { error: 'incorrect_client_credentials', code: 'login.client_refused' },
    ])('an error with status 200 ($error) is one, in JSON and as a form', async ({ error, code }) => {
      const connection = await connected(oauth());
      fake.otherwise.set('/token', (_request, response) => json(response, { error }));
      expect(await refusal(signIn(fake, connection))).toMatchObject({ code, reason: expect.stringContaining(error) });
      fake.otherwise.set('/token', (_request, response) =>
        response.writeHead(200, { 'content-type': 'application/x-www-form-urlencoded' }).end(`error=${error}`),
      );
      expect(await refusal(signIn(fake, connection))).toMatchObject({ code });
    });

    it('O68 cannot prove a fresh sign-in, so one that must be fresh is refused before the code is exchanged', async () => {
      const connection = await connected(oauth());
      const secret = deriveFrom(newLoginSecret());
      const query = fake.authorize(requestOf(connection, secret));
      const signingIn = connection.answer(query, { ...secret, state: 'state', maxAgeSeconds: 300 });
      expect(await refusal(signingIn)).toMatchObject({ code: 'login.answer_invalid' });
      expect(fake.asked('/token')).toEqual([]);
    });
  });

  it('is asked what the document says, and nothing of ours is replaced by it', async () => {
    const connection = await connected(
      fake.config({
        authorizationParameters: { audience: 'jira', ui_locales: 'de' },
        acrValues: ['mfa', 'urn:x'],
        prompt: 'select_account',
        responseMode: 'form_post',
      }),
    );
    const asked = (more = {}) => Object.fromEntries(requestOf(connection, undefined, more).searchParams);
    expect(asked()).toMatchObject({
      audience: 'jira',
      ui_locales: 'de',
      acr_values: 'mfa urn:x',
      prompt: 'select_account',
      response_mode: 'form_post',
      state: 'state',
    });
    expect(asked({ reauthenticate: true })['prompt']).toBe('login');
    expect(connection.postsAnswers).toBe(true);
  });
});
