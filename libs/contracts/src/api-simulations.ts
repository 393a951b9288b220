import { z } from 'zod';
import { StorableText } from './api.js';
import { TestedMapping } from './api-provider-tests.js';
import { TestedSeats } from './api-tested-jira.js';
import { ProviderKey } from './config-document.js';

/** What a sign-in would lead to, by the configuration that holds and by one that is edited (P32, U11). Nothing is written. */

const claimsMax = 500;
const document = z
  .record(z.string(), z.unknown())
  .optional()
  .describe('An edited configuration document; secrets are not looked at.');

export const SimulationRequest = z.union([
  z.strictObject({
    provider: ProviderKey,
    claims: z
      .record(z.string().min(1).max(255), z.unknown())
      .refine((claims) => Object.keys(claims).length <= claimsMax, `at most ${claimsMax} claims`)
      .describe('As the provider would send them.'),
    document,
  }),
  z.strictObject({
    person: StorableText.min(1).max(255).describe('Username, e-mail address, or the id of an account or identity.'),
    provider: ProviderKey.optional().describe('Of whose identity; left out: the one that signed in last.'),
    document,
  }),
]);
export type SimulationRequest = z.output<typeof SimulationRequest>;

const names = z.array(z.string());

export const PreviewedRow = z.strictObject({
  row: z.enum(['username', 'email', 'displayName', 'property', 'group']),
  key: z.string().optional().describe('Of a property.'),
  from: z.string().describe('The claims or the template that are read.'),
  value: z.unknown().describe('What was found there; of a template the text that it makes. Null: nothing.'),
  steps: z
    .array(z.string().nullable())
    .describe('After each change, in the order written; null: too long to be a name.'),
  result: z.string().nullable().describe('What counts. Null: nothing that could be used, so nothing is changed by it.'),
});
export type PreviewedRow = z.output<typeof PreviewedRow>;

export const SimulatedSignIn = z
  .strictObject({
    decision: TestedMapping.shape.decision,
    mapping: TestedMapping.omit({ account: true, decision: true })
      .extend({
        rows: z
          .array(PreviewedRow)
          .describe('Each row of the mapping on these claims, step by step; of groups the first hundred.'),
      })
      .nullable()
      .describe('Of this one identity; null: its provider is not in the document.'),
    account: z
      .strictObject({
        username: z.string(),
        email: z.string(),
        displayName: z.string().nullable(),
        properties: z.record(z.string(), z.string().nullable()),
        groups: z.strictObject({
          wanted: names,
          wantedIfNew: names,
          managed: names.describe('Taken away when not wanted.'),
          creatable: names.describe('Made in Jira when they are not there.'),
          holds: z.array(z.strictObject({ provider: z.string(), cause: z.string() })),
        }),
        mayCreate: z.boolean(),
        creationRefusal: z.string().nullable().describe('Why not, where it may not.'),
      })
      .nullable()
      .describe('What all identities of the person add up to; null: none may enter, so the last decision stands.'),
    seats: TestedSeats.describe(
      'Licences in Jira (P04). Of a person by what Gatehouse knows of their groups, of claims as of somebody whom Jira does not have.',
    ),
  })
  .meta({ id: 'SimulatedSignIn' });
export type SimulatedSignIn = z.output<typeof SimulatedSignIn>;

export const Simulation = z
  .strictObject({
    provider: z.string(),
    identities: z.int().min(1).describe('Of the person, this one among them.'),
    configVersion: z.int().min(0).describe('Of the saved configuration.'),
    saved: SimulatedSignIn,
    edited: SimulatedSignIn.nullable().describe('Null: no document was given.'),
    difference: z
      .strictObject({ gained: names, lost: names.describe('Wanted no more; `managed` and `holds` tell what goes.') })
      .nullable(),
  })
  .meta({ id: 'Simulation' });
export type Simulation = z.output<typeof Simulation>;
