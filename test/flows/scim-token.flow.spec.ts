import { beforeAll, describe, expect, it } from '@jest/globals';
import { ScimTokenCreated, ScimTokenPage } from '@gatehouse/contracts';
import { waitFor } from '@gatehouse/testing';
import { AdminApi } from './support/admin-api.js';
import { Installation } from './support/installation.js';
import { okta, ScimClient } from './support/scim-client.js';
import { sharedSite } from './support/site.js';

const provider = 'cognito';

describe('the token of a provider', () => {
  const site = sharedSite(() => Installation.start());
  let api: AdminApi;
  beforeAll(() => {
    api = new AdminApi(site());
  });

  const made = async (path: string, body: object) => ScimTokenCreated.parse(await api.call('POST', path, body));
  const ask = (token: string) => new ScimClient(site().base, { ...okta, token }).send('GET', '/Users?count=1');
  const lastUse = async (id: string) => {
    const { items } = ScimTokenPage.parse(await api.call('GET', `scim-tokens?provider=${provider}&limit=100`));
    return items.find((token) => token.id === id)!.lastUsedAt;
  };
  /** It is written down beside the request, not before its answer. */
  const used = (id: string) => waitFor(() => lastUse(id), { timeoutMs: 20_000, what: 'the use of a token' });

  it('S66 C73 tells when it was used last, overlaps with its successor, and is none once it is revoked', async () => {
    const old = await made('scim-tokens', { provider, name: 'Okta production' });
    expect([old.lastUsedAt, await lastUse(old.id)]).toEqual([null, null]);
    const before = Date.now();
    expect((await ask(old.token)).status).toBe(200);
    expect(Date.parse((await used(old.id))!)).toBeGreaterThanOrEqual(before);

    const next = await made(`scim-tokens/${old.id}/rotate`, { overlapHours: 1 });
    expect(await lastUse(next.id)).toBeNull();
    expect([(await ask(old.token)).status, (await ask(next.token)).status]).toEqual([200, 200]);
    await used(next.id);

    await api.call('DELETE', `scim-tokens/${old.id}`);
    const refused = await waitFor(
      async () => {
        const reply = await ask(old.token);
        return reply.status === 200 ? undefined : reply;
      },
      { timeoutMs: 10_000, what: 'the revoked token to be none' },
    );
    expect(refused).toMatchObject({
      status: 401,
      body: { schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'], status: '401' },
    });
    expect(refused!.headers.get('www-authenticate')).toMatch(/^Bearer /);
    expect((await ask(next.token)).status).toBe(200);
  }, 60_000);
});
