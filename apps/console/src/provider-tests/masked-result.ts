import { foldName } from '@gatehouse/mapping';
import type { AskedJira, ExplainedGroups, ProviderTestResult, RawAnswer, TestedMapping } from '@gatehouse/contracts';

/**
 * A result that can be sent to somebody who helps: which claims there are and of what shape, what the rules say and what
 * would happen stay, what is said about the person goes (U06). What the configuration names is left as it is.
 */
export function maskedResult(result: ProviderTestResult): ProviderTestResult {
  const { subject, failure, raw, claims, mapping, jira, advice } = result;
  const named = namesOf(mapping);
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
    ...(mapping && { mapping: maskedMapping(mapping, named) }),
    ...(jira?.state === 'asked' ? { jira: maskedJira(jira, named) } : {}),
    // Advice quotes values, and nothing else.
    advice: advice.map((one) => ({ ...one, text: withoutQuotes(one.text, named) })),
  };
}

/** Whether the configuration has this name, of a group or in a rule, so that it says nothing of the person. */
type Named = (name: string) => boolean;

function namesOf(mapping: TestedMapping | undefined): Named {
  const { rules = [], defaults } = mapping?.groups.explained ?? {};
  const written = rules.flatMap(({ from, pattern, to }) => [from, pattern, to]).filter((name) => name !== undefined);
  const names = new Set([...written, ...(defaults?.groups ?? [])].map(foldName));
  return (name) => names.has(foldName(name));
}

function maskedUnlessNamed(group: string, named: Named): string {
  return named(group) ? group : masked(group);
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

function maskedMapping(mapping: TestedMapping, named: Named): TestedMapping {
  const { username, email, displayName, groups, properties } = mapping;
  return {
    ...mapping,
    username: maskedOrNull(username),
    email: maskedOrNull(email),
    displayName: maskedOrNull(displayName),
    groups: maskedGroups(groups, named),
    properties: properties.map(({ key, value }) => ({ key, value: maskedOrNull(value) })),
  };
}

function maskedGroups(groups: TestedMapping['groups'], named: Named): TestedMapping['groups'] {
  const { claimed, wanted, wantedIfNew, reasons, explained } = groups;
  // On the fly, the provider names Jira's groups; otherwise the configuration does.
  const maskedName = (name: string) => maskedUnlessNamed(name, named);
  return {
    ...groups,
    claimed: claimed.map(masked),
    wanted: wanted.map(maskedName),
    wantedIfNew: wantedIfNew.map(maskedName),
    reasons: reasons.map(({ group, because }) => ({
      group: maskedName(group),
      because: withoutQuotes(because, named),
    })),
    ...(explained && { explained: maskedExplanation(explained, maskedName) }),
  };
}

function maskedExplanation(explained: ExplainedGroups, maskedName: (name: string) => string): ExplainedGroups {
  const { claimed, rules, hints } = explained;
  return {
    ...explained,
    claimed: claimed.map(({ name, gives, ...one }) => ({
      ...one,
      claimed: masked(one.claimed),
      ...(name === undefined ? {} : { name: masked(name) }),
      gives: gives.map((given) => ({ ...given, group: maskedName(given.group) })),
    })),
    rules: rules.map((rule) => ({ ...rule, claimed: rule.claimed.map(masked) })),
    hints: hints.map((hint) => ({ ...hint, claimed: masked(hint.claimed) })),
  };
}

/** Names in a text are written as JSON writes them, so that a quotation mark within one does not end it. */
function withoutQuotes(text: string, named: Named): string {
  return text.replace(/"(?:[^"\\]|\\.)*"/g, (quoted) => (named(textOf(quoted)) ? quoted : '"..."'));
}

function textOf(quoted: string): string {
  try {
    return String(JSON.parse(quoted));
  } catch {
    return quoted;
  }
}

function maskedJira(jira: AskedJira, named: Named): AskedJira {
  const { account, profile, groups, seats } = jira;
  const { user } = account;
  const maskedStep = <Step extends { group: string; because: string }>(step: Step) => ({
    ...step,
    group: maskedUnlessNamed(step.group, named),
    because: withoutQuotes(step.because, named),
  });
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
    groups: {
      add: groups.add.map(maskedStep),
      remove: groups.remove.map(maskedStep),
      keep: groups.keep.map(maskedStep),
      withhold: groups.withhold.map(maskedStep),
    },
    seats: maskedSeats(seats, named),
  };
}

function maskedSeats(seats: AskedJira['seats'], named: Named): AskedJira['seats'] {
  if (seats.state === 'unknown') return seats;
  const applications = seats.applications.map((seat) => ({
    ...seat,
    group: seat.group === null ? null : maskedUnlessNamed(seat.group, named),
  }));
  return { ...seats, applications };
}
