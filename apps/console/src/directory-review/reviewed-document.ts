import type { ConfigExport } from '@gatehouse/contracts';

export interface DecidedGroup {
  readonly name: string;
  readonly verdict: 'link' | 'rename' | 'skip';
  readonly to: string | null;
}

/**
 * The configuration after a review: Jira follows this directory, and its groups lead to where it was decided. What was
 * decided by an earlier one stays, unless it was decided anew.
 * @param skipped names of groups that are left out without having been looked at
 */
export function reviewedDocument(
  document: ConfigExport,
  provider: string,
  decisions: readonly DecidedGroup[],
  skipped: readonly string[] = [],
): ConfigExport {
  const mapping = document.mappings[provider]!;
  const decided = new Map(mapping.groups.decided.map((one) => [one.group, one]));
  for (const group of skipped) if (!decided.has(group)) decided.set(group, { group, to: null, create: false });
  for (const { name, verdict, to } of decisions) decided.set(name, { group: name, to, create: verdict === 'rename' });
  const inOrder = [...decided.values()].sort((one, other) => (one.group < other.group ? -1 : 1));
  return {
    ...document,
    mappings: {
      ...document.mappings,
      [provider]: {
        ...mapping,
        groups: { ...mapping.groups, decided: inOrder },
        directory: { ...mapping.directory, provisioning: 'on' },
      },
    },
  };
}
