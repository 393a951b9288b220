import type { MappingConfig } from '@gatehouse/contracts';

/** A rule that nothing was claimed for, although something much like it was. */
export interface GroupHint {
  readonly mapped: string;
  readonly claimed: string;
}

const hintsMax = 20;

/**
 * "You mapped `Dev`, the token carries `/dev`": Keycloak sends full paths, directories send distinguished names, and
 * rules are compared exactly. Nothing is granted on a likeness; it is only said.
 */
export function groupHints(
  rules: readonly Pick<MappingConfig['groups']['rules'][number], 'from'>[],
  claimed: readonly string[],
): readonly GroupHint[] {
  const exact = new Set(claimed);
  const alike = new Map(claimed.map((group) => [coreOf(group), group] as const));
  const names = rules.flatMap(({ from }) => (from === undefined ? [] : [from]));
  const mapped = [...new Set(names)].filter((from) => !exact.has(from.normalize('NFC')));
  return mapped
    .flatMap((from) => {
      const like = alike.get(coreOf(from));
      return like === undefined ? [] : [{ mapped: from, claimed: like }];
    })
    .slice(0, hintsMax);
}

/** What is left of a name without its path, its domain, its distinguished name and its case. */
function coreOf(group: string): string {
  const commonName = /^CN=([^,]+)/i.exec(group)?.[1] ?? group;
  const last =
    commonName
      .split(/[/\\]/)
      .filter((part) => part !== '')
      .at(-1) ?? commonName;
  return last.normalize('NFC').trim().toLowerCase();
}
