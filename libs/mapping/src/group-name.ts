import type { MappingConfig } from '@gatehouse/contracts';
import { transformSteps, transformText } from './transform-text.js';

const groupLengthMax = 255;

/** What no name of a Jira group has: control, format, surrogate and private-use characters, line separators. */
const invisible = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/u;

/**
 * A claimed name as rules and Jira know it: path, prefix, transforms, in this order (P13, X61).
 * @returns undefined when nothing is left that could name a group
 */
export function groupName(claimed: string, names: MappingConfig['groups']['names']): string | undefined {
  const name = transformText(withoutPrefix(claimed, names), names.transforms)?.normalize('NFC');
  return name === undefined || name === '' || name.length > groupLengthMax ? undefined : name;
}

/** For people to read: after path and prefix, where they change something, and after each transform. */
export function groupNameSteps(claimed: string, names: MappingConfig['groups']['names']): (string | null)[] {
  const stripped = withoutPrefix(claimed, names);
  return [...(stripped === claimed ? [] : [stripped]), ...transformSteps(stripped, names.transforms)];
}

function withoutPrefix(claimed: string, { path, stripPrefix }: MappingConfig['groups']['names']): string {
  const plain = withoutPath(claimed, path);
  return plain.startsWith(stripPrefix) ? plain.slice(stripPrefix.length) : plain;
}

/** Whether Jira could have a group of this name. Nothing is repaired silently: a transform can take spaces off. */
export function isGroupOfJira(name: string): boolean {
  return name.trim() === name && !invisible.test(name);
}

/** `/a/b` is a path; `a/b` is a name that happens to have a slash. */
function withoutPath(claimed: string, path: MappingConfig['groups']['names']['path']): string {
  if (path === 'keep' || !claimed.startsWith('/')) return claimed;
  const segments = claimed.split('/').filter((segment) => segment !== '');
  return path === 'last' ? (segments.at(-1) ?? '') : segments.join('-');
}
