import { callbackStep, keepSecretStep, signOutStep } from './guide-steps.js';
import { baseUrlPattern, clientId } from './inputs.js';
import { definePreset } from './preset.js';
import { baseUrlOf } from './tidy-input.js';

export const ping = definePreset({
  key: 'ping',
  name: 'PingFederate or PingOne',
  inputs: {
    issuer: {
      label: 'Issuer',
      help: 'As the discovery document has it: at PingFederate the base URL, at PingOne https://auth.pingone.eu/<environment>/as.',
      example: 'https://sso.example.com',
      pattern: baseUrlPattern,
    },
    clientId: clientId('jira'),
  },
  tidy: ({ issuer, ...others }) => ({ ...others, issuer: baseUrlOf(issuer) }),
  draft: ({ issuer, clientId }) => ({
    provider: { name: 'Company sign-in', preset: 'ping', issuer, clientId },
    mapping: { groups: { claim: 'memberOf' } },
  }),
  guide: (addresses) => [
    { text: 'Add an OpenID Connect client with the grant "Authorization Code" and a client secret.' },
    callbackStep('Enter this as redirect URI.', addresses),
    signOutStep('Enter this as post-logout or sign-off redirect URI.', addresses),
    {
      text: 'In the OpenID Connect policy, extend the attribute contract by the names, email_verified and memberOf, fulfil them, and choose for each whether it goes into the ID token, into userinfo, or both.',
    },
    keepSecretStep,
  ],
  advice: {
    groups:
      'Groups are in memberOf, if the policy has it in its attribute contract, which also decides where a claim goes: memberOf is often in userinfo only. Its values are distinguished names unless the policy shortens them.',
    email: 'email_verified is sent only if the policy has it in its contract.',
  },
});
