import { callbackStep } from './guide-steps.js';
import { clientId } from './inputs.js';
import { definePreset } from './preset.js';

const appleId = /^[A-Z0-9]{10}$/;

export const apple = definePreset({
  key: 'apple',
  name: 'Apple',
  inputs: {
    teamId: { label: 'Team ID', help: 'On the membership page.', example: 'A1B2C3D4E5', pattern: appleId },
    keyId: { label: 'Key ID', help: 'Of the key for Sign in with Apple.', example: 'F6G7H8I9J0', pattern: appleId },
    clientId: clientId('com.example.jira', 'The identifier of the Services ID.'),
  },
  draft: ({ teamId, keyId, clientId }) => ({
    provider: {
      name: 'Apple sign-in',
      preset: 'apple',
      issuer: 'https://appleid.apple.com',
      clientId,
      clientAuthentication: 'apple',
      appleTeamId: teamId,
      clientKeyId: keyId,
      scopes: ['openid', 'email', 'name'],
      responseMode: 'form_post', // Apple insists on it with the scopes email and name.
      emailVerifiedAsText: true,
      userinfo: 'off',
      signOutAtProvider: false,
      backchannelLogout: 'off',
    },
    mapping: {
      profile: { username: { claim: 'email' } },
      allowUserCreation: false, // Everybody can have an account, and hide the address behind a relay.
    },
  }),
  guide: (addresses) => [
    { text: 'Under Identifiers, make an App ID with Sign in with Apple, and a Services ID that belongs to it.' },
    callbackStep('Configure the Services ID with your domain and this return URL. Apple takes https only.', addresses),
    {
      text: 'Under Keys, make a key for Sign in with Apple and download the .p8 file. Give its text as clientKey: Gatehouse signs each client secret with it, so nothing expires.',
    },
  ],
  advice: {
    groups: 'Apple sends no groups. Give everybody default groups.',
    email: 'People may hide their address behind one of privaterelay.appleid.com; rules by domain then never fit.',
    username: 'Apple sends no username: the mapping takes the e-mail address, which may be a relay.',
    signOut: 'Apple has no sign-out for other applications: the session there stays.',
    connection: 'Apple posts its answer from another site: Gatehouse needs an https address.',
  },
});
