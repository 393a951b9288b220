import type { ConfigDocument, MappingConfig, ProviderConfig, TestedClaim, TestedMapping } from '@gatehouse/contracts';
import { codes } from '@gatehouse/errors';
import type { Claims } from './claim.js';
import { claimOf } from './claim.js';
import type { Decision } from './decide-entry.js';
import type { Foreseen } from './foresee-match.js';
import { groupReason } from './group-reasons.js';
import { decideIdentity } from './provider-of.js';
import type { Identity } from './provider-of.js';
import { desiredAccess } from './desired-access.js';
import { foldName } from './names.js';
import { profileOf, trustedEmail } from './profile.js';
import { readGroups } from './read-groups.js';

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
  const { state, groups } = readGroups(claims, mapping.groups);
  return {
    username: username ?? null,
    email: email ?? null,
    emailVerified: trustedEmail(claims, { ...provider, trustUnverifiedEmail: false }, mapping) !== undefined,
    displayName: displayName ?? null,
    groups: {
      state,
      claimed: [...groups],
      wanted: [...(access?.groups.wanted ?? [])],
      reasons: (access?.groups.reasons ?? []).map((reason) => ({ group: reason.group, because: groupReason(reason) })),
      held: access ? (access.groups.holds[0]?.cause ?? null) : 'not-entitled',
    },
    decision: decision.kind === 'enter' ? decision : { kind: 'refuse', code: decision.code, ...codes[decision.code] },
  };
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
