import type {
  ConfigDocument,
  ExplainedGroups,
  MappingConfig,
  ProviderConfig,
  TestedClaim,
  TestedMapping,
} from '@gatehouse/contracts';
import { codes } from '@gatehouse/errors';
import type { Claims } from './claim.js';
import { claimOf } from './claim.js';
import type { Decision } from './decide-entry.js';
import type { Foreseen } from './foresee-match.js';
import { explainGroups } from './explain-groups.js';
import { groupReason, newcomerReason } from './group-reasons.js';
import { decideIdentity } from './provider-of.js';
import type { Identity } from './provider-of.js';
import { desiredAccess } from './desired-access.js';
import { foldName } from './names.js';
import { profileOf, trustedEmail } from './profile.js';

const shownMax = 500;

export interface ExplainedAnswer {
  readonly key: string;
  readonly provider: ProviderConfig;
  readonly mapping: MappingConfig;
  /** In force. */
  readonly config: ConfigDocument;
  /** As a sign-in would keep them. */
  readonly claims: Claims;
}

/** Every claim with the value that counts, where it came from, and what the other source says if that differs. */
export function explainClaims(claims: Claims, idToken: Claims, userinfo: Claims): TestedClaim[] {
  return Object.entries(claims).map(([name, value]) => {
    const signed = claimOf(idToken, name);
    const told = claimOf(userinfo, name);
    const differs = signed !== undefined && told !== undefined && JSON.stringify(signed) !== JSON.stringify(told);
    return {
      name,
      value,
      sources: [
        ...(signed === undefined ? [] : (['id-token'] as const)),
        ...(told === undefined ? [] : (['userinfo'] as const)),
      ],
      ...(differs ? { differing: told } : {}),
    };
  });
}

/**
 * What the same functions that sign-ins use make of these claims.
 * @param foreseen what is recorded of this person makes of them; undefined: nobody has looked
 */
export function explainMapping(answer: ExplainedAnswer, foreseen?: Foreseen): Omit<TestedMapping, 'account'> {
  const { key, claims, provider, mapping } = answer;
  const config = configOnTrial(answer);
  const identity = { provider: key, claims };
  const { username, email, displayName } = profileOf(claims, mapping);
  const decision = decisionOf(identity, config, foreseen);
  const access = desiredAccess({ identities: [identity], nameFolded: foldName(username ?? ''), config });
  const explained = explainGroups(claims, mapping, config.settings);
  const { state, claimed } = explained;
  const { reasons, ifNew, wanted, holds } = access?.groups ?? nothingKnown;
  return {
    username: username ?? null,
    email: email ?? null,
    emailVerified: trustedEmail(claims, { ...provider, trustUnverifiedEmail: false }, mapping) !== undefined,
    displayName: displayName ?? null,
    groups: {
      state,
      claimed: claimed.map((one) => one.claimed),
      wanted: [...wanted],
      wantedIfNew: [...ifNew.wanted],
      reasons: [
        ...reasons.map((reason) => ({ group: reason.group, because: groupReason(reason) })),
        ...ifNew.reasons.map((reason) => ({ group: reason.group, because: newcomerReason(reason) })),
      ],
      held: heldBecause(access !== undefined, holds[0]?.cause, mapping.groups.update),
      explained: shortened(explained),
    },
    properties: Object.entries(access?.properties ?? {}).map(([property, value]) => ({ key: property, value })),
    decision: decision.kind === 'enter' ? decision : { kind: 'refuse', code: decision.code, ...codes[decision.code] },
  };
}

const nothingKnown = { reasons: [], ifNew: { wanted: [], reasons: [] }, wanted: [], holds: [] };

function heldBecause(mayEnter: boolean, hold: string | undefined, update: MappingConfig['groups']['update']) {
  if (!mayEnter) return 'not-entitled';
  return hold ?? (update === 'off' ? 'mapping-off' : null);
}

/** A page shows what matters: rules that were matched come first, and of long lists the beginning. */
function shortened(explained: ExplainedGroups): ExplainedGroups {
  const isMatched = ({ claimed }: ExplainedGroups['rules'][number]) => claimed.length > 0;
  const rules = [...explained.rules.filter(isMatched), ...explained.rules.filter((rule) => !isMatched(rule))];
  return { ...explained, claimed: explained.claimed.slice(0, shownMax), rules: rules.slice(0, shownMax) };
}

function decisionOf(identity: Identity, config: ConfigDocument, foreseen: Foreseen | undefined): Decision {
  const decision = decideIdentity(identity, config);
  if (decision.kind === 'refuse' || foreseen?.kind !== 'refuse') return decision;
  return { kind: 'refuse', code: foreseen.code };
}

/** A draft is tried as if it were switched on; the others are what they are. */
export function configOnTrial({ key, provider, mapping, config }: Omit<ExplainedAnswer, 'claims'>): ConfigDocument {
  return {
    ...config,
    providers: { ...config.providers, [key]: { ...provider, enabled: true } },
    mappings: { ...config.mappings, [key]: mapping },
  };
}
