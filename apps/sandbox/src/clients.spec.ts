import { describe, expect, it } from '@jest/globals';
import { loadConfig } from '@gatehouse/config';
import { ConfigDocument } from '@gatehouse/contracts';
import { seedDocument } from '@gatehouse/sandbox-seed';
import { idpClients } from './clients.js';

describe('what the sandbox identity provider knows of us', () => {
  it('is a client of its own for every provider of the seed, with a callback of its own', () => {
    const config = loadConfig({ PORT: '3100', SANDBOX_IDP_PORT: '9100' });
    const { providers } = ConfigDocument.parse(seedDocument(config));
    const clients = idpClients(config.publicUrl);

    for (const client of clients) {
      expect(providers[client.key]).toMatchObject({ clientId: client.clientId, clientSecret: client.clientSecret });
      expect(client.redirectUris).toEqual([`http://localhost:3100/_sso/callback/${client.key}`]);
      expect(client.logoutUris).toEqual(['http://localhost:3100/_sso/logged-out', 'http://localhost:3100/']);
    }
    expect(clients.map(({ key }) => key)).toEqual(Object.keys(providers));
    expect(new Set(clients.map(({ clientId }) => clientId)).size).toBe(2);
  });
});
