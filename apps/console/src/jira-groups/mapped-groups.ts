import type { MappingConfig } from '@gatehouse/contracts';
import { foldName } from '@gatehouse/mapping';

export interface MappedGroup {
  readonly group: string;
  readonly paths: readonly string[];
}

const pathsMax = 5;

/** The groups of Jira that a mapping names, each once, in the order in which it names them. Patterns lead to names too. */
export function mappedGroups(provider: string, { groups }: MappingConfig): readonly MappedGroup[] {
  const named = [
    ...groups.rules.map(({ to }, index) => ({ group: to, path: `rules.${index}.to` })),
    ...groups.defaultGroups.map((group, index) => ({ group, path: `defaultGroups.${index}` })),
  ];
  const found = new Map<string, { group: string; paths: string[] }>();
  for (const { group, path } of named) {
    const known = found.get(foldName(group)) ?? { group, paths: [] };
    if (known.paths.length < pathsMax) known.paths.push(`mappings.${provider}.groups.${path}`);
    found.set(foldName(group), known);
  }
  return [...found.values()];
}
