import { backchannelStep, callbackStep, keepSecretStep, signOutStep } from './guide-steps.js';
import { baseUrlPattern, clientId } from './inputs.js';
import { definePreset } from './preset.js';
import { baseUrlOf } from './tidy-input.js';

export const keycloak = definePreset({
  key: 'keycloak',
  name: 'Keycloak',
  inputs: {
    baseUrl: {
      label: 'Base URL',
      help: 'Of the server; before version 17 it ends with /auth. The address of the realm will do as well, without a realm below.',
      example: 'https://keycloak.example.com',
      pattern: baseUrlPattern,
    },
    realm: {
      label: 'Realm',
      help: 'Upper and lower case count.',
      example: 'company',
      pattern: /^[A-Za-z0-9._-]{1,100}$/,
    },
    clientId: clientId('jira'),
  },
  tidy: ({ baseUrl, realm, ...others }) => {
    const given = baseUrlOf(baseUrl);
    const [, before, named] = /^(.+)\/realms\/([^/]+)$/.exec(given) ?? [];
    const isSame = named !== undefined && (realm === '' || realm === named);
    return isSame ? { ...others, baseUrl: before!, realm: named } : { ...others, baseUrl: given, realm };
  },
  check: ({ baseUrl }) =>
    baseUrl.includes('/realms/')
      ? { input: 'realm', message: 'the base URL names another realm: leave one of the two out' }
      : undefined,
  draft: ({ baseUrl, realm, clientId }) => ({
    provider: {
      name: 'Company sign-in',
      preset: 'keycloak',
      issuer: `${baseUrl}/realms/${realm}`,
      clientId,
    },
    mapping: { groups: { claim: 'groups' } },
  }),
  guide: (addresses) => [
    { text: 'Create a client of the type OpenID Connect with "Client authentication" on and only "Standard flow".' },
    callbackStep('Enter this as valid redirect URI.', addresses),
    signOutStep('Enter this as valid post logout redirect URI.', addresses),
    backchannelStep('Enter this as backchannel logout URL, with "Backchannel logout session required" on.', addresses),
    {
      text: 'In the dedicated client scope, add a mapper "Group Membership" with the token claim name groups, "Full group path" off, in ID token and userinfo.',
    },
    keepSecretStep,
  ],
  advice: {
    groups:
      'Groups need a mapper "Group Membership". With "Full group path" they arrive as /parent/child. Roles are in realm_access.roles and resource_access.<client>.roles, once the mapper "realm roles" adds them to the ID token.',
    email: 'email_verified is a switch of the user in Keycloak; set it for imported users, or let them verify.',
  },
});
