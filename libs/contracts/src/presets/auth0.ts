import { backchannelStep, callbackStep, keepSecretStep, signOutStep } from './guide-steps.js';
import { clientId, hostPattern } from './inputs.js';
import { definePreset } from './preset.js';
import { hostOf } from './tidy-input.js';

const groupsClaim = 'https://gatehouse/groups';

export const auth0 = definePreset({
  key: 'auth0',
  name: 'Auth0',
  inputs: {
    domain: {
      label: 'Domain',
      help: 'Of the tenant or your custom domain, without https. Tokens name the one through which people sign in.',
      example: 'example.eu.auth0.com',
      pattern: hostPattern,
    },
    clientId: clientId('AbCdExample123456'),
  },
  tidy: ({ domain, ...others }) => ({ ...others, domain: hostOf(domain) }),
  draft: ({ domain, clientId }) => ({
    provider: {
      name: 'Company sign-in',
      preset: 'auth0',
      issuer: `https://${domain}/`, // With the slash: the issuer is compared as text.
      clientId,
      logoutUrl: `https://${domain}/v2/logout?client_id={clientId}&returnTo={logoutUri}`,
    },
    mapping: { profile: { username: { claim: 'email' } }, groups: { claim: groupsClaim } },
  }),
  guide: (addresses) => [
    { text: 'Create an application of the type "Regular Web Application".' },
    callbackStep('Add this to the allowed callback URLs.', addresses),
    signOutStep('Add this to the allowed logout URLs.', addresses),
    backchannelStep('Where the plan has it: enter this under OpenID Connect Back-Channel Logout.', addresses),
    {
      text: 'Add a post-login Action that sets a claim with the groups. Its name must be a URL; Auth0 drops plain names such as groups or roles.',
      copy: [
        { label: 'Claim', value: groupsClaim },
        { label: 'Action', value: `api.idToken.setCustomClaim('${groupsClaim}', event.authorization?.roles ?? []);` },
      ],
    },
    keepSecretStep,
  ],
  advice: {
    groups: `Auth0 sends no groups by itself: a post-login Action has to set the claim ${groupsClaim}.`,
    username: 'Auth0 has no username that is always there: the mapping takes the e-mail address.',
    connection: 'The issuer ends with a slash. With a custom domain it is that domain.',
  },
});
