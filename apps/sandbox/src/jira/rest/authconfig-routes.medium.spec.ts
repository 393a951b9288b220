import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { JiraUnderTest } from '../testing/jira-under-test.js';
import { IdpConfigEntity, SsoConfigEntity } from './sso-shapes.js';

const idps = '/rest/authconfig/1.0/idps';
const sso = '/rest/authconfig/1.0/sso';

describe('/rest/authconfig/1.0', () => {
  let jira: JiraUnderTest;
  beforeAll(async () => {
    jira = await JiraUnderTest.start({ tokens: { 'sandbox-admin-token': 'admin', 'plain-token': 'plain' } });
    await jira.createUser('plain');
  });
  afterAll(() => jira.close());

  const valid = {
    name: 'Corp',
    'sso-type': 'OIDC',
    'issuer-url': 'https://idp.example',
    'client-id': 'jira',
    'client-secret': 'top-secret-value',
  };

  it.each([
    ['GET', sso],
    ['PATCH', sso],
    ['GET', idps],
    ['POST', idps],
    ['GET', `${idps}/1`],
    ['PATCH', `${idps}/1`],
    ['DELETE', `${idps}/1`],
  ])('needs a system administrator: %s %s', async (method, path) => {
    expect((await jira.call(method, path, { token: null })).status).toBe(401);
    expect((await jira.call(method, path, { token: 'plain-token' })).status).toBe(403);
  });

  it('changes only the given switches', async () => {
    const before = SsoConfigEntity.parse((await jira.call('GET', sso)).json());
    const answer = await jira.call('PATCH', sso, { body: { 'enable-authentication-fallback': true } });
    expect(answer.status).toBe(200);
    expect(SsoConfigEntity.parse(answer.json())).toMatchObject({
      'show-login-form': before['show-login-form'],
      'enable-authentication-fallback': true,
    });
  });

  it('creates, reads, changes and removes a provider, and never tells its secret', async () => {
    const created = await jira.call('POST', idps, { body: valid });
    expect(created.status).toBe(200);
    const { id } = IdpConfigEntity.parse(created.json());
    expect(created.json()).toMatchObject({ enabled: false, 'username-claim': '${sub}', 'discovery-enabled': true });
    const changed = await jira.call('PATCH', `${idps}/${id}`, { body: { id, buttonText: 'Go', enabled: true } });
    expect(changed.json()).toMatchObject({ id, name: 'Corp', buttonText: 'Go', enabled: true });
    const list = await jira.call('GET', `${idps}?limit=-1`);
    expect(list.json()).toMatchObject({ results: [{ id }], size: 1, start: 0, limit: -1, isLastPage: true });
    const removed = await jira.call('DELETE', `${idps}/${id}`);
    expect(removed.json()).toMatchObject({ id });
    expect((await jira.call('GET', `${idps}/${id}`)).status).toBe(404);
    for (const answer of [created, changed, list, removed]) expect(answer.text).not.toContain('top-secret-value');
    expect(JSON.stringify(await jira.state())).not.toContain('top-secret-value');
  });

  it('pages providers', async () => {
    for (const name of ['one', 'two', 'three']) await jira.call('POST', idps, { body: { ...valid, name } });
    const page = (await jira.call('GET', `${idps}?start=1&limit=1`)).json();
    expect(page).toMatchObject({ results: [{ name: 'two' }], size: 1, start: 1, limit: 1, isLastPage: false });
    for (const { id } of (await jira.call('GET', idps)).json<{ results: { id: number }[] }>().results) {
      await jira.call('DELETE', `${idps}/${id}`);
    }
  });

  it.each([
    ['an id', { id: 7 }],
    ['no name', { name: '' }],
    ['no type', { 'sso-type': undefined }],
    ['a type this sandbox cannot do', { 'sso-type': 'SAML' }],
    ['an issuer that is no URL', { 'issuer-url': 'idp.example' }],
    ['no client id', { 'client-id': undefined }],
    ['no secret', { 'client-secret': undefined }],
    ['the other spelling of buttonText', { 'button-text': 'Go' }],
    ['an unknown field', { discovery: true }],
    ['a value of the wrong type', { enabled: 'yes' }],
    ['users made at login', { 'jit-configuration': { 'user-provisioning-enabled': true } }],
    ['no discovery', { 'discovery-enabled': false }],
  ])('refuses a provider with %s with 400 and a message', async (_name, change) => {
    const answer = await jira.call('POST', idps, { body: { ...valid, ...change } });
    expect(answer.status).toBe(400);
    expect(answer.json()).toEqual({ message: expect.any(String) });
  });

  it('refuses a second provider of the same name, a change to another id, and switches it does not know', async () => {
    const { id } = (await jira.call('POST', idps, { body: valid })).json<{ id: number }>();
    expect((await jira.call('POST', idps, { body: valid })).status).toBe(400);
    expect((await jira.call('PATCH', `${idps}/${id}`, { body: { id: id + 1 } })).status).toBe(400);
    expect((await jira.call('PATCH', `${idps}/${id}`, { body: { name: 'Corp' } })).status).toBe(200);
    expect((await jira.call('PATCH', sso, { body: { 'show-login-page': true } })).status).toBe(400);
    expect((await jira.call('PATCH', sso, { body: { 'show-login-form': 'false' } })).status).toBe(400);
  });
});
