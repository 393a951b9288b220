import { z } from 'zod';
import { Settings } from './config-document.js';
import { Mapping } from './mapping.js';
import { ProviderWithoutSecrets } from './provider.js';
import { roles } from './role.js';

/** What the admin API answers and asks for; its OpenAPI description is made from these schemas. */

export const ConfigChange = z
  .strictObject({
    path: z.string().describe('e.g. `providers.cognito.issuer`'),
    change: z.enum(['added', 'changed', 'removed']),
    words: z
      .string()
      .describe('The old and the new value for a person to read, shortened; of a secret only that it changed.'),
  })
  .meta({ id: 'ConfigChange' });
export type ConfigChange = z.output<typeof ConfigChange>;

export const DocumentProblem = z
  .strictObject({
    path: z.string().describe('Where in the document; empty when it is no document at all.'),
    message: z.string(),
    line: z.int().min(1).optional().describe('Of a YAML document.'),
  })
  .meta({ id: 'DocumentProblem' });
export type DocumentProblem = z.output<typeof DocumentProblem>;

/** RFC 9457. `type` is left out, which means `about:blank`: the code is what tells errors apart. */
export const Problem = z
  .strictObject({
    title: z.string(),
    status: z.int().min(400).max(599),
    detail: z.string().describe('What happened, for a person.'),
    code: z.string().describe('Stable, `area.what_happened`.'),
    action: z.string().describe('What to do about it.'),
    traceId: z.string().describe('Finds the log lines of this request.'),
    errors: z.array(DocumentProblem).optional(),
  })
  .meta({ id: 'Problem' });
export type Problem = z.output<typeof Problem>;

/** The configuration as it is kept and exported: every default filled in, no secret. */
export const ConfigExport = z
  .strictObject({
    version: z.literal(1),
    providers: z.record(z.string(), ProviderWithoutSecrets),
    mappings: z.record(z.string(), Mapping),
    settings: Settings,
  })
  .meta({ id: 'ConfigExport' });
export type ConfigExport = z.output<typeof ConfigExport>;

export const ConfigWarning = z.strictObject({ path: z.string(), message: z.string() }).meta({ id: 'ConfigWarning' });
export type ConfigWarning = z.output<typeof ConfigWarning>;

export const ConfigApplied = z
  .strictObject({
    version: z.int().min(0).describe('The version that holds now; also the ETag.'),
    changed: z
      .boolean()
      .describe(
        'False: the same document and secrets were there already. With a dry run: whether it would change anything.',
      ),
    changes: z.array(ConfigChange),
    untested: z
      .array(z.string())
      .describe(
        'Providers whose way to sign in changed and was not tried successfully as it is now: POST /provider-tests.',
      ),
    warnings: z
      .array(ConfigWarning)
      .describe('What is allowed and perhaps not meant, of the whole document and not only of what changed.'),
  })
  .meta({ id: 'ConfigApplied' });
export type ConfigApplied = z.output<typeof ConfigApplied>;

/** PostgreSQL keeps no NUL in a text, and fails where it is compared with one. */
export const StorableText = z.string().refine((text) => !text.includes('\0'), 'must not contain NUL');

export const ConfigNote = StorableText.trim()
  .min(1)
  .max(200)
  .optional()
  .describe('Why, kept with the version. Name nobody.');

const planId = z
  .uuid()
  .optional()
  .describe('Of `POST /plans`: refused unless it foresaw exactly this document on the version that holds.');

export const ApplyQuery = z.strictObject({
  dryRun: z.enum(['true', 'false']).default('false').describe('Only validate, and tell what would change.'),
  plan: planId,
  note: ConfigNote,
});
export type ApplyQuery = z.output<typeof ApplyQuery>;

export const PageQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(50).describe('Items per page.'),
  after: z.string().min(1).max(512).optional().describe('`next` of the page before.'),
});
export type PageQuery = z.output<typeof PageQuery>;

const configVersion = z.coerce.number().int().max(2_147_483_647);

export const ConfigVersionReference = z.strictObject({ version: configVersion.min(1) });
export type ConfigVersionReference = z.output<typeof ConfigVersionReference>;

