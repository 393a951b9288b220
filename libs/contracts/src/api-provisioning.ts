import { z } from 'zod';
import { StorableText } from './api.js';
import { Reason } from './api-operations.js';
import { RawAnswer } from './api-provider-tests.js';

/** One person brought to Jira now, told as steps with their reasons (U20). */

export const PersonReference = z.strictObject({
  person: StorableText.min(1).max(255).describe('Username, e-mail address, or the id of an account or identity.'),
});
export type PersonReference = z.output<typeof PersonReference>;

export const ProvisionRequest = z.strictObject({ reason: Reason.optional() }).prefault({});
export type ProvisionRequest = z.output<typeof ProvisionRequest>;

export const provisioningSteps = ['import', 'scope', 'match', 'action'] as const;

export const ProvisioningStep = z.strictObject({
  step: z.enum(provisioningSteps),
  outcome: z
    .enum(['done', 'refused', 'failed', 'paused', 'waiting', 'not-reached'])
    .describe('`not-reached`: an earlier step ended it. `waiting`: it is not over within the time of one answer.'),
  text: z.string(),
  code: z.string().nullable(),
  action: z.string().nullable().describe('What to do about it.'),
});
export type ProvisioningStep = z.output<typeof ProvisioningStep>;

export const Provisioned = z
  .strictObject({
    account: z.uuid().nullable(),
    username: z.string().nullable(),
    traceId: z.string(),
    finished: z.boolean().describe('False: it goes on by itself; the timeline of the person tells how it ends.'),
    steps: z.array(ProvisioningStep),
    changes: z.array(z.unknown()).describe('Made in Jira by the run, each with its reason.'),
  })
  .meta({ id: 'Provisioned' });
export type Provisioned = z.output<typeof Provisioned>;

export const PersonClaims = z
  .strictObject({
    identities: z.array(
      z.strictObject({
        identity: z.uuid(),
        provider: z.string(),
        subject: z.string(),
        verifiedAt: z.iso.datetime(),
        merged: z.record(z.string(), z.unknown()).describe('What the mapping reads.'),
        apart: RawAnswer.pick({ idToken: true, userinfo: true })
          .nullable()
          .describe('What each source said at the last sign-in; null: none since these are kept apart.'),
      }),
    ),
  })
  .meta({ id: 'PersonClaims' });
export type PersonClaims = z.output<typeof PersonClaims>;
