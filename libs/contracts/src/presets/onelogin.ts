import { callbackStep, keepSecretStep, signOutStep } from './guide-steps.js';
import { clientId, labelPattern } from './inputs.js';
import { definePreset } from './preset.js';
import { between, hostOf } from './tidy-input.js';

export const oneLogin = definePreset({
  key: 'onelogin',
  name: 'OneLogin',
  inputs: {
    subdomain: {
      label: 'Subdomain',
      help: 'What stands before .onelogin.com.',
      example: 'example',
      pattern: labelPattern,
    },
    clientId: clientId('11111111-2222-3333-4444-555555555555'),
  },
  tidy: ({ subdomain, ...others }) => ({
    ...others,
    subdomain: between(between(hostOf(subdomain), '', '/oidc/2'), '', '.onelogin.com'),
  }),
  draft: ({ subdomain, clientId }) => ({
    provider: {
      name: 'OneLogin sign-in',
      preset: 'onelogin',
      issuer: `https://${subdomain}.onelogin.com/oidc/2`,
      clientId,
      scopes: ['openid', 'email', 'profile', 'groups'],
      trustUnverifiedEmail: true, // There is no email_verified; users are kept by the administrators.
      backchannelLogout: 'off',
    },
    mapping: { groups: { claim: 'groups', format: 'separated', separator: ';' } },
  }),
  guide: (addresses) => [
    { text: 'Add the application "OpenId Connect (OIDC)".' },
    callbackStep('Under Configuration, enter this as redirect URI.', addresses),
    signOutStep('Enter this as post-logout redirect URI.', addresses),
    { text: 'Under SSO, set the application type Web and the token endpoint authentication POST.' },
    {
      text: 'Under Parameters, set Groups to the roles or groups to send, with "Semicolon Delimited input" where there are several.',
    },
    keepSecretStep,
  ],
  advice: {
    groups:
      'Groups need the scope groups and a value of the parameter Groups. They come as a list or as one text joined by semicolons; the mapping reads both.',
    email: 'OneLogin sends no email_verified. Do not trust its addresses if people may edit their own.',
    connection: 'Old applications have the issuer https://openid-connect.onelogin.com/oidc.',
  },
});
