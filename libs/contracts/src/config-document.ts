import { z } from 'zod';
import { ClaimSelector } from './claim-selector.js';
import { Provider } from './provider.js';
import { HttpUrl } from './url.js';

/**
 * Configuration as code: one document of providers, mappings and settings.
 * Strict everywhere, so that a misspelt key is an error with its path and never a silently ignored wish.
 */

/** Part of addresses, so of few characters. */
export const ProviderKey = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,62}$/, 'use 1 to 63 lower-case letters, digits and dashes, starting with a letter');

const GroupRule = z.strictObject({
  from: z.string().min(1).max(255).describe('A group as the identity provider names it.'),
  to: z.string().min(1).max(255).describe('A Jira group.'),
});

const DisplayName = z.union([
  z.strictObject({ claim: ClaimSelector }),
  z.strictObject({ givenNameClaim: ClaimSelector, familyNameClaim: ClaimSelector }),
]);

function claimOf(meaning: string, name: string) {
  return z.strictObject({ claim: ClaimSelector.describe(meaning) }).default({ claim: name });
}

export const Mapping = z.strictObject({
  profile: z
    .strictObject({
      username: claimOf('Jira username; best one that people cannot change themselves.', 'preferred_username'),
      email: claimOf('E-mail address; `email_verified` speaks for the claim `email` only.', 'email'),
      displayName: DisplayName.default({ givenNameClaim: 'given_name', familyNameClaim: 'family_name' }).describe(
        'One claim, or given and family name.',
      ),
    })
    .prefault({}),
  allowUserCreation: z.boolean().default(true).describe('Off: only people who have a Jira user already come in.'),
  groups: z
    .strictObject({
      claim: ClaimSelector.default('groups').describe(
        'The claim with the groups: its exact name, a path with dots, or a path as a list of names.',
      ),
      format: z
        .enum(['list', 'separated', 'json'])
        .default('list')
        .describe(
          'How the claim holds several: an array, one string with separators, or an array written as a string.',
        ),
      separator: z.string().length(1).default(',').describe('Of the format `separated`.'),
      cutAt: z
        .number()
        .int()
        .min(1)
        .max(10_000)
        .optional()
        .describe('A list of this length or more was cut by the provider (Okta: 100); nothing is taken away on it.'),
      mode: z.literal('manual').default('manual').describe('Only what the rules name is given.'),
      keepExisting: z
        .boolean()
        .default(true)
        .describe('On: only additions. Off: a mapped group that is no longer earned is taken away.'),
      rules: z
        .array(GroupRule)
        .max(10_000)
        .default([])
        .describe('Several groups may lead to one Jira group, and one to several.'),
      defaultGroups: z
        .array(z.string().min(1).max(255))
        .max(100)
        .default([])
        .describe('Every person has these groups.'),
    })
    .prefault({}),
});

export const Settings = z.strictObject({
  verificationWindowMinutes: z
    .number()
    .int()
    .min(0)
    .max(1440)
    .default(10)
    .describe('An account applied and verified in Jira within this time is not read again.'),
  usernameVerifiedHours: z
    .number()
    .int()
    .min(1)
    .max(720)
    .default(24)
    .describe('A username is handed to Jira only if its key was verified within this time.'),
  session: z
    .strictObject({
      idleMinutes: z
        .number()
        .int()
        .min(1)
        .max(43_200)
        .default(480)
        .describe('A session that is not used for so long ends.'),
      absoluteHours: z.number().int().min(1).max(8760).default(24).describe('A session lasts no longer than this.'),
      remember: z
        .boolean()
        .default(false)
        .describe('Sessions outlive the browser, until somebody signs out or `rememberDays` are over.'),
      rememberDays: z.number().int().min(1).max(365).default(30).describe('How long a remembered session lasts.'),
    })
    .prefault({}),
  signedOutUrl: HttpUrl.optional().describe('Where a browser ends after signing out; left out: a page of ours.'),
  contact: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .describe('Who helps, as error pages say it: an address, a number, a room.'),
  reservedUsernames: z
    .array(z.string().min(1).max(255))
    .max(1000)
    .default(['admin', 'administrator', 'sysadmin', 'root'])
    .describe('Jira users of these names are never linked or created automatically.'),
  administratorGroups: z
    .array(z.string().min(1).max(255))
    .min(1)
    .max(100)
    .default(['jira-administrators', 'jira-system-administrators'])
    .describe('Members of these Jira groups are never linked automatically, and the groups are given by a rule only.'),
  brake: z
    .strictObject({
      perRunMax: z
        .number()
        .int()
        .min(0)
        .max(1_000_000)
        .default(1000)
        .describe('So many people may lose groups within an hour because of one configuration; the others wait.'),
      perGroupMax: z
        .number()
        .int()
        .min(0)
        .max(1_000_000)
        .default(500)
        .describe('So many people may lose one and the same group within an hour; the others wait.'),
      percentMax: z
        .number()
        .int()
        .min(0)
        .max(100)
        .default(20)
        .describe('The same as a share of all people, and of those in the group; from eleven people on.'),
    })
    .prefault({})
    .describe('Beyond these numbers removals are held until an administrator approves them.'),
});

export const ConfigDocument = z
  .strictObject({
    version: z.literal(1).describe('Of the form of this document.'),
    providers: z.record(ProviderKey, Provider).default({}),
    mappings: z.record(ProviderKey, Mapping).default({}),
    settings: Settings.prefault({}),
  })
  .superRefine((document, context) => {
    for (const key of Object.keys(document.mappings)) {
      if (!Object.hasOwn(document.providers, key)) {
        context.addIssue({ code: 'custom', path: ['mappings', key], message: `there is no provider "${key}"` });
      }
    }
  })
  .transform((document) => ({
    ...document,
    // A provider without a mapping of its own uses the defaults, so that readers never meet a hole.
    mappings: Object.fromEntries(
      Object.keys(document.providers).map((key) => [key, document.mappings[key] ?? Mapping.parse({})]),
    ),
  }));

/** JSON Schema of what is applied, for the reference and for messages that name known keys. */
export function configDocumentSchema(): object {
  return z.toJSONSchema(ConfigDocument, { io: 'input' });
}

export type ConfigDocument = z.output<typeof ConfigDocument>;
export type ConfigDocumentInput = z.input<typeof ConfigDocument>;
export type ProviderConfig = ConfigDocument['providers'][string];
export type MappingConfig = ConfigDocument['mappings'][string];
export type Settings = ConfigDocument['settings'];
