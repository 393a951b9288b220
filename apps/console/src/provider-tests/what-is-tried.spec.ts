import { expect, it } from '@jest/globals';
import { Provider } from '@gatehouse/contracts';
import { whatIsTried } from './what-is-tried.js';

const provider = Provider.parse({
  name: 'Company',
  issuer: 'https://user:s3cr3t@idp.example/pool?key=s3cr3t',
  clientId: 'jira',
  endpoints: { authorization: 'https://login.example/a?x=s3cr3t', token: 'https://login.example/t' },
  jwksUrl: 'https://keys.example/jwks',
});

it('O78 the audit says which servers were called and for which client, and nothing secret', () => {
  expect(whatIsTried({ provider: 'company' }, provider)).toEqual({
    source: 'saved',
    issuer: 'https://idp.example/pool',
    clientId: 'jira',
    hosts: ['login.example', 'keys.example'],
  });
});
