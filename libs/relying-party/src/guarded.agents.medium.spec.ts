import type { LookupAddress } from 'node:dns';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FakeProvider } from '../test/fake-provider.js';
import { connected, refusal, signIn } from '../test/sign-in.js';
import { guardedLookup } from './guarded.agents.js';
import { askProvider, ProviderUnreachableError } from './provider.client.js';
import { reachOf } from './reach.js';
import type { Destination } from './reach.js';

const get = { method: 'GET', headers: {}, body: null };

describe('the guard before every request to a provider', () => {
  let fake: FakeProvider;
  beforeAll(async () => {
    fake = await FakeProvider.start();
  });
  afterAll(() => fake.close());

  const lookedUp = (hostname: string, destination: Destination) =>
    new Promise<LookupAddress[]>((resolve, reject) => {
      guardedLookup(destination)(hostname, { all: true }, (error, addresses) => {
        if (error) reject(error);
        else resolve(addresses as LookupAddress[]);
      });
    });

  it('O77 a name that resolves to this machine is looked up, and then not connected to', async () => {
    await expect(lookedUp('localhost', 'public')).rejects.toMatchObject({ code: 'ADDRESS_REFUSED' });
    expect((await lookedUp('localhost', 'public-or-loopback')).length).toBeGreaterThan(0);
    expect((await lookedUp('localhost', 'listed')).length).toBeGreaterThan(0);
  });

  it('O77 the error names the reason', async () => {
    const outside = reachOf({ issuer: 'https://idp.example', allowedHosts: [] }, false);
    const asked = askProvider(fake.issuer.replace('127.0.0.1', 'localhost'), get, 2_000, outside);
    await expect(asked).rejects.toThrow(ProviderUnreachableError);
    await expect(asked).rejects.toMatchObject({ reason: expect.stringContaining('allowedHosts') });
    await expect(askProvider('https://no-such-host.invalid/', get, 2_000, outside)).rejects.toMatchObject({
      reason: expect.stringMatching(/^its name/),
    });
    expect(fake.requests).toEqual([]);
  });

  it.each(['token_endpoint', 'jwks_uri', 'userinfo_endpoint'])(
    'O77 a discovered %s inside our network is not called, though discovery was right',
    async (member) => {
      fake.metadata = { [member]: 'https://169.254.169.254/latest/meta-data' };
      const connection = await connected(fake.config({ userinfo: 'required' }));
      const { reason } = await refusal(signIn(fake, connection));
      expect(reason).toContain('ADDRESS_REFUSED');
      fake.metadata = {};
    },
  );

  it('O51 O77 a redirect of any endpoint is not followed', async () => {
    for (const path of ['/.well-known/openid-configuration', '/token', '/jwks', '/userinfo']) {
      fake.otherwise.set(path, (_request, response) =>
        response.writeHead(307, { location: `${fake.issuer}/elsewhere` }).end(),
      );
      await expect(connected(fake.config({ userinfo: 'required' })).then((one) => signIn(fake, one))).rejects.toThrow();
      fake.otherwise.clear();
    }
    expect(fake.asked('/elsewhere')).toEqual([]);
  });

  it('O29 in production not even this machine is called, unless it is listed and speaks TLS', async () => {
    fake.requests.length = 0;
    await expect(connected(fake.config(), { production: true })).rejects.toThrow('not https');
    await expect(connected(fake.config({ allowedHosts: ['127.0.0.1'] }), { production: true })).rejects.toThrow(
      'not https',
    );
    expect(fake.requests).toEqual([]);
  });
});
