import type { MappingConfig } from '@gatehouse/contracts';

type Format = Pick<MappingConfig['groups'], 'format' | 'separator'>;

/** `perhaps`: one text that may be a whole list in disguise, or just one odd name. */
export type Listed = { kind: 'list'; names: readonly unknown[] } | { kind: 'malformed'; perhaps?: string | undefined };

/** A lone string with one of these may be a whole list in disguise: CSV, `;`-joined (OneLogin), JSON in a string. */
const perhapsJoined = /[,;|\n\r]|^\s*[[{]/;

/** Its commas join nothing: the parts before `DC=` are those of one name (AD FS sends a lone group as a bare string). */
const distinguishedName = /^(?:(?!DC=)[a-z][a-z0-9-]{0,30}=[^,;|\n\r=]+,)+DC=[^,;|\n\r=]+(?:,DC=[^,;|\n\r=]+)*$/i;

/** The entries of a claim as its format says that it holds them. What they are is not looked at yet. */
export function listedNames(value: unknown, { format, separator }: Format): Listed {
  switch (format) {
    case 'list':
      return listOf(value);
    case 'separated':
      return separatedBy(separator, value);
    case 'json':
      return typeof value === 'string' ? jsonList(value) : listOf(value);
  }
}

function listOf(value: unknown): Listed {
  if (Array.isArray(value)) return { kind: 'list', names: value };
  if (typeof value !== 'string' || value === '') return { kind: 'malformed' };
  const isOne = !perhapsJoined.test(value) || distinguishedName.test(value);
  return isOne ? { kind: 'list', names: [value] } : { kind: 'malformed', perhaps: value };
}

/** An empty text is how such a provider writes an empty list, and one who has the list as an array may send that. */
function separatedBy(separator: string, value: unknown): Listed {
  const texts: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (!texts.every((text) => typeof text === 'string')) return { kind: 'malformed' };
  const names = texts.flatMap((text) => text.split(separator)).map((name) => name.trim());
  return { kind: 'list', names: names.filter((name) => name !== '') };
}

function jsonList(text: string): Listed {
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) ? { kind: 'list', names: list } : { kind: 'malformed' };
  } catch {
    return { kind: 'malformed' };
  }
}
