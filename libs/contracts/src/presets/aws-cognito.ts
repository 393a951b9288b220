import { callbackStep, copyStep, keepSecretStep, signOutStep } from './guide-steps.js';
import { clientId, hostPattern } from './inputs.js';
import { definePreset } from './preset.js';
import { baseUrlOf, hostOf } from './tidy-input.js';

const prefixDomain = /\.auth\.([a-z0-9-]+)\.amazoncognito\.com$/;

/** The issuer is on a host of AWS and names the pool, so it cannot be derived from the domain of the sign-in pages. */
export const awsCognito = definePreset({
  key: 'aws-cognito',
  name: 'AWS Cognito',
  inputs: {
    poolId: {
      label: 'User pool ID',
      help: 'On the overview of the user pool. It begins with the region.',
      example: 'eu-central-1_AbCdEfGhI',
      pattern: /^[a-z]{2}(-[a-z]+)+-\d_[A-Za-z0-9]{1,55}$/,
    },
    region: {
      label: 'Region',
      help: 'Already part of the pool ID; given here it is compared.',
      example: 'eu-central-1',
      pattern: /^[a-z]{2}(-[a-z]+)+-\d$/,
      optional: true,
    },
    domain: {
      label: 'Domain',
      help: 'Of the sign-in pages: the Cognito domain or your own, without https. Left out, it is discovered, but signing out ends no session at Cognito.',
      example: 'example.auth.eu-central-1.amazoncognito.com',
      pattern: hostPattern,
      optional: true,
    },
    clientId: clientId('1example23456789', 'Of the app client.'),
  },
  tidy: ({ poolId, domain, ...others }) => ({
    ...others,
    // The issuer is what AWS shows beside the pool's ID.
    poolId: baseUrlOf(poolId).replace(/^https:\/\/cognito-idp\.[a-z0-9-]+\.amazonaws\.com\//, ''),
    domain: hostOf(domain),
  }),
  check: ({ poolId, region, domain }) => {
    const ofPool = regionOf(poolId);
    if (region !== '' && region !== ofPool) return { input: 'region', message: `the pool is in ${ofPool}` };
    const ofDomain = prefixDomain.exec(domain)?.[1];
    if (ofDomain === undefined || ofDomain === ofPool) return undefined;
    return { input: 'domain', message: `this domain is in ${ofDomain}, but the pool is in ${ofPool}` };
  },
  draft: ({ poolId, domain, clientId }) => ({
    provider: {
      name: 'Company sign-in',
      preset: 'aws-cognito',
      issuer: issuerOf(poolId),
      clientId,
      algorithms: ['RS256'],
      scopes: ['openid', 'email', 'profile'],
      backchannelLogout: 'off',
      ...(domain === '' ? {} : endpointsOf(domain, issuerOf(poolId))),
    },
    mapping: {
      // Not preferred_username: people may change that themselves.
      profile: { username: { claim: 'cognito:username' } },
      groups: { claim: 'cognito:groups' },
    },
  }),
  guide: (addresses) => [
    {
      text: 'Open the user pool, App clients, and create an app client of the type "Traditional web application", with a client secret.',
    },
    callbackStep('Under Login pages, add this to the allowed callback URLs.', addresses),
    signOutStep('Add this to the allowed sign-out URLs. It must be the very same text.', addresses),
    { text: 'Choose the grant type "Authorization code grant" and nothing else.' },
    copyStep('Choose these OpenID Connect scopes.', 'Scopes', 'openid email profile'),
    { text: 'Under Domain, look up the Cognito domain or your custom domain; without one there are no sign-in pages.' },
    keepSecretStep,
    { text: 'Groups need no set-up: the groups of the pool are in the claim cognito:groups.' },
  ],
  advice: {
    groups:
      'Cognito sends the groups of the pool in cognito:groups of the ID token, and no claim at all for somebody without groups. Add the person to a group of the pool. Someone from a federated provider is also in a group named after the pool and that provider; groups of the provider itself arrive only as a mapped attribute.',
    email:
      'Cognito verifies addresses that people confirm. For federated users, map email_verified from the provider behind it, or mark addresses as trusted.',
    username:
      'Federated users are called Provider_subject in cognito:username. Map another claim where Jira names people differently, but none that they may change themselves.',
    signOut:
      'Cognito wants client_id and logout_uri, and the sign-out URL among those allowed for the app client, text for text. It does not sign out of the provider behind it.',
  },
});

function regionOf(poolId: string): string {
  return poolId.slice(0, poolId.indexOf('_'));
}

function issuerOf(poolId: string): string {
  return `https://cognito-idp.${regionOf(poolId)}.amazonaws.com/${poolId}`;
}

function endpointsOf(domain: string, issuer: string) {
  return {
    endpoints: {
      authorization: `https://${domain}/oauth2/authorize`,
      token: `https://${domain}/oauth2/token`,
      userinfo: `https://${domain}/oauth2/userInfo`,
    },
    jwksUrl: `${issuer}/.well-known/jwks.json`,
    logoutUrl: `https://${domain}/logout?client_id={clientId}&logout_uri={logoutUri}`,
  };
}
