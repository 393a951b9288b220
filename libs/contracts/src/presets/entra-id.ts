import { callbackStep, keepSecretStep, signOutStep } from './guide-steps.js';
import { clientId } from './inputs.js';
import { definePreset } from './preset.js';
import { baseUrlOf, between } from './tidy-input.js';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** One tenant. For several the discovered issuer has a placeholder, which would let any tenant of the world in. */
export const entraId = definePreset({
  key: 'entra-id',
  name: 'Microsoft Entra ID',
  inputs: {
    tenantId: {
      label: 'Directory (tenant) ID',
      help: 'On the overview of the app registration. The ID, not the domain name: tokens name the ID.',
      example: '11111111-2222-3333-4444-555555555555',
      pattern: uuid,
    },
    clientId: clientId('66666666-7777-8888-9999-000000000000', 'The application (client) ID.'),
  },
  tidy: ({ tenantId, ...others }) => ({
    ...others,
    tenantId: between(baseUrlOf(tenantId), 'https://login.microsoftonline.com/', '/v2.0').toLowerCase(),
  }),
  draft: ({ tenantId, clientId }) => ({
    provider: {
      name: 'Microsoft sign-in',
      preset: 'entra-id',
      issuer: `https://login.microsoftonline.com/${tenantId}/v2.0`,
      clientId,
      requiredClaims: { tid: [tenantId] },
      // There is no email_verified; the addresses of a tenant are set by its administrators.
      trustUnverifiedEmail: true,
      backchannelLogout: 'off',
    },
    mapping: { groups: { claim: 'groups' } },
  }),
  guide: (addresses) => [
    {
      text: 'In the Entra admin center open App registrations, New registration, "Accounts in this organizational directory only".',
    },
    callbackStep('As redirect URI choose the platform Web and enter this.', addresses),
    signOutStep(
      'Under Authentication, add this as another redirect URI of the platform Web, so that people come back after signing out.',
      addresses,
    ),
    { text: 'Under Certificates & secrets, make a client secret and note when it expires.' },
    {
      text: 'Under Token configuration, add the optional claim email, and the groups claim with "Groups assigned to the application", for the ID token.',
    },
    { text: 'Assign people and groups to the enterprise application of the same name.' },
    keepSecretStep,
  ],
  advice: {
    groups:
      'Groups arrive as object IDs unless the token configuration says otherwise. Above 200 of them Entra sends only a pointer: choose "Groups assigned to the application" in the token configuration.',
    email:
      'Entra sends no email_verified. If people from other organisations are guests in the tenant, add the optional claim xms_edov and require it (requiredClaims: xms_edov: ["1", "true"]): a guest may have set the address at home.',
    username: 'preferred_username is the user principal name, and changes with it.',
  },
});
