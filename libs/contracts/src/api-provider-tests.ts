import { z } from 'zod';
import { ExplainedGroups } from './api-explained-groups.js';
import { TestedJira } from './api-tested-jira.js';
import { ProviderKey } from './config-document.js';
import { Mapping } from './mapping.js';
import { Provider } from './provider.js';

/** Trying a provider before anybody signs in with it, as it is configured or as somebody drafts it. */

export const ProviderSubject = z.union([
  z.strictObject({ provider: ProviderKey.describe('As it is configured.') }),
  z.strictObject({
    draft: z
      .strictObject({
        key: ProviderKey.describe('The key it has or will have; its callback address ends with it.'),
        provider: Provider,
        mapping: Mapping.prefault({}),
      })
      .describe(
        'Nothing of it is saved. A secret that is left out is the stored one, if it would go to the same place.',
      ),
  }),
]);
export type ProviderSubject = z.output<typeof ProviderSubject>;

export const ProviderCheck = z
  .strictObject({
    check: z.enum(['discovery', 'issuer', 'endpoints', 'keys', 'clock', 'tls', 'scopes']),
    outcome: z.enum(['ok', 'warning', 'failed']),
    text: z.string(),
    fix: z.string().optional().describe('What to do about it.'),
  })
  .meta({ id: 'ProviderCheck' });
export type ProviderCheck = z.output<typeof ProviderCheck>;

export const ProviderChecks = z
  .strictObject({
    passed: z
      .boolean()
      .describe(
        'Of what can be seen without a sign-in: client id, secret and claims are not, and of scopes only what the provider lists.',
      ),
    checks: z.array(ProviderCheck),
  })
  .meta({ id: 'ProviderChecks' });
export type ProviderChecks = z.output<typeof ProviderChecks>;

export const ProviderTestCreated = z
  .strictObject({
    id: z.uuid(),
    url: z.string().describe('Open it in a new window, once. It signs in for real and leaves nothing behind.'),
    expiresAt: z.iso.datetime(),
  })
  .meta({ id: 'ProviderTestCreated' });
export type ProviderTestCreated = z.output<typeof ProviderTestCreated>;

export const ProviderTestReference = z.strictObject({ id: z.uuid() });
export type ProviderTestReference = z.output<typeof ProviderTestReference>;

export const ProviderTestQuery = z.strictObject({
  masked: z
    .enum(['true', 'false'])
    .default('false')
    .describe('Without what is said about the person, to be sent to somebody who helps. Names of claims stay.'),
});
export type ProviderTestQuery = z.output<typeof ProviderTestQuery>;

const RawClaims = z.record(z.string(), z.unknown());

const RawSource = z.union([
  z.strictObject({ state: z.literal('read'), claims: RawClaims }),
  z.strictObject({ state: z.literal('none') }).describe('There is none, or nobody asks for it.'),
  z.strictObject({ state: z.literal('failed'), reason: z.string() }).describe('It cannot be read, or not be shown.'),
]);

export const RawAnswer = z.strictObject({
  idToken: RawSource.describe('Verified.'),
  userinfo: RawSource,
  accessToken: z
    .union([
      z.strictObject({ kind: z.literal('jwt'), claims: RawClaims }),
      z.strictObject({ kind: z.enum(['opaque', 'encrypted']) }),
      z.strictObject({ kind: z.literal('unreadable'), reason: z.string() }),
    ])
    .describe(
      'To look at only: it is not verified, and no rule reads it. A claim that is only here must be sent in the ID token or userinfo to count.',
    ),
});
export type RawAnswer = z.output<typeof RawAnswer>;

const ClaimSource = z.enum(['id-token', 'userinfo']);

export const TestedClaim = z.strictObject({
  name: z.string(),
  value: z.unknown().describe('As it counts; nested values whole.'),
  sources: z.array(ClaimSource),
  differing: z.unknown().optional().describe('What userinfo says where it contradicts the ID token.'),
});
export type TestedClaim = z.output<typeof TestedClaim>;

export const Advice = z.strictObject({
  about: z.enum([
    'username',
    'email',
    'display-name',
    'groups',
    'clock',
    'signature',
    'client-authentication',
    'userinfo',
    'claims',
    'jira',
  ]),
  severity: z.enum(['problem', 'warning', 'note']),
  text: z.string(),
  fix: z.string(),
});
export type Advice = z.output<typeof Advice>;

export const TestedMapping = z.strictObject({
  username: z.string().nullable(),
  email: z.string().nullable(),
  emailVerified: z.boolean(),
  displayName: z.string().nullable(),
  groups: z.strictObject({
    state: z.enum(['list', 'empty', 'absent', 'truncated', 'malformed']),
    claimed: z.array(z.string()),
    wanted: z.array(z.string()).describe('Groups of Jira.'),
    wantedIfNew: z.array(z.string()).default([]).describe('Only for a user that this sign-in creates.'),
    reasons: z.array(z.strictObject({ group: z.string(), because: z.string() })),
    held: z.string().nullable().describe('Why nothing would be taken away; null when the list counts.'),
    explained: ExplainedGroups.optional().describe('Of long lists the beginning, matched rules first.'),
  }),
  properties: z
    .array(z.strictObject({ key: z.string(), value: z.string().nullable().describe('Null: it would be removed.') }))
    .default([])
    .describe('User properties of Jira.'),
  decision: z.union([
    z.strictObject({ kind: z.literal('enter') }),
    z.strictObject({ kind: z.literal('refuse'), code: z.string(), meaning: z.string(), action: z.string() }),
  ]),
  account: z
    .enum(['linked', 'name-known', 'new'])
    .describe(
      '`linked`: this identity has an account already. `name-known`: another identity has one of this name. `new`: the ' +
        'name is looked up in Jira at the first sign-in, and the user found there or created.',
    ),
});
export type TestedMapping = z.output<typeof TestedMapping>;

export const ProviderTestResult = z
  .strictObject({
    outcome: z.enum(['would-enter', 'would-be-refused', 'failed']),
    failure: z
      .strictObject({
        code: z.string(),
        meaning: z.string(),
        action: z.string(),
        reason: z.string(),
        wrote: z.string().optional().describe('The text of the provider itself, shortened. Do not believe it blindly.'),
        reference: z.string().optional().describe('Finds the lines in the log.'),
      })
      .optional()
      .describe('Of `failed`: the answer could not be had or not be trusted.'),
    subject: z.string().optional(),
    clientAuthentication: z
      .string()
      .optional()
      .describe('The method that the token endpoint accepted, or refused; left out when it was never asked.'),
    clockSkewSeconds: z.int().optional().describe("How far the provider's clock is ahead of ours; negative: behind."),
    raw: RawAnswer.optional().describe('What each source said, whole and apart.'),
    claims: z.array(TestedClaim).describe('What counts of it.'),
    mapping: TestedMapping.optional(),
    jira: TestedJira.optional(),
    advice: z.array(Advice),
  })
  .meta({ id: 'ProviderTestResult' });
export type ProviderTestResult = z.output<typeof ProviderTestResult>;

export const ProviderTestStatus = z
  .strictObject({
    id: z.uuid(),
    provider: z.string(),
    state: z.enum(['created', 'begun', 'answered', 'expired']),
    createdAt: z.iso.datetime(),
    expiresAt: z.iso.datetime(),
    answeredAt: z.iso.datetime().nullable(),
    result: ProviderTestResult.nullable(),
  })
  .meta({ id: 'ProviderTestStatus' });
export type ProviderTestStatus = z.output<typeof ProviderTestStatus>;
