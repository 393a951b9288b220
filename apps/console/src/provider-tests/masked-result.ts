import type { AskedJira, ProviderTestResult, RawAnswer, TestedMapping } from '@gatehouse/contracts';

/**
 * A result that can be sent to somebody who helps: which claims there are and of what shape, what the rules say and what
 * would happen stay, what is said about the person goes (U06). What the configuration names is left as it is.
 */
export function maskedResult(result: ProviderTestResult): ProviderTestResult {
  const { subject, failure, raw, claims, mapping, jira, advice } = result;
  return {
    ...result,
    ...(subject === undefined ? {} : { subject: masked(subject) }),
    ...(failure?.wrote === undefined ? {} : { failure: { ...failure, wrote: masked(failure.wrote) } }),
    ...(raw && { raw: maskedRaw(raw) }),
    claims: claims.map(({ value, differing, ...claim }) => ({
      ...claim,
      value: maskedValue(value),
      ...(differing === undefined ? {} : { differing: maskedValue(differing) }),
    })),
    ...(mapping && { mapping: maskedMapping(mapping) }),
    ...(jira?.state === 'asked' ? { jira: maskedJira(jira) } : {}),
    // Advice quotes values, and nothing else.
    advice: advice.map((one) => ({ ...one, text: one.text.replace(/"[^"]*"/g, '"..."') })),
  };
}

/** The length stays: an empty or a very long value is often the whole trouble. */
function masked(text: string): string {
  return `masked (${text.length})`;
}

function maskedOrNull(text: string | null): string | null {
  return text === null ? null : masked(text);
}

/** Truth values stay: email_verified is about nobody, and true must be told from "true". */
function maskedValue(value: unknown): unknown {
  if (typeof value === 'string') return masked(value);
  if (typeof value === 'number') return 'masked number';
  if (Array.isArray(value)) return value.map(maskedValue);
  return typeof value === 'object' && value !== null ? maskedClaims(value) : value;
}

function maskedClaims(claims: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(claims).map(([name, value]) => [name, maskedValue(value)]));
}

function maskedRaw({ idToken, userinfo, accessToken }: RawAnswer): RawAnswer {
  const maskedSource = (source: RawAnswer['idToken']) =>
    source.state === 'read' ? { ...source, claims: maskedClaims(source.claims) } : source;
  return {
    idToken: maskedSource(idToken),
    userinfo: maskedSource(userinfo),
    accessToken:
      accessToken.kind === 'jwt' ? { ...accessToken, claims: maskedClaims(accessToken.claims) } : accessToken,
  };
}

function maskedMapping(mapping: TestedMapping): TestedMapping {
  const { username, email, displayName, groups } = mapping;
  return {
    ...mapping,
    username: maskedOrNull(username),
    email: maskedOrNull(email),
    displayName: maskedOrNull(displayName),
    groups: { ...groups, claimed: groups.claimed.map(masked) },
  };
}

function maskedJira(jira: AskedJira): AskedJira {
  const { account, profile, groups } = jira;
  const { user } = account;
  return {
    ...jira,
    account: {
      ...account,
      username: masked(account.username),
      user: user && {
        ...user,
        key: masked(user.key),
        username: masked(user.username),
        email: masked(user.email),
        displayName: masked(user.displayName),
        groups: user.groups.map(masked),
      },
    },
    profile: profile.map((change) => ({ ...change, from: masked(change.from), to: masked(change.to) })),
    // Of those that stay, many are named by no rule.
    groups: { ...groups, keep: groups.keep.map((step) => ({ ...step, group: masked(step.group) })) },
  };
}
