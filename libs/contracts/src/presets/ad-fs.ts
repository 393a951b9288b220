import { callbackStep, copyStep, keepSecretStep } from './guide-steps.js';
import { clientId, hostPattern } from './inputs.js';
import { definePreset } from './preset.js';
import { between, hostOf } from './tidy-input.js';

export const adFs = definePreset({
  key: 'ad-fs',
  name: 'AD FS',
  inputs: {
    host: {
      label: 'Federation service name',
      help: 'Its host name, without https.',
      example: 'sts.example.com',
      pattern: hostPattern,
    },
    clientId: clientId('11111111-2222-3333-4444-555555555555', 'The client identifier of the server application.'),
  },
  tidy: ({ host, ...others }) => ({ ...others, host: between(hostOf(host), '', '/adfs') }),
  draft: ({ host, clientId }) => ({
    provider: {
      name: 'Company sign-in',
      preset: 'ad-fs',
      issuer: `https://${host}/adfs`,
      clientId,
      // Claims of issuance rules come in the ID token only with this scope and this response mode (KB4019472).
      scopes: ['openid', 'email', 'profile', 'allatclaims'],
      responseMode: 'form_post',
      userinfo: 'off', // It knows nothing but sub.
      trustUnverifiedEmail: true, // There is no email_verified; the directory is the administrators'.
      backchannelLogout: 'off',
    },
    mapping: { profile: { username: { claim: 'upn' } }, groups: { claim: 'groups' } },
  }),
  guide: (addresses) => [
    { text: 'Add an application group from the template "Server application accessing a web API".' },
    callbackStep('Enter this as redirect URI of the server application.', addresses),
    {
      text: 'Generate a shared secret. As identifier of the web API enter the client identifier of the server application.',
    },
    {
      text: 'As issuance transform rules of the web API send, from Active Directory: E-Mail-Addresses as email, Given-Name as given_name, Surname as family_name, Token-Groups - Unqualified Names as groups.',
    },
    copyStep('Permit these scopes.', 'Scopes', 'openid email profile allatclaims'),
    { text: 'Gatehouse needs an https address: AD FS posts its answer from another site.' },
    keepSecretStep,
  ],
  advice: {
    groups:
      'Groups need an issuance rule of the web API, the scope allatclaims and the response mode form_post. By rule they are plain names, names with the domain before them, or distinguished names; a lone group comes as a text.',
    email: 'The address needs an issuance rule as well. AD FS sends no email_verified.',
    connection: 'Claims appear only if the identifier of the web API is the client ID itself.',
  },
});
