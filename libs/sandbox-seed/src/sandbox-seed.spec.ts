import { describe, expect, it } from '@jest/globals';
import { loadConfig } from '@gatehouse/config';
import { ConfigDocument } from '@gatehouse/contracts';
import { seedDocument } from './index.js';

describe('the document a sandbox starts with', () => {
  it('is valid and names the sandbox by the addresses of the environment', () => {
    const config = loadConfig({ PORT: '3100', SANDBOX_IDP_PORT: '9100' });
    const { providers, mappings } = ConfigDocument.parse(seedDocument(config));

    expect(Object.keys(providers)).toEqual(['cognito', 'partner']);
    expect(providers['cognito']?.issuer).toBe('http://127.0.0.1:9100/local_Sandbox');
    expect(mappings['cognito']?.groups).toMatchObject({
      claim: 'cognito:groups',
      keepExisting: false,
      defaultGroups: ['jira-software-users'],
    });
  });

  it('is empty without the sandbox', () => {
    const without = loadConfig({ SANDBOX: 'off', JIRA_URL: 'https://jira.example', JIRA_TOKEN: 'token' });
    expect(ConfigDocument.parse(seedDocument(without)).providers).toEqual({});
  });
});
