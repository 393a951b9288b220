import { backchannelStep, callbackStep, keepSecretStep, signOutStep } from './guide-steps.js';
import { clientId, hostPattern, idPattern } from './inputs.js';
import { definePreset } from './preset.js';
import { hostOf } from './tidy-input.js';

const claimMax = 100; // Of the filter of a groups claim; what is beyond is left out without a word.

export const okta = definePreset({
  key: 'okta',
  name: 'Okta',
  inputs: {
    domain: {
      label: 'Okta domain',
      help: 'Without https and without -admin.',
      example: 'example.okta.com',
      pattern: hostPattern,
    },
    authorizationServer: {
      label: 'Authorization server',
      help: 'Name or ID of a custom authorization server. Left out: the org server.',
      example: 'default',
      pattern: /^[A-Za-z0-9]{1,64}$/,
      optional: true,
    },
    clientId: { ...clientId('0oa1example2345678'), pattern: idPattern },
  },
  tidy: ({ domain, authorizationServer, ...others }) => {
    const [, host, named] = /^([^/]+)\/oauth2\/([^/]+)$/.exec(hostOf(domain)) ?? [];
    const isSame = host !== undefined && (authorizationServer === '' || authorizationServer === named);
    return {
      ...others,
      domain: (isSame ? host : hostOf(domain)).replace(/^([^./]+)-admin(?=\.)/, '$1'),
      authorizationServer: isSame ? named! : authorizationServer,
    };
  },
  draft: ({ domain, authorizationServer, clientId }) => ({
    provider: {
      name: 'Okta sign-in',
      preset: 'okta',
      issuer: `https://${domain}${authorizationServer === '' ? '' : `/oauth2/${authorizationServer}`}`,
      clientId,
      // Only the org server knows this scope; a custom server refuses it.
      scopes: ['openid', 'email', 'profile', ...(authorizationServer === '' ? ['groups'] : [])],
    },
    mapping: { groups: { claim: 'groups', cutAt: claimMax } },
  }),
  guide: (addresses) => [
    {
      text: 'Under Applications, create an app integration "OIDC - OpenID Connect", "Web Application", with the grant "Authorization Code".',
    },
    callbackStep('Enter this as sign-in redirect URI.', addresses),
    signOutStep('Enter this as sign-out redirect URI.', addresses),
    backchannelStep('Where the organisation has it: enter this for back-channel logout.', addresses),
    {
      text: 'Under Sign On, OpenID Connect ID Token, add the groups claim "groups" with a filter that matches the groups meant for Jira only.',
    },
    { text: 'Assign people or groups to the application.' },
    keepSecretStep,
  ],
  advice: {
    groups:
      'The org server puts groups only into the ID token, and only if the application has a groups claim. Above 100 the list is cut without a word, so one of exactly 100 counts as incomplete: narrow the filter of the claim. At a custom authorization server, add a claim "groups" for the ID token there.',
    email: 'Okta sends email_verified; it is false until the person has confirmed the address.',
  },
});
