import { describe, expect, it } from '@jest/globals';
import { loadConfig } from '@gatehouse/config';
import { ConfigDocument } from '@gatehouse/contracts';
import { idpClients, seedDocument } from './seed.js';

describe('the document a sandbox starts with', () => {
  const config = loadConfig({ PORT: '3100', SANDBOX_IDP_PORT: '9100' });

  it('is valid and names the sandbox by the addresses of the environment', () => {
    const { providers, mappings } = ConfigDocument.parse(seedDocument(config));

    expect(Object.keys(providers)).toEqual(['cognito', 'partner']);
    expect(providers['cognito']?.issuer).toBe('http://127.0.0.1:9100/local_Sandbox');
    expect(mappings['cognito']?.groups).toMatchObject({
      claim: 'cognito:groups',
      keepExisting: false,
      defaultGroups: ['jira-software-users'],
    });
  });

  it('gives every provider a client of its own, with a callback of its own', () => {
    const { providers } = ConfigDocument.parse(seedDocument(config));
    const clients = idpClients(config.publicUrl);

    for (const client of clients) {
      expect(providers[client.key]).toMatchObject({ clientId: client.clientId, clientSecret: client.clientSecret });
      expect(client.redirectUris).toEqual([`http://localhost:3100/_sso/callback/${client.key}`]);
      expect(client.logoutUris).toEqual(['http://localhost:3100/_sso/logged-out', 'http://localhost:3100/']);
    }
    expect(new Set(clients.map(({ clientId }) => clientId)).size).toBe(2);
  });

  it('is empty without the sandbox', () => {
    const without = loadConfig({ SANDBOX: 'off', JIRA_URL: 'https://jira.example', JIRA_TOKEN: 'token' });
    expect(ConfigDocument.parse(seedDocument(without)).providers).toEqual({});
  });
});
