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
  scim: z
    .strictObject({
      requestsPerSecond: z
        .number()
        .int()
        .min(1)
        .max(100_000)
        .default(2_000)
        .describe('What each provider may send to each process of scim-ingest; twice as many at once after a pause.'),
    })
    .prefault({}),
  customerPortal: z
    .strictObject({
      singleSignOn: z
        .enum(['everybody', 'agents'])
        .default('everybody')
        .describe(
          'Who signs in through a provider when it began at the customer portal. `agents`: each is asked for a name first, agents go to their provider, everybody else to the password form of the portal.',
        ),
      agentGroups: z
        .array(z.string().min(1).max(255))
        .min(1)
        .max(100)
        .default(['jira-servicedesk-users'])
        .describe('Jira groups whose members are agents: those with access to Jira Service Management.'),
    })
    .prefault({})
    .describe('Needs the edge, which alone sees where a sign-in began.'),
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
  renames: z
    .enum(['off', 'report', 'apply'])
    .default('report')
    .describe(
      'When a provider with authoritativeForUsernames gives another name than the Jira user has: nothing, it is listed under /api/v1/renames for somebody to apply, or the user is renamed.',
    ),
  inactivity: z
    .strictObject({
      days: z
        .number()
        .int()
        .min(1)
        .max(3650)
        .describe('Nobody has signed in to the account for so many days, and no session of it was used.'),
      exceptGroups: z
        .array(z.string().min(1).max(255))
        .max(100)
        .default([])
        .describe('Members of these Jira groups are left alone. Members of administratorGroups always are.'),
      perRunMax: z
        .number()
        .int()
        .min(1)
        .max(10_000)
        .default(200)
        .describe('So many people at most are deactivated by one daily run; the others wait for the next.'),
    })
    .optional()
    .describe(
      'Accounts that nobody uses are deactivated and free their seats; signing in revives them where `autoActivate` is on. Left out: never.',
    ),
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
      fourEyes: z
        .boolean()
        .default(false)
        .describe('On: whoever applied a configuration cannot approve the removals that are held because of it.'),
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
    for (const { path, message } of [
      ...mappingsWithoutProvider(document),
      ...mappingsThatTrustAnyAddress(document),
      ...linkingByAnyAddress(document),
    ])
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

interface ParsedParts {
  readonly providers: Record<string, z.output<typeof Provider>>;
  readonly mappings: Record<string, z.output<typeof Mapping>>;
}

/** A directory's addresses are nobody's proof beyond the domains for which its provider is trusted (DESIGN 3.1). */
function linkingByAnyAddress({ providers, mappings }: ParsedParts) {
  return Object.entries(mappings)
    .filter(([key, { directory }]) => {
      const domains = Object.hasOwn(providers, key) ? providers[key]!.allowedEmailDomains : undefined;
      return directory.linking.by.includes('email') && domains?.length === 0;
    })
    .map(([key]) => ({
      path: ['mappings', key, 'directory', 'linking', 'by'],
      message: 'must not have "email" while the provider may give addresses of any domain: set allowedEmailDomains',
    }));
}

/** S24: an unverified address finds a Jira user only where the provider is trusted for its domain. */
function mappingsThatTrustAnyAddress({ providers, mappings }: ParsedParts) {
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
