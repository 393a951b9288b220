import { callbackStep, keepSecretStep } from './guide-steps.js';
import { clientId, hostPattern } from './inputs.js';
import { definePreset } from './preset.js';
import { hostOf } from './tidy-input.js';

/** OAuth 2.0 alone: no ID token, no nonce, and whoever has an account can sign in. */
export const github = definePreset({
  key: 'github',
  name: 'GitHub',
  inputs: {
    host: {
      label: 'Host of GitHub Enterprise Server',
      help: 'Left out: github.com.',
      example: 'github.example.com',
      pattern: hostPattern,
      optional: true,
    },
    clientId: clientId('Ov23liExample123456'),
  },
  tidy: ({ host, ...others }) => ({ ...others, host: hostOf(host) }),
  draft: ({ host, clientId }) => {
    const isPublic = host === '' || host === 'github.com';
    const web = isPublic ? 'https://github.com' : `https://${host}`;
    const api = isPublic ? 'https://api.github.com' : `https://${host}/api/v3`;
    return {
      provider: {
        name: 'GitHub sign-in',
        preset: 'github',
        protocol: 'oauth2',
        issuer: web,
        endpoints: {
          authorization: `${web}/login/oauth/authorize`,
          token: `${web}/login/oauth/access_token`,
          userinfo: `${api}/user`,
          emails: `${api}/user/emails`,
        },
        clientId,
        scopes: ['read:user', 'user:email'],
        subjectClaim: 'id', // A login can be renamed and taken by somebody else.
        userinfo: 'required',
        signOutAtProvider: false,
        backchannelLogout: 'off',
      },
      mapping: {
        profile: { username: { claim: 'login' }, displayName: { claim: 'name' } },
        // Everybody can have an account at github.com, under a name of their choice.
        allowUserCreation: !isPublic,
      },
    };
  },
  guide: (addresses) => [
    { text: 'In the settings of the organisation open Developer settings, OAuth Apps, New OAuth App.' },
    callbackStep('Enter this as authorization callback URL.', addresses),
    { text: 'Generate a client secret.' },
    keepSecretStep,
    {
      text: 'People are matched to existing Jira users by username and verified e-mail address. Allow the creation of users only together with allowedEmailDomains.',
    },
  ],
  advice: {
    groups: 'GitHub sends no groups. Give everybody default groups.',
    email:
      'The primary verified address is taken. An address that is kept private is read as well, with the scope user:email.',
    username:
      'The login is chosen by the person and can be renamed: never mark this provider authoritative for usernames.',
    signOut: 'GitHub has no sign-out for other applications: the session there stays.',
  },
});