export const ConfigVersionFrom = z.strictObject({
  version: configVersion.min(0).describe('0: what holds before anything is applied.'),
});
export type ConfigVersionFrom = z.output<typeof ConfigVersionFrom>;

export const ConfigComparisonQuery = z.strictObject({ to: configVersion.min(0) });
export type ConfigComparisonQuery = z.output<typeof ConfigComparisonQuery>;

const versionFacts = {
  version: z.int().min(1),
  at: z.iso.datetime(),
  actor: z.string(),
  note: z.string().nullable(),
  restoredFrom: z.int().nullable().describe('The version that was restored.'),
};

export const ConfigVersionPage = z
  .strictObject({
    items: z.array(z.strictObject(versionFacts)),
    next: z.string().nullable().describe('Cursor of the next page; null on the last one.'),
  })
  .meta({ id: 'ConfigVersionPage' });
export type ConfigVersionPage = z.output<typeof ConfigVersionPage>;

export const ConfigVersion = z.strictObject({ ...versionFacts, document: ConfigExport }).meta({ id: 'ConfigVersion' });
export type ConfigVersion = z.output<typeof ConfigVersion>;

export const ConfigComparison = z
  .strictObject({
    from: z.int().min(0),
    to: z.int().min(0),
    changes: z.array(ConfigChange).describe('Secrets are not kept with versions, so nothing is told of them.'),
  })
  .meta({ id: 'ConfigComparison' });
export type ConfigComparison = z.output<typeof ConfigComparison>;

export const ConfigRestore = z.strictObject({ note: ConfigNote, plan: planId });
export type ConfigRestore = z.output<typeof ConfigRestore>;

export const ApiTokenName = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[A-Za-z0-9][A-Za-z0-9 ._@-]*$/, 'letters, digits and . _ @ - only')
  .describe('Who or what uses it; the audit says `token:<name>`.');

export const ApiToken = z
  .strictObject({
    id: z.uuid(),
    name: ApiTokenName,
    role: z.enum(roles),
    createdAt: z.iso.datetime(),
    createdBy: z.string(),
    expiresAt: z.iso.datetime().nullable().describe('Null: valid until it is revoked.'),
    lastUsedAt: z.iso.datetime().nullable().describe('Recorded at most once a minute.'),
  })
  .meta({ id: 'ApiToken' });
export type ApiToken = z.output<typeof ApiToken>;

export const ApiTokenPage = z
  .strictObject({
    items: z.array(ApiToken),
    next: z.string().nullable().describe('Cursor of the next page; null on the last one.'),
  })
  .meta({ id: 'ApiTokenPage' });
export type ApiTokenPage = z.output<typeof ApiTokenPage>;

export const ApiTokenOrder = z
  .strictObject({
    name: ApiTokenName,
    role: z.enum(roles),
    expiresAt: z.iso.datetime({ offset: true }).optional().describe('Left out: valid until it is revoked.'),
  })
  .meta({ id: 'ApiTokenOrder' });
export type ApiTokenOrder = z.output<typeof ApiTokenOrder>;

export const ApiTokenCreated = ApiToken.extend({
  token: z.string().describe('Shown this once; only its hash is kept.'),
}).meta({ id: 'ApiTokenCreated' });
export type ApiTokenCreated = z.output<typeof ApiTokenCreated>;

export const ApiTokenReference = z.strictObject({ id: z.uuid() });
export type ApiTokenReference = z.output<typeof ApiTokenReference>;

export const JiraRegistrationStatus = z
  .strictObject({
    state: z
      .enum(['waiting-for-client-secret', 'registering', 'registered', 'retrying'])
      .describe('Of the process that answers; the id is shared by all.'),
    idpId: z.int().nullable().describe("Jira's id of our entry."),
    registeredAt: z.iso.datetime().nullable(),
    lastError: z
      .strictObject({ code: z.string(), message: z.string(), action: z.string(), at: z.iso.datetime() })
      .nullable(),
  })
  .meta({ id: 'JiraRegistrationStatus' });
export type JiraRegistrationStatus = z.output<typeof JiraRegistrationStatus>;
