/** The directory that all processes of this benchmark agree on: person n of a shape is the same for each of them. */
export interface Shape {
  readonly people: number;
  readonly groups: number;
  readonly memberships: number;
}

/** A prime that divides no number of groups used here: the groups of one person are different ones. */
const stride = 197;

export const provider = 'company';
export const issuer = 'https://idp.bench.test';
/** Only these are swept, so what is not in the directory stays out of the figures. */
export const sweptGroups = 'team-*';

export function personName(index: number): string {
  return `load-${String(index).padStart(5, '0')}`;
}

export function keyOf(index: number): string {
  return `JIRAUSER${20_000 + index}`;
}

export function groupName(index: number): string {
  return `team-${String(index).padStart(4, '0')}`;
}

export function groupsOf(index: number, { groups, memberships }: Shape): string[] {
  return someGroups(index * 31, memberships, groups);
}

/** `count` different groups of all, from a place of its own. */
export function someGroups(from: number, count: number, groups: number): string[] {
  return Array.from({ length: count }, (_, n) => groupName((from + n * stride) % groups));
}

/** Somebody moves to other teams, each person to others: a group that half of all people left would be held by the brake. */
export function moved(before: readonly string[], groups: number, change: { leaves: number; comes: number }): string[] {
  const stays = before.slice(change.leaves);
  const others = Array.from({ length: groups }, (_, n) => groupName(n)).filter((name) => !before.includes(name));
  const from = before.reduce((sum, name) => sum + Number(name.slice(-4)), 0);
  return [...stays, ...Array.from({ length: change.comes }, (_, n) => others[(from + n) % others.length]!)];
}

export function claimsOf(name: string, groups: readonly string[]) {
  return {
    sub: `subject-of-${name}`,
    preferred_username: name,
    email: `${name}@example.com`,
    email_verified: true,
    name,
    groups,
  };
}
