import { z } from 'zod';

/**
 * Configuration as code: one document of providers, mappings and settings.
 * Strict everywhere, so that a misspelt key is an error with its path and never a silently ignored wish.
 */

const Key = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,62}$/, 'use 1 to 63 lower-case letters, digits and dashes, starting with a letter');

/** A claim's exact name. Names with colons, dots and slashes are names, not paths. */
const ClaimName = z.string().min(1).max(255);

const HttpUrl = z.url({ protocol: /^https?$/, error: 'use an absolute http or https URL' }).max(2048);

/** A secret is given literally or as `{ env: NAME }`; it is stored encrypted and never exported. */
const SecretValue = z.union([
  z.string().min(1).max(4096),
  z.strictObject({ env: z.string().regex(/^[A-Z][A-Z0-9_]*$/, 'name an environment variable') }),
]);

export const Provider = z.strictObject({
  name: z.string().min(1).max(100).describe('What people read on the sign-in page.'),
  enabled: z.boolean().default(true),
  issuer: HttpUrl.describe('The exact `iss` of the tokens; discovery is read below it.'),
  clientId: z.string().min(1).max(255),
  clientSecret: SecretValue.optional().describe('Left out on a later apply: the stored one stays.'),
  clientAuthentication: z.enum(['client_secret_basic', 'client_secret_post']).default('client_secret_post'),
  scopes: z
    .array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/, 'not a valid scope'))
    .refine((scopes) => scopes.includes('openid'), 'must contain openid')
    .default(['openid', 'email', 'profile']),
  authoritativeForUsernames: z
    .boolean()
    .default(false)
    .describe(
      'Trust this provider to name Jira users even where the e-mail address differs. Off: some let people choose names.',
    ),
  trustUnverifiedEmail: z.boolean().default(false).describe('Treat an unverified e-mail address as verified.'),
});

const GroupRule = z.strictObject({
  from: z.string().min(1).max(255).describe('A group as the identity provider names it.'),
  to: z.string().min(1).max(255).describe('A Jira group.'),
});

const DisplayName = z.union([
  z.strictObject({ claim: ClaimName }),
  z.strictObject({ givenNameClaim: ClaimName, familyNameClaim: ClaimName }),
]);

export const Mapping = z.strictObject({
  profile: z
    .strictObject({
      username: z.strictObject({ claim: ClaimName }).default({ claim: 'preferred_username' }),
      email: z.strictObject({ claim: ClaimName }).default({ claim: 'email' }),
      displayName: DisplayName.default({ givenNameClaim: 'given_name', familyNameClaim: 'family_name' }),
    })
    .prefault({}),
  allowUserCreation: z.boolean().default(true),
  groups: z
    .strictObject({
      claim: ClaimName.default('groups'),
      mode: z.literal('manual').default('manual'),
      keepExisting: z
        .boolean()
        .default(true)
        .describe('On: only additions. Off: a mapped group that is no longer earned is taken away.'),
      rules: z.array(GroupRule).max(10_000).default([]),
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
      idleMinutes: z.number().int().min(1).max(43_200).default(480),
      absoluteHours: z.number().int().min(1).max(8760).default(24),
    })
    .prefault({}),
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
    .describe('Members of these Jira groups are never linked automatically.'),
});

export const ConfigDocument = z
  .strictObject({
    version: z.literal(1),
    providers: z.record(Key, Provider).default({}),
    mappings: z.record(Key, Mapping).default({}),
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

export type ConfigDocument = z.output<typeof ConfigDocument>;
export type ConfigDocumentInput = z.input<typeof ConfigDocument>;
export type ProviderConfig = ConfigDocument['providers'][string];
export type MappingConfig = ConfigDocument['mappings'][string];
export type Settings = ConfigDocument['settings'];
