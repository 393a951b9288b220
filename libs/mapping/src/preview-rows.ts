import type { MappingConfig, PreviewedRow, TextSource } from '@gatehouse/contracts';
import type { Claims } from './claim.js';
import { selectClaim } from './claim.js';
import { groupName, groupNameSteps } from './group-name.js';
import { profileOf } from './profile.js';
import { readGroups } from './read-groups.js';
import { nameOfSource, readText } from './read-text.js';
import { transformSteps } from './transform-text.js';
import { userProperties } from './user-properties.js';

const groupsShown = 100;
const textShown = 2_000;

/** Each row of a mapping on the claims of one person: value in, each change, value out (U10). The last is what a sign-in would use. */
export function previewRows(claims: Claims, mapping: MappingConfig): PreviewedRow[] {
  const { username, email, displayName } = mapping.profile;
  const result = profileOf(claims, mapping);
  const { properties } = userProperties([{ claims, mapping }], []);
  return [
    textRow(claims, username, { row: 'username', result: result.username ?? null }),
    textRow(claims, email, { row: 'email', result: result.email ?? null }),
    displayNameRow(claims, displayName, result.displayName ?? null),
    ...mapping.properties.map((property) =>
      textRow(claims, property, { row: 'property', key: property.key, result: properties[property.key] ?? null }),
    ),
    ...groupRows(claims, mapping),
  ];
}

function textRow(
  claims: Claims,
  source: TextSource,
  known: Pick<PreviewedRow, 'row' | 'key' | 'result'>,
): PreviewedRow {
  const value = valueOf(claims, source);
  const steps = typeof value === 'string' ? transformSteps(value, source.transforms) : [];
  return { ...known, from: nameOfSource(source), value: shown(value), steps };
}

function valueOf(claims: Claims, source: TextSource): unknown {
  if ('claim' in source) return selectClaim(claims, source.claim);
  const read = readText(claims, { template: source.template });
  return read.kind === 'valid' ? read.value : undefined;
}

function displayNameRow(
  claims: Claims,
  source: MappingConfig['profile']['displayName'],
  result: string | null,
): PreviewedRow {
  if (!('givenNameClaim' in source)) return textRow(claims, source, { row: 'displayName', result });
  const selectors = [source.givenNameClaim, source.familyNameClaim];
  const from = selectors.map((claim) => nameOfSource({ claim })).join(', ');
  const value = selectors.map((selector) => shown(selectClaim(claims, selector)));
  return { row: 'displayName', from, value, steps: [], result };
}

function groupRows(claims: Claims, { groups }: MappingConfig): PreviewedRow[] {
  const from = nameOfSource({ claim: groups.claim });
  return readGroups(claims, groups)
    .groups.slice(0, groupsShown)
    .map((claimed) => {
      const steps = groupNameSteps(claimed, groups.names);
      return { row: 'group', from, value: claimed, steps, result: groupName(claimed, groups.names) ?? null };
    });
}

/** A claim can be of any size; a page is to be read. */
function shown(value: unknown): unknown {
  if (value === undefined) return null;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  if (text.length <= textShown) return value;
  return typeof value === 'string' ? `${value.slice(0, textShown)}…` : '(too large to be shown)';
}
