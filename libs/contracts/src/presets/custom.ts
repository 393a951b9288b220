import { backchannelStep, callbackStep, copyStep, keepSecretStep, signOutStep } from './guide-steps.js';
import { clientId } from './inputs.js';
import { definePreset } from './preset.js';
import { withoutDiscovery } from './tidy-input.js';

export const custom = definePreset({
  key: 'custom',
  name: 'Another OpenID Connect provider',
  inputs: {
    issuer: {
      label: 'Issuer',
      help: 'As the discovery document has it, with or without a slash at the end: it is compared as text.',
      example: 'https://idp.example.com',
      pattern: /^https?:\/\/[^\s?#]{1,2000}$/,
    },
    clientId: { ...clientId('jira'), pattern: /^[\x20-\x7e]{1,255}$/ },
  },
  tidy: ({ issuer, ...others }) => ({ ...others, issuer: withoutDiscovery(issuer) }),
  draft: ({ issuer, clientId }) => ({
    provider: { name: 'Company sign-in', preset: 'custom', issuer, clientId },
    mapping: {},
  }),
  guide: (addresses) => [
    {
      text: 'Register a confidential web client with the authorization code grant, with PKCE (S256) if it can be chosen.',
    },
    callbackStep('Allow exactly this redirect URI.', addresses),
    signOutStep('Allow this post-logout redirect URI.', addresses),
    backchannelStep('Where it is supported: enter this for back-channel logout, with sid.', addresses),
    copyStep('Allow these scopes.', 'Scopes', 'openid email profile'),
    {
      text: 'Send the groups of a person as an array of texts in a claim of the ID token, always, also when there are none.',
    },
    keepSecretStep,
  ],
  advice: {
    groups:
      'Look for the claim with the groups among those returned and name it in the mapping: by its exact name, or by a path such as realm_access.roles. A claim that is left out for people without groups takes nothing away.',
    email: 'The provider must send email_verified: true, a boolean, or its addresses must be marked as trusted.',
    connection:
      'A provider without discovery needs endpoints and jwksUrl; one without ID tokens needs protocol oauth2.',
  },
});
