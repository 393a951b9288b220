import type { Json, JsonObject } from '../json.js';
import { enterprise } from '../scim.fixture.js';

type Random = () => number;

const pick = <T>(random: Random, from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
const maybe = <T>(random: Random, value: () => T): T | undefined => (random() < 0.6 ? value() : undefined);

const words = [
  'ada', 'ADA', 'grace', 'linus', 'zo\u00eb', 'ZOE\u0308', '\u00c9cole', '\u00e9COLE', '100%', 'a_b', 'axb', 'a\\b', "o'x", '"', '',
  'ΣΑΣ', 'σας', 'stra\u00dfe', 'STRASSE', 'İ', '\u{1f600}', '\uffee', '\u{10428}', '\u{10400}', ' ', '$1', "'; drop table x; --",
]; // prettier-ignore
const types = ['work', 'home', 'WORK', 'other'];
const names = ['givenName', 'familyName'];
const ids = ['11111111-1111-4111-8111-111111111111', '22222222-2222-4222-8222-222222222222'];
const times = [
  '2026-01-01T00:00:00.000Z',
  '2026-01-01T00:00:00.123Z',
  '2026-06-01T12:00:00Z',
  '2026-06-01T14:00:00+02:00',
];
export const createdTimes = [
  '2026-01-01T00:00:00.000000Z',
  '2026-01-01T00:00:00.123456Z',
  '2026-06-01T12:00:00.000999Z',
];

/** Everything but ids and times, which the database gives. */
export function someUser(random: Random, number: number): JsonObject {
  // An element need not have a value.
  const element = () => ({
    [random() < 0.85 ? 'value' : 'display']: pick(random, words.filter(Boolean)),
    ...compact({ type: maybe(random, () => pick(random, types)), primary: maybe(random, () => random() < 0.5) }),
  });
  const list = () => Array.from({ length: 1 + Math.floor(random() * 3) }, element);
  const department = maybe(random, () => pick(random, words));
  const manager = maybe(random, () => ({ value: pick(random, words.filter(Boolean)) }));
  return {
    userName: `${pick(random, words)}${number}`,
    active: random() < 0.5,
    ...compact({
      externalId: maybe(random, () => pick(random, words)),
      title: maybe(random, () => pick(random, words)),
      displayName: maybe(random, () => pick(random, words)),
      name: maybe(random, () => ({ [pick(random, names)]: pick(random, words) })),
      emails: maybe(random, list),
      roles: maybe(random, list),
    }),
    ...((department ?? manager) && { [enterprise]: compact({ department, manager }) }),
  };
}

function compact(values: Record<string, Json | undefined>): Record<string, Json> {
  return Object.fromEntries(Object.entries(values).filter((entry): entry is [string, Json] => entry[1] !== undefined));
}

const textOperators = ['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le'];
const texts = ['userName', 'externalId', 'title', 'displayName', 'name.givenName', `${enterprise}:department`, `${enterprise}:manager.value`, 'emails.value', 'emails', 'emails.display', 'roles.type', 'groups.display', 'groups.type', 'meta.resourceType', 'groups.value', 'id']; // prettier-ignore
const presents = [
  ...texts,
  'name',
  'emails.primary',
  'roles',
  'groups',
  'active',
  'meta.created',
  `${enterprise}:manager`,
  'meta',
];

export function someFilter(random: Random, depth = 3): string {
  const kind = depth === 0 ? 3 + random() * 3 : random() * 6;
  if (kind < 1) return `${someFilter(random, depth - 1)} and ${someFilter(random, depth - 1)}`;
  if (kind < 2) return `(${someFilter(random, depth - 1)} or ${someFilter(random, depth - 1)})`;
  if (kind < 3) return `not (${someFilter(random, depth - 1)})`;
  if (kind < 4) return someText(random, pick(random, texts));
  if (kind < 5) return someBracket(random);
  return pick(random, [
    `${pick(random, presents)} pr`,
    `active ${pick(random, ['eq', 'ne'])} ${pick(random, ['true', 'false', '"True"', '"False"'])}`,
    `meta.created ${pick(random, ['eq', 'ne', 'gt', 'ge', 'lt', 'le'])} "${pick(random, times)}"`,
    `${pick(random, texts)} ${pick(random, ['eq', 'ne'])} null`,
  ]);
}

function someBracket(random: Random): string {
  const list = pick(random, ['emails', 'roles', 'groups']);
  const term = () =>
    list !== 'groups' && random() < 0.3
      ? `primary ${pick(random, ['eq', 'ne'])} ${pick(random, ['true', 'false', 'null'])}`
      : someText(random, pick(random, list === 'groups' ? ['value', 'display', 'type'] : ['value', 'type']));
  const inside = pick(random, [() => term(), () => `${term()} and ${term()}`, () => `not (${term()}) or ${term()}`])();
  return random() < 0.5 ? `${list}[${inside}]` : `${list}[${inside}].${someText(random, 'value')}`;
}

function someText(random: Random, name: string): string {
  const value = pick(random, random() < 0.2 ? [...types, ...ids, 'direct', 'user', 'Team ada'] : words);
  return `${name} ${pick(random, textOperators)} ${JSON.stringify(value)}`;
}
