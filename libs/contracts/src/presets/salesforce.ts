import { callbackStep, copyStep, keepSecretStep } from './guide-steps.js';
import { clientId, hostPattern } from './inputs.js';
import { definePreset } from './preset.js';
import { hostOf } from './tidy-input.js';

export const salesforce = definePreset({
  key: 'salesforce',
  name: 'Salesforce',
  inputs: {
    host: {
      label: 'My Domain',
      help: 'Its host name, without https: every organisation is an issuer of its own.',
      example: 'example.my.salesforce.com',
      pattern: hostPattern,
    },
    clientId: clientId('3MVG9example', 'The consumer key.'),
  },
  tidy: ({ host, ...others }) => ({ ...others, host: hostOf(host) }),
  draft: ({ host, clientId }) => ({
    provider: {
      name: 'Salesforce sign-in',
      preset: 'salesforce',
      issuer: `https://${host}`,
      clientId,
      signOutAtProvider: false, // It would end there, without a way back.
      backchannelLogout: 'off',
    },
    mapping: { groups: { claim: ['custom_attributes', 'groups'], format: 'separated', separator: ';' } },
  }),
  guide: (addresses) => [
    { text: 'In Setup, create an external client app (or connected app) with OAuth enabled.' },
    callbackStep('Enter this as callback URL.', addresses),
    copyStep('Choose these scopes.', 'Scopes', 'openid email profile'),
    {
      text: 'Under custom attributes, add groups with a formula that joins the names by semicolons, and let the ID token include custom attributes.',
    },
    keepSecretStep,
  ],
  advice: {
    groups: 'Groups need a custom attribute of the app; it arrives in custom_attributes, as one text.',
    username: 'preferred_username looks like an address, and is unique among all organisations of Salesforce.',
    signOut: 'Salesforce does not bring people back after signing out there.',
  },
});
