import { callbackStep, copyStep, keepSecretStep } from './guide-steps.js';
import { clientId, hostPattern } from './inputs.js';
import { definePreset } from './preset.js';
import { hostOf } from './tidy-input.js';

export const google = definePreset({
  key: 'google',
  name: 'Google Workspace',
  inputs: {
    hostedDomain: {
      label: 'Workspace domain',
      help: 'Whose people may enter. Without it everybody with a Google account could.',
      example: 'example.com',
      pattern: hostPattern,
    },
    clientId: clientId('123456-example.apps.googleusercontent.com'),
  },
  tidy: ({ hostedDomain, ...others }) => ({ ...others, hostedDomain: hostOf(hostedDomain.replace(/^@/, '')) }),
  draft: ({ hostedDomain, clientId }) => ({
    provider: {
      name: 'Google sign-in',
      preset: 'google',
      issuer: 'https://accounts.google.com',
      clientId,
      // The parameter only chooses what Google shows; the claim decides.
      authorizationParameters: { hd: hostedDomain },
      requiredClaims: { hd: [hostedDomain] },
      signOutAtProvider: false,
      backchannelLogout: 'off',
    },
    mapping: { profile: { username: { claim: 'email' } } },
  }),
  guide: (addresses) => [
    {
      text: 'In the Google Cloud console open Google Auth Platform, choose the audience "Internal", and create a client of the type "Web application".',
    },
    callbackStep('Add this to the authorized redirect URIs.', addresses),
    copyStep('Under Data access, add these scopes.', 'Scopes', 'openid email profile'),
    keepSecretStep,
  ],
  advice: {
    groups: 'Google sends no groups. Give everybody default groups, or push groups over SCIM.',
    username:
      'Google knows no username: the mapping takes the e-mail address. Two domains of one Workspace need one entry each in requiredClaims.',
    signOut: 'Google has no sign-out for other applications: the session at Google stays.',
    connection: 'Accounts of gmail.com have no claim hd and are refused.',
  },
});
