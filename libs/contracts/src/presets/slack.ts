import { callbackStep, copyStep, keepSecretStep } from './guide-steps.js';
import { clientId } from './inputs.js';
import { definePreset } from './preset.js';

const teamClaim = 'https://slack.com/team_id';

export const slack = definePreset({
  key: 'slack',
  name: 'Slack',
  inputs: {
    teamId: {
      label: 'Workspace ID',
      help: 'In the address of the workspace in a browser, beginning with T.',
      example: 'T0123ABCD',
      pattern: /^[TE][A-Z0-9]{6,20}$/,
    },
    clientId: clientId('1234567890.1234567890'),
  },
  draft: ({ teamId, clientId }) => ({
    provider: {
      name: 'Slack sign-in',
      preset: 'slack',
      issuer: 'https://slack.com',
      clientId,
      // The parameter only chooses what Slack shows; the claim decides.
      authorizationParameters: { team: teamId },
      requiredClaims: { [teamClaim]: [teamId] },
      signOutAtProvider: false,
      backchannelLogout: 'off',
    },
    mapping: { profile: { username: { claim: 'email' } } },
  }),
  guide: (addresses) => [
    { text: 'At api.slack.com/apps, create an app from scratch in your workspace.' },
    callbackStep('Under OAuth & Permissions, add this redirect URL. Slack takes https only.', addresses),
    copyStep('Under User Token Scopes, add these.', 'Scopes', 'openid email profile'),
    keepSecretStep,
  ],
  advice: {
    groups: 'Slack sends no groups. Give everybody default groups.',
    username: 'Slack sends no username: the mapping takes the e-mail address.',
    signOut: 'Slack has no sign-out for other applications: the session there stays.',
    connection: `The workspace is pinned by the required claim ${teamClaim}; guests of it are in it too.`,
  },
});
