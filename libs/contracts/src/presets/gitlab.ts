import { callbackStep, copyStep, keepSecretStep } from './guide-steps.js';
import { clientId, hostPattern } from './inputs.js';
import { definePreset } from './preset.js';
import { hostOf } from './tidy-input.js';

export const gitlab = definePreset({
  key: 'gitlab',
  name: 'GitLab',
  inputs: {
    host: {
      label: 'Host',
      help: 'Of your GitLab, without https.',
      example: 'gitlab.example.com',
      pattern: hostPattern,
    },
    clientId: clientId('abc123example', 'The application ID.'),
  },
  tidy: ({ host, ...others }) => ({ ...others, host: hostOf(host) }),
  draft: ({ host, clientId }) => ({
    provider: {
      name: 'GitLab sign-in',
      preset: 'gitlab',
      issuer: `https://${host}`,
      clientId,
      signOutAtProvider: false,
      backchannelLogout: 'off',
    },
    mapping: {
      profile: { displayName: { claim: 'name' } },
      // Everybody can have an account at gitlab.com, under a name of their choice.
      allowUserCreation: host !== 'gitlab.com',
      groups: { claim: 'groups' },
    },
  }),
  guide: (addresses) => [
    { text: 'In the admin area (or in a group), open Applications and add a confidential one.' },
    callbackStep('Enter this as redirect URI.', addresses),
    copyStep('Choose these scopes.', 'Scopes', 'openid profile email'),
    keepSecretStep,
  ],
  advice: {
    groups:
      'Userinfo has the full paths of all groups in groups, with those that come from a parent group. Direct memberships are in groups_direct of the ID token. Rules compare the whole path.',
    email: 'Only an address that is confirmed in GitLab is sent as verified.',
    signOut: 'GitLab has no sign-out for other applications: the session there stays.',
  },
});
