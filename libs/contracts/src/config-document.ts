import { z } from 'zod';
import { documentRefusals } from './document-limits.js';
import { Mapping } from './mapping.js';
import { ownMember } from './own-member.js';
import { Provider } from './provider.js';
import { HttpUrl } from './url.js';

/**
 * Configuration as code: one document of providers, mappings and settings.
 * Strict everywhere, so that a misspelt key is an error with its path and never a silently ignored wish.
 */

/** Part of addresses, so of few characters. */
export const ProviderKey = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,62}$/, 'must have 1 to 63 lower-case letters, digits and dashes, and begin with a letter');

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
  driftSweepHours: z
    .number()
    .int()
    .min(1)
    .max(720)
    .default(24)
    .describe('An account that was not seen in Jira for so long is compared with it, also when nobody signs in.'),
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

const WholeDocument = z
  .strictObject({
    version: z.literal(1).describe('Of the form of this document.'),
    providers: z.record(ProviderKey, Provider).default({}),
    mappings: z.record(ProviderKey, Mapping).default({}),
    settings: Settings.prefault({}),
  })
  .superRefine((document, context) => {
    for (const { path, message } of [...mappingsWithoutProvider(document), ...mappingsThatTrustAnyAddress(document)])
      context.addIssue({ code: 'custom', path, message });
  })
  .transform((document) => ({
    ...document,
    // A provider without a mapping of its own uses the defaults, so that readers never meet a hole.
    mappings: Object.fromEntries(
      Object.keys(document.providers).map((key) => [key, ownMember(document.mappings, key) ?? Mapping.parse({})]),
    ),
  }));

/** What is refused here costs nothing more: the parts of such a document are never parsed. */
export const ConfigDocument = z.preprocess((document, context) => {
  for (const { path, message } of documentRefusals(document))
    context.addIssue({ code: 'custom', path: [...path], message });
  return document;
}, WholeDocument);

export function mappingsWithoutProvider({ providers, mappings }: { providers: object; mappings: object }) {
  return Object.keys(mappings)
    .filter((key) => !Object.hasOwn(providers, key))
    .map((key) => ({
      path: ['mappings', key],
      message: `there is no provider "${key}": add it, or leave this mapping out`,
    }));
}

/** S24: an unverified address finds a Jira user only where the provider is trusted for its domain. */
function mappingsThatTrustAnyAddress({
  providers,
  mappings,
}: {
  readonly providers: Record<string, z.output<typeof Provider>>;
  readonly mappings: Record<string, z.output<typeof Mapping>>;
}) {
  return Object.entries(mappings)
    .filter(
      ([key, { match }]) => match === 'email' && Object.hasOwn(providers, key) && trustsAnyAddress(providers[key]!),
    )
    .map(([key]) => ({
      path: ['mappings', key, 'match'],
      message:
        'must not be "email" while unverified addresses of any domain would decide who is who: set allowedEmailDomains',
    }));
}

function trustsAnyAddress({ trustUnverifiedEmail, allowedEmailDomains }: z.output<typeof Provider>): boolean {
  return trustUnverifiedEmail && allowedEmailDomains.length === 0;
}

/** JSON Schema of what is applied, for the reference and for messages that name known keys. */
export function configDocumentSchema(): object {
  return z.toJSONSchema(ConfigDocument, { io: 'input' });
}

export type ConfigDocument = z.output<typeof ConfigDocument>;
export type ConfigDocumentInput = z.input<typeof WholeDocument>;
export type ProviderConfig = ConfigDocument['providers'][string];
export type MappingConfig = ConfigDocument['mappings'][string];
export type Settings = ConfigDocument['settings'];
