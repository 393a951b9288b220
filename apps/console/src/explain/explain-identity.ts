import type { ClaimSelector, ConfigDocument, ExplainedGroups, ExplainedMembership } from '@gatehouse/contracts';
import { codes } from '@gatehouse/errors';
import { decideIdentity, explainGroups, foldName, rulesOf, selectClaim } from '@gatehouse/mapping';
import type { IdentityEvidence } from '@gatehouse/mapping';
import { shortenedValue } from './shortened-value.js';
import type { KnownDirectoryUser, KnownIdentity } from './people.reader.js';

const shownMax = 50;

export interface ExplainedIdentity {
  readonly evidence: IdentityEvidence;
  /** Undefined: its provider is not configured any more. */
  readonly claim: ExplainedMembership['claims'][number] | undefined;
  readonly rules: ExplainedMembership['rules'][number] | undefined;
}

/** What one identity says of one group, by the functions that decide it. */
export function explainIdentity(
  identity: KnownIdentity | KnownDirectoryUser,
  group: string,
  config: ConfigDocument,
): ExplainedIdentity {
  const { provider, claims } = identity;
  const directory = 'directory' in identity ? identity.directory : undefined;
  const mapping = rulesOf(identity, config)?.mapping;
  const refused = refusalOf(identity, config);
  if (!mapping)
    return { evidence: { provider, claim: '', explained: undefined, refused }, claim: undefined, rules: undefined };
  const explained = explainGroups(claims, mapping, config.settings, directory?.through);
  const selector = mapping.groups.claim;
  const value = selectClaim(claims, selector);
  const source = 'sources' in identity ? (identity.sources[topOf(selector, claims)] ?? 'id-token') : 'directory';
  return {
    evidence: { provider, claim: textOf(selector), isDirectory: directory !== undefined, explained, refused },
    claim: {
      ...{ provider, claim: textOf(selector), state: explained.state, source: value === undefined ? null : source },
      ...{ value: shortenedValue(value), groups: explained.claimed.length },
    },
    rules: rulesAbout(provider, group, explained),
  };
}

function refusalOf(identity: KnownIdentity | KnownDirectoryUser, config: ConfigDocument): IdentityEvidence['refused'] {
  const decision = decideIdentity(identity, config);
  if (decision.kind === 'refuse') return { at: 'entry', code: decision.code };
  const { refusedCode } = identity;
  if (refusedCode === null) return undefined;
  return { at: 'link', code: Object.hasOwn(codes, refusedCode) ? refusedCode : 'job.failed' };
}

function rulesAbout(provider: string, group: string, explained: ExplainedGroups): ExplainedMembership['rules'][number] {
  const { mode, update, claimed, rules, hints, defaults } = explained;
  const isIt = (name: string | undefined) => name !== undefined && foldName(name) === foldName(group);
  const leading = rules.filter(({ to }) => isIt(to));
  const sought = new Set([group, ...leading.flatMap(({ from }) => from ?? [])].map(foldName));
  const isAbout = (one: ExplainedGroups['claimed'][number]) =>
    one.gives.some((gift) => isIt(gift.group)) ||
    [one.claimed, one.name ?? ''].some((name) => sought.has(foldName(name)));
  return {
    ...{ provider, mode, update },
    claimed: claimed.filter(isAbout).slice(0, shownMax),
    rules: leading.slice(0, shownMax),
    hints: hints.filter(({ mapped }) => sought.has(foldName(mapped))),
    byDefault: defaults.applies && defaults.groups.some(isIt),
  };
}

function textOf(selector: ClaimSelector): string {
  return typeof selector === 'string' ? selector : selector.join(' > ');
}

/** The claim at the top, which is what sources are known of. */
function topOf(selector: ClaimSelector, claims: KnownIdentity['claims']): string {
  if (typeof selector !== 'string') return selector[0]!;
  return Object.hasOwn(claims, selector) ? selector : selector.split('.')[0]!;
}
