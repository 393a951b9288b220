import { callbackStep, keepSecretStep } from './guide-steps.js';
import { clientId } from './inputs.js';
import { definePreset } from './preset.js';

export const discord = definePreset({
  key: 'discord',
  name: 'Discord',
  inputs: { clientId: clientId('123456789012345678', 'The application ID.') },
  draft: ({ clientId }) => ({
    provider: {
      name: 'Discord sign-in',
      preset: 'discord',
      issuer: 'https://discord.com',
      clientId,
      scopes: ['openid', 'identify', 'email'],
      signOutAtProvider: false,
      backchannelLogout: 'off',
    },
    mapping: {
      profile: { displayName: { claim: 'nickname' } },
      allowUserCreation: false, // Everybody can have an account, under a name of their choice.
    },
  }),
  guide: (addresses) => [
    { text: 'In the developer portal, create an application and open OAuth2.' },
    callbackStep('Add this to the redirects.', addresses),
    keepSecretStep,
    {
      text: 'People are matched to existing Jira users by username and verified e-mail address. Allow the creation of users only together with allowedEmailDomains.',
    },
  ],
  advice: {
    groups: 'Discord sends no groups: roles of a server are not among the claims. Give everybody default groups.',
    email: 'Whoever has not confirmed the address at Discord is refused.',
    signOut: 'Discord has no sign-out for other applications: the session there stays.',
  },
});
