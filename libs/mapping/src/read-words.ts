import type { DirectoryWord } from './decide-deactivation.js';

/** A directory's user, as its row is. */
export interface DirectoryRow extends Pick<DirectoryWord, 'directoryUserId' | 'provider' | 'version' | 'changedAt'> {
  readonly active: boolean;
  readonly removedAt: Date | undefined;
}

/** Without what the configuration makes of it. */
export type SaidWord = Omit<DirectoryWord, 'isUnheeded' | 'removesUser'>;

/**
 * What the rows of one account say. A removal is one word more and takes none back: providers delete whom they have
 * deactivated, weeks later (Entra: thirty days), and whoever was inactive then is inactive still, by the version before.
 * Only the last one speaks of those that a directory has, or has had, of the person: to make somebody anew is to take it back.
 */
export function readWords(rows: readonly DirectoryRow[]): SaidWord[] {
  return rows.flatMap((row): SaidWord[] => {
    const { directoryUserId, provider, active, removedAt, version, changedAt } = row;
    const user = { directoryUserId, provider, version, changedAt };
    if (!removedAt) return [{ ...user, standing: active ? 'active' : 'inactive' }];
    const removal = { ...user, standing: 'removed' } as const;
    if (active || rows.some((other) => outlives(other, row))) return [removal];
    return [removal, { ...user, standing: 'inactive', version: version - 1, isRemoved: true }];
  });
}

function outlives(one: DirectoryRow, { provider, removedAt }: DirectoryRow): boolean {
  return one.provider === provider && (!one.removedAt || one.removedAt > removedAt!);
}
