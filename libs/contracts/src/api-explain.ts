import { z } from 'zod';
import { StorableText } from './api.js';
import { ExplainedGroups } from './api-explained-groups.js';

/** "Why is this person (not) in that group?": the chain of facts, one reason and one change that would help (P14, U12). */

const Moment = z.iso.datetime();
const name = StorableText.min(1).max(255);
const explained = { code: z.string(), meaning: z.string(), action: z.string() };

export const ExplainQuery = z.strictObject({
  person: name.describe('Username, e-mail address, or the id of an account or identity.'),
  group: name.describe('Of Jira; case does not count.'),
});
export type ExplainQuery = z.output<typeof ExplainQuery>;

export const membershipReasons = [
  'member',
  'deactivated',
  'held-by-brake',
  'kept',
  'left-to-jira',
  'not-entitled',
  'link-refused',
  'mapping-off',
  'no-claim',
  'claim-empty',
  'claim-malformed',
  'overage',
  'transform',
  'excluded',
  'not-allowed',
  'not-claimed',
  'not-mapped',
  'administrators-only',
  'newcomers-only',
  'queued-behind-pause',
  'jira-away',
  'waiting',
  'creation-refused',
  'account-refused',
  'licence-full',
  'directory-read-only',
  'several-directories',
  'group-missing',
  'parked',
  'unknown',
] as const;
export type MembershipReason = (typeof membershipReasons)[number];

export const MembershipBecause = z.strictObject({
  code: z
    .enum(membershipReasons)
    .describe('`kept`: it should go, and something keeps it. `left-to-jira`: a membership that no rule is about.'),
  text: z.string(),
});

export const MembershipFix = z.strictObject({
  text: z.string(),
  at: z
    .string()
    .nullable()
    .describe('A path of the configuration document, or a call of this API; null: outside of Gatehouse.'),
});

const Identity = z.strictObject({
  identity: z.uuid(),
  provider: z.string(),
  subject: z.string(),
  verifiedAt: Moment.describe('When its claims were last verified.'),
  lastLogin: z
    .strictObject({ at: Moment, outcome: z.enum(['accepted', 'refused', 'failed']), code: z.string().nullable() })
    .nullable(),
  refused: z.strictObject(explained).nullable().describe('Why it may not enter, or was not linked to an account.'),
});

const DirectoryUser = z.strictObject({
  directoryUser: z.uuid(),
  provider: z.string(),
  userName: z.string(),
  externalId: z.string().nullable(),
  standing: z.enum(['active', 'inactive', 'removed']),
  changedAt: Moment.describe('When the directory changed the person last.'),
  refused: z.strictObject(explained).nullable().describe('Why the person does not count, or was not linked.'),
});

const Claim = z.strictObject({
  provider: z.string(),
  claim: z.string().describe('The one that the mapping reads; `groups`, where the directory says them.'),
  state: ExplainedGroups.shape.state,
  source: z.enum(['id-token', 'userinfo', 'both', 'directory']).nullable(),
  value: z.unknown().describe('As it was received, shortened where it is long.'),
  groups: z.int().min(0).describe('So many were read.'),
});

const Rules = z.strictObject({
  provider: z.string(),
  mode: ExplainedGroups.shape.mode,
  update: ExplainedGroups.shape.update,
  claimed: ExplainedGroups.shape.claimed.describe('Those that lead to the group, or have its name or that of a rule.'),
  rules: ExplainedGroups.shape.rules.describe('Those that lead to the group.'),
  hints: ExplainedGroups.shape.hints,
  byDefault: z.boolean().describe('A default group, and given as one.'),
});

const Desired = z.strictObject({
  version: z.int(),
  configVersion: z.int(),
  decidedAt: Moment,
  wanted: z.boolean(),
  wantedIfNew: z.boolean(),
  reasons: z.array(z.string()),
  holds: z.array(z.strictObject({ provider: z.string(), cause: z.string() })),
});

export const ExplainedMembership = z
  .strictObject({
    group: z.string(),
    member: z.boolean().nullable().describe('By Jira, or else by what we recorded; null: nobody knows.'),
    because: MembershipBecause,
    fix: MembershipFix.nullable().describe('The one change that would help; null: there is nothing to be done.'),
    person: z.strictObject({
      account: z.uuid().nullable(),
      username: z.string().nullable(),
      jiraKey: z.string().nullable(),
      state: z.enum(['pending', 'ready', 'refused', 'failed']).nullable(),
      code: z.string().nullable(),
      identities: z.array(Identity),
      directoryUsers: z.array(DirectoryUser).describe('The person as directories of providers know them.'),
      deactivated: z.string().nullable().describe('Who took the access away; null: nobody.'),
    }),
    claims: z.array(Claim),
    rules: z.array(Rules),
    desired: Desired.nullable().describe('As it was decided last.'),
    now: z
      .strictObject({ configVersion: z.int(), wanted: z.boolean(), reasons: z.array(z.string()) })
      .describe('What the configuration of now makes of the claims that were seen last.'),
    ledger: z.array(
      z.strictObject({
        provider: z.string(),
        reason: z.string(),
        how: z.enum(['added', 'found']),
        configVersion: z.int(),
        grantedAt: Moment,
      }),
    ),
    held: z
      .strictObject({
        because: z.string(),
        tripped: z.enum(['group', 'run']),
        configVersion: z.int(),
        heldAt: Moment,
        dismissed: z.boolean(),
      })
      .nullable(),
    run: z
      .strictObject({
        outcome: z.string(),
        code: z.string().nullable(),
        version: z.int().nullable(),
        attempt: z.int().nullable(),
        lane: z.string().nullable(),
        finishedAt: Moment,
        traceId: z.string(),
        changes: z.array(z.unknown()),
        paused: z.array(z.string()),
      })
      .nullable()
      .describe('The last one.'),
    pending: z.array(
      z.strictObject({
        job: z.string(),
        queue: z.string(),
        since: Moment,
        retryAt: Moment.nullable(),
        pause: z
          .strictObject({ by: z.string(), reason: z.string(), since: Moment, until: Moment.nullable() })
          .nullable(),
      }),
    ),
    parked: z.array(z.strictObject({ id: z.uuid(), job: z.string(), code: z.string(), parkedAt: Moment })),
    breaker: z.strictObject({ state: z.enum(['closed', 'open', 'probing']), code: z.string().nullable() }),
    jira: z.discriminatedUnion('state', [
      z.strictObject({
        state: z.literal('asked'),
        user: z.strictObject({ username: z.string(), active: z.boolean() }).nullable(),
        directories: z
          .array(z.strictObject({ directory: z.string(), active: z.boolean() }))
          .max(20)
          .nullable()
          .describe(
            'Of Jira that have this username, in their order: the first decides, groups too. Empty: it is in one alone. Null: Jira does not say.',
          ),
        member: z.boolean(),
        groupExists: z.boolean(),
        seatsLeft: z.int().nullable().describe('Of the application that the group opens; null: none is counted.'),
      }),
      z.strictObject({ state: z.literal('unavailable'), ...explained }).describe('It could not be asked.'),
      z.strictObject({ state: z.literal('not-asked'), because: z.string() }),
    ]),
  })
  .meta({ id: 'ExplainedMembership' });
export type ExplainedMembership = z.output<typeof ExplainedMembership>;
